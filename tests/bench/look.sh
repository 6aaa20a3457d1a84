# The rows of what looks at a schema, for tests/bench/run, whose functions and settings it uses: the
# report, the program's own queries, and the difference between two schemas.

# write_queries COUNT FILE: as many statements of a C program, on the tables that prove.c makes.
write_queries() {
    awk -v count="$1" 'BEGIN {
        print "#include <sqlite3.h>\nvoid ask(sqlite3 *db) {\n    sqlite3_stmt *rows;"
        for (i = 0; i < count; i++)
            printf "    sqlite3_prepare_v2(db, \"SELECT id, name FROM t%d \"\n" \
                "                       \"WHERE at > ?1\", -1, &rows, 0);\n", i % 100 + 1
        print "}"
    }' >"$2"
}

# write_schema COLUMN FILE: 300 tables, every tenth of which has that column.
write_schema() {
    awk -v column="$1" 'BEGIN {
        for (i = 1; i <= 300; i++) {
            printf "CREATE TABLE t%d(id INTEGER PRIMARY KEY, name TEXT NOT NULL%s);\n", i,
                i % 10 == 0 ? ", " column " TEXT" : ""
            printf "CREATE INDEX t%d_name ON t%d(name);\n", i, i
        }
    }' >"$2"
}

seconds() {
    awk -v ms="$1" 'BEGIN { printf "%.3f", ms / 1000 }'
}

# look_row KEY WHAT LIMIT COUNT COMMAND...: in seconds.
look_row() {
    key=$1 what=$2 limit=$3 count=$4
    shift 4
    compare 5 "$@" -- "$bin/prove" run "$count" || return 1
    result "$key" "$what" "$(seconds "$first_ms")" "$limit" s \
        "$ratio x $count UPs once, in memory: $second_ms ms"
}

measure_look() {
    build_library || return 1
    # shellcheck disable=SC2086
    build_program prove "$here/set.c" "$bin/libmigc.a" $SQLITE_LIBS && mkdir "$scratch/looked" \
        "$scratch/asked" && "$bin/prove" write 1000 "$scratch/looked" &&
        "$bin/prove" write 100 "$scratch/asked" || return 1
    look_row report "a report of 1,000 migrations" 2 1000 "$BUILD/migc" report -o "$scratch/report.html" \
        "$scratch/looked" || return 1
    result report-size "  its size" "$(mib "$(wc -c <"$scratch/report.html")")" 3 MiB ""
    write_queries 2000 "$scratch/queries.c"
    compare 9 "$BUILD/migc" check --queries "$scratch/queries.c" "$scratch/asked" -- \
        "$BUILD/migc" check "$scratch/asked" || return 1
    result queries "2,000 queries, over the proof of 100 migrations" \
        "$(seconds "$(awk -v a="$first_ms" -v b="$second_ms" 'BEGIN { print a - b }')")" 0.2 s \
        "$first_ms ms; without them: $second_ms ms"
    write_schema old "$scratch/old.sql" && write_schema new "$scratch/new.sql"
    look_row diff "diff of 300 tables, of which 30 differ" 1 100 "$BUILD/migc" diff \
        "$scratch/old.sql" "$scratch/new.sql" || return 1
}
