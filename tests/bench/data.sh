# The rows of the emitted data, for tests/bench/run, whose functions and settings it uses: what it
# adds to a program, and to a start of that which has nothing to do.

# embed NAME OPTION...: the program $bin/embedded-NAME, stripped.
# shellcheck disable=SC2086
embed() {
    program=$bin/embedded-$1
    shift
    $CC $flags -o "$program" "$here/embedded.c" "$@" "$bin/libmigc.a" $SQLITE_LIBS && strip "$program"
}

# embed_set NAME FOLDER FLAG...: the same with the migrations of a folder.
embed_set() {
    made=$scratch/data-$1 set=$1 sql=$2
    shift 2
    mkdir "$made" && "$BUILD/migc" "$@" -n bench -o "$made/bench.c" "$sql" &&
        embed "$set" "-I$made" "$made/bench.c"
}

# added NAME: bytes that it has and a program without a set lacks.
added() {
    echo $(($(wc -c <"$bin/embedded-$1") - $(wc -c <"$bin/embedded-nothing")))
}

# size_row KEY NAME WHAT LIMIT
size_row() {
    size=$(added "$2") && against=$(added literals) || return 1
    result "$1" "$3" "$(awk -v a="$size" -v b="$against" 'BEGIN { printf "%.3f", a / b }')" "$4" x \
        "$(kib "$size") KiB; the same SQL as literals: $(kib "$against") KiB"
}

# start_row COUNT: the whole process, against the one with 10 migrations.
start_row() {
    compare 101 "$bin/embedded-start-$1" "$scratch/data-$1.db" -- \
        "$bin/embedded-start-10" "$scratch/data-10.db" || return 1
    result "data-start-$1" "start with nothing to do, the whole process, $1 migrations" "$ratio" 1.1 x \
        "$first_ms ms; with 10 migrations: $second_ms ms"
}

measure_data() {
    build_library || return 1
    # shellcheck disable=SC2086
    build_program prove "$here/set.c" "$bin/libmigc.a" $SQLITE_LIBS || return 1
    mkdir "$scratch/data" && "$bin/prove" write 1000 "$scratch/data" &&
        "$bin/prove" literals 1000 >"$scratch/literals.c" || return 1
    echo 'extern const char *const literals[]; const char *const literals[] = {0};' >"$scratch/nothing.c"
    embed nothing -DLITERALS "$scratch/nothing.c" && embed literals -DLITERALS "$scratch/literals.c" &&
        embed_set proven "$scratch/data" --no-snapshot && embed_set whole "$scratch/data" || return 1
    size_row data-size proven "what 1,000 small migrations add to a stripped program" 1.2 &&
        size_row data-size-whole whole "  and with their snapshot" 0 || return 1
    for count in 10 1000 10000; do
        mkdir "$scratch/tables-$count" && "$bin/prove" tables "$count" "$scratch/tables-$count" &&
            embed_set "start-$count" "$scratch/tables-$count" --no-prove -Wno-unproven &&
            "$bin/embedded-start-$count" "$scratch/data-$count.db" || return 1
    done
    start_row 1000 && start_row 10000
}
