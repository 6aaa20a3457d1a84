# The rows of the proof, for tests/bench/run, whose functions and settings it uses:
# migc check of sets that are right, against running their UP once in memory.

# prove_rows COUNT LIMIT: time and memory.
prove_rows() {
    folder=$scratch/prove-$1
    mkdir "$folder" && "$bin/prove" write "$1" "$folder" || return 1
    compare 5 "$bin/prove" run "$1" -- "$bin/prove" run "$1" || return 1
    plain_kib=$first_kib
    compare 5 "$BUILD/migc" check "$folder" -- "$bin/prove" run "$1" || return 1
    result "prove-$1" "migc check of $1 migrations, proof included" "$ratio" "$2" x \
        "$first_ms ms; their UP once, in memory: $second_ms ms"
    result "prove-memory-$1" "  its memory" "$(mib "$((first_kib * 1024))")" \
        "$(mib "$((2 * plain_kib * 1024 + 16 * 1024 * 1024))")" MiB "2 x that run's and 16 MiB"
    compare 5 "$BUILD/migc" check --no-prove -Wno-unproven "$folder" -- "$bin/prove" run "$1" || return 1
    result "prove-not-$1" "  the same without the proof" "$ratio" 0 x "$first_ms ms"
}

# A limit of 0 is none: the figure is told, and nothing is asked of it.
# grown_rows NAME WORDS LIMIT LIMIT_WITH_ROWS AWK-SETTING...: without made-up rows, and with them.
grown_rows() {
    name=$1 words=$2 limit=$3 whole=$4
    shift 4
    folder=$scratch/$name
    mkdir "$folder" && awk -v folder="$folder" "$@" -f "$here/grown.awk" || return 1
    compare 3 "$BUILD/migc" check -Wno-duplicate-index -Wno-rows "$folder" -- "$bin/prove" file "$folder.sql" || return 1
    result "prove-$name" "migc check of $words, without made-up rows" "$ratio" "$limit" x \
        "$first_ms ms; their UP once, in memory: $second_ms ms"
    compare 3 "$BUILD/migc" check -Wno-duplicate-index "$folder" -- "$bin/prove" file "$folder.sql" || return 1
    result "prove-rows-$name" "  with them" "$ratio" "$whole" x "$first_ms ms"
    compare 3 "$bin/prove" file "$folder-thrice.sql" -- "$bin/prove" file "$folder.sql" || return 1
    result "prove-floor-$name" "  SQLite's own UP, DOWN and UP of each" "$ratio" 0 x "$first_ms ms"
}

# What one migration costs in a set of 4,000 that add to one table, against one of 500.
growing_row() {
    for count in 500 4000; do
        folder=$scratch/growing-$count
        mkdir "$folder" && awk -v folder="$folder" -v rows="$count" -f "$here/grown.awk" || return 1
    done
    compare 1 "$BUILD/migc" check "$scratch/growing-4000" -- "$BUILD/migc" check "$scratch/growing-500" ||
        return 1
    result prove-growing "a migration of 4,000 that add to one table, against one of 500" \
        "$(awk -v ratio="$ratio" 'BEGIN { printf "%.2f", ratio / 8 }')" 2 x "$first_ms ms; $second_ms ms"
}

# SQLite itself goes through the whole schema for each object that it creates, so what 10,000 cost is
# held against their UPs as what 1,000 cost is: 10 times as many at 12 times the price.
measure_large() {
    build_library || return 1
    # shellcheck disable=SC2086
    build_program prove "$here/set.c" "$bin/libmigc.a" $SQLITE_LIBS || return 1
    for count in 1000 10000; do
        folder=$scratch/large-$count
        mkdir "$folder" && "$bin/prove" write "$count" "$folder" &&
            compare 1 "$BUILD/migc" check "$folder" -- "$bin/prove" run "$count" || return 1
        [ "$count" = 10000 ] || small=$ratio small_ms=$first_ms
    done
    result prove-large "the proof of 10,000 against that of 1,000, each by its UPs" \
        "$(awk -v large="$ratio" -v small="$small" 'BEGIN { printf "%.2f", large / small }')" 1.2 x \
        "$ratio x their UPs: $first_ms ms; $small x: $small_ms ms"
}

measure_prove() {
    build_library || return 1
    # shellcheck disable=SC2086
    build_program prove "$here/set.c" "$bin/libmigc.a" $SQLITE_LIBS || return 1
    prove_rows 1000 8 && prove_rows 100 8 || return 1
    grown_rows grown "80 tables and 200 changes" 4 20 -v tables=80 -v changes=200 && growing_row
}
