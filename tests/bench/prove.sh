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

measure_prove() {
    build_library || return 1
    # shellcheck disable=SC2086
    build_program prove "$here/set.c" "$bin/libmigc.a" $SQLITE_LIBS || return 1
    prove_rows 1000 4 && prove_rows 100 4
}
