# The rows of the snapshot, for tests/bench/run, whose functions and settings it uses: a new
# database at once, what that adds to a program, and to the C compiler's work.

# object_size FILE.c: bytes of what is loaded, relocations included, of a shared object of it.
# shellcheck disable=SC2086
object_size() {
    $CC $flags -fPIC -shared -o "$scratch/sized.so" "$1" &&
        size -A "$scratch/sized.so" | awk '$1 ~ /^\.(text|rodata|data|data\.rel\.ro|rela\.dyn)$/ { sum += $2 }
            END { print sum }'
}

# snapshot_rows COUNT: one set with its snapshot and without.
# shellcheck disable=SC2086
snapshot_rows() {
    sql=$scratch/snapshot-sql-$1 folder=$scratch/snapshot-$1
    mkdir "$sql" "$folder" && "$bin/prove" write "$1" "$sql" &&
        "$BUILD/migc" -n bench -o "$folder/with.c" "$sql" &&
        "$BUILD/migc" --no-snapshot -n bench -o "$folder/without.c" "$sql" || return 1
    $CC -std=c99 $flags -c -o "$folder/with.o" "$folder/with.c" &&
        build_program snapshot "$folder/with.o" "$bin/libmigc.a" $SQLITE_LIBS &&
        "$bin/snapshot" "$1" "$scratch" || return 1
    with=$(object_size "$folder/with.c") && without=$(object_size "$folder/without.c") || return 1
    sql=$(cat "$sql"/*.sql | grep -v '^--' | wc -c)
    result "snapshot-size-$1" "  it adds to the program" "$(kib "$((with - without))")" \
        "$(kib "$((sql * 3 / 2 + 16 * 1024))")" KiB "1.5 x the SQL and 16 KiB"
    compare 5 $CC -O2 "-I$ROOT/runtime" -c -o "$scratch/1.o" "$folder/with.c" -- \
        $CC -O2 "-I$ROOT/runtime" -c -o "$scratch/2.o" "$folder/without.c" || return 1
    result "snapshot-cc-$1" "  $CC on the file, against one without" "$ratio" 0 x \
        "$first_ms ms; $second_ms ms"
}

measure_snapshot() {
    build_library || return 1
    # shellcheck disable=SC2086
    build_program prove "$here/set.c" "$bin/libmigc.a" $SQLITE_LIBS || return 1
    snapshot_rows 1000 && snapshot_rows 10
}
