# The rows of an edit, for tests/bench/run, whose functions and settings it uses: from a migration
# that was edited to a finished program, where all others are released.

# write_edit COUNT: a set whose last migration is not released, and edit-COUNT.sh, which edits that
# one, compiles the set with the options it is given, and makes the program.
write_edit() {
    folder=$scratch/edit-$1
    mkdir "$folder" && "$bin/prove" write "$(($1 - 1))" "$folder" &&
        "$BUILD/migc" lock --no-prove -Wno-unproven "$folder" >/dev/null || return 1
    echo 0 >"$folder.n"
    cat >"$folder.sh" <<END
set -e
read -r n <"$folder.n"
echo \$((n + 1)) >"$folder.n"
printf -- '-- up\nALTER TABLE t1 ADD COLUMN c%s TEXT;\n-- down\nALTER TABLE t1 DROP COLUMN c%s;\n' \
    \$n \$n >"$folder/90000_edited.sql"
"$BUILD/migc" "\$@" -Wno-gap --main -n bench -o "$folder.c" "$folder"
$CC $flags -c -o "$folder.o" "$folder.c"
$CC -o "$folder.program" "$folder.o" "$bin/libmigc.a" $SQLITE_LIBS
END
}

# edit_row KEY COUNT LIMIT WHAT OPTION...: in seconds.
edit_row() {
    key=$1 count=$2 limit=$3 what=$4
    shift 4
    compare 5 sh "$scratch/edit-$count.sh" "$@" -- "$bin/prove" run "$count" || return 1
    result "$key" "$what" "$(awk -v ms="$first_ms" 'BEGIN { printf "%.3f", ms / 1000 }')" "$limit" s \
        "$ratio x the UPs once, in memory: $second_ms ms"
}

measure_edit() {
    build_library || return 1
    # shellcheck disable=SC2086
    build_program prove "$here/set.c" "$bin/libmigc.a" $SQLITE_LIBS &&
        write_edit 1000 && write_edit 100 || return 1
    edit_row edit-1000 1000 0.5 "one of 1,000 edited, to a program, with --cache" --cache "$scratch/kept" &&
        edit_row edit-cold-1000 1000 1.2 "  without" &&
        edit_row edit-100 100 0.15 "one of 100 edited, to a program, with --cache" --cache "$scratch/kept" &&
        edit_row edit-cold-100 100 0 "  without"
}
