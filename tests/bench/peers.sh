# The rows of tools that migrate SQLite beside the program, for tests/bench/run, whose functions and
# settings it uses: 100 migrations on a new file, and a start with nothing to do, whole processes.
#
# A tool that is not installed is named and left out.  Debian has sql-migrate, yoyo, alembic and
# sqitch; npm has dbmate.

# write_peer_sql N: what each tool is given as its migration N.
write_peer_sql() {
    echo "CREATE TABLE t$1(id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INTEGER);"
    echo "CREATE INDEX t$1_a ON t$1(a);"
}

# write_marked FOLDER UP DOWN: files of one migration each, below these marker lines.
write_marked() {
    mkdir -p "$1" || return 1
    for n in $(seq 101 200); do
        { [ -z "$2" ] || echo "$2"; write_peer_sql "$n"
            [ -z "$3" ] || printf '%s\nDROP TABLE t%s;\n' "$3" "$n"; } >"$1/${n}_t$n.sql" || return 1
    done
}

# Each writes what the tool reads into $peer, and $peer.sh, which runs it on $peer.db.
write_peer_migc() {
    write_marked "$peer" '-- === UP MIGRATION ===' '-- === DOWN MIGRATION ===' &&
        "$BUILD/migc" -Wno-gap --main -n bench -o "$peer.c" "$peer" || return 1
    # shellcheck disable=SC2086
    $CC $flags -o "$peer.program" "$peer.c" "$bin/libmigc.a" $SQLITE_LIBS || return 1
    echo "$peer.program --migrate up --db $peer.db" >"$peer.sh"
}

write_peer_sql_migrate() {
    write_marked "$peer" '-- +migrate Up' '-- +migrate Down' || return 1
    printf 'bench:\n  dialect: sqlite3\n  datasource: %s\n  dir: %s\n' "$peer.db" "$peer" >"$peer.yml"
    echo "sql-migrate up -config=$peer.yml -env=bench" >"$peer.sh"
}

write_peer_dbmate() {
    write_marked "$peer" '-- migrate:up' '-- migrate:down' || return 1
    echo "dbmate --url sqlite:$peer.db --migrations-dir $peer --no-dump-schema up" >"$peer.sh"
}

write_peer_yoyo() {
    write_marked "$peer" '' '' || return 1
    echo "yoyo apply --no-config-file --batch -d sqlite:///$peer.db $peer" >"$peer.sh"
}

write_peer_alembic() {
    mkdir -p "$peer/versions" && : >"$peer/script.py.mako" || return 1
    printf '[alembic]\nscript_location = %s\nsqlalchemy.url = sqlite:///%s\n' "$peer" "$peer.db" \
        >"$peer.ini"
    cat >"$peer/env.py" <<'END'
from alembic import context
from sqlalchemy import create_engine
with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
END
    before=None
    for n in $(seq 101 200); do
        printf 'revision, down_revision = "%s", %s\nfrom alembic import op\ndef upgrade():\n' "$n" "$before"
        write_peer_sql "$n" | sed 's/.*/    op.execute("&")/'
        before="\"$n\""
    done | awk -v folder="$peer/versions" '/^revision/ { file = folder "/" ++n ".py" } { print >file }'
    echo "alembic -c $peer.ini upgrade head" >"$peer.sh"
}

write_peer_sqitch() {
    mkdir -p "$peer/deploy" || return 1
    printf '%%syntax-version=1.0.0\n%%project=bench\n\n' >"$peer/sqitch.plan"
    for n in $(seq 101 200); do
        write_peer_sql "$n" >"$peer/deploy/t$n.sql"
        echo "t$n 2026-01-01T00:00:00Z Bench <bench@example.org> # t$n" >>"$peer/sqitch.plan"
    done
    printf '[core]\n\tengine = sqlite\n[user]\n\tname = Bench\n\temail = bench@example.org\n' \
        >"$peer/sqitch.conf"
    echo "cd $peer && sqitch deploy --no-verify db:sqlite:$peer.db" >"$peer.sh"
}

# peer_rows NAME COMMAND ROUNDS
peer_rows() {
    command -v "$2" >"$scratch/found" || {
        echo "bench: $2 is not installed: its rows are left out" >&2
        return 0
    }
    peer=$scratch/peer-$1
    "write_peer_$1" || return 1
    for file in "$scratch/peer-migc" "$peer"; do
        printf 'rm -f %s*\n%s\n' "$file.db" "$(cat "$file.sh")" >"$file-new.sh"
        sh "$file-new.sh" >"$file.log" 2>&1 || { cat "$file.log" >&2; return 1; }
    done
    [ "$(sqlite3 "$peer.db" "$peer_tables")" = 100 ] || {
        echo "bench: $2 did not make the 100 tables" >&2
        return 1
    }
    compare "$3" sh "$scratch/peer-migc-new.sh" -- sh "$peer-new.sh" || return 1
    result "peer-new-$1" "100 migrations on a new file, against $2" "$ratio" 1 x \
        "$first_ms ms; $2: $second_ms ms"
    compare "$3" sh "$scratch/peer-migc.sh" -- sh "$peer.sh" || return 1
    result "peer-start-$1" "  with nothing to do" "$ratio" 1 x "$first_ms ms; $2: $second_ms ms"
}

peer_tables="SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name GLOB 't[0-9]*'"

measure_peers() {
    build_library || return 1
    peer=$scratch/peer-migc
    write_peer_migc && peer_rows sql_migrate sql-migrate 9 && peer_rows dbmate dbmate 9 &&
        peer_rows yoyo yoyo 5 && peer_rows alembic alembic 5 && peer_rows sqitch sqitch 3
}
