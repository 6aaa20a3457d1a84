# What is proven is what is emitted: the set that the proof ran, and the one in the emitted file as
# a compiler of C reads it, are the same in every field.
. "$(dirname "$0")/../lib.sh"

cat >"$lab/compare.c" <<'END'
#include "app.h"
#include "command.h"
#include "prove/prove.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t compared;

static void must_be(bool same, const char *field, const char *of) {
    compared++;
    if (same)
        return;
    printf("%s of %s differs\n", field, of);
    exit(1);
}

#define NUMBER(field) must_be(a->field == b->field, #field, a->name)
#define TEXT(field)                                                                                \
    must_be(a->field && b->field ? strcmp(a->field, b->field) == 0 : a->field == b->field, #field, \
            a->name)
#define THERE(field) must_be((a->field != NULL) == (b->field != NULL), #field, a->name)

static void compare_migration(const migc_migration *a, const migc_migration *b) {
    NUMBER(version);
    TEXT(name);
    TEXT(file);
    TEXT(checksum);
    TEXT(chain);
    NUMBER(flags);
    NUMBER(up_count);
    NUMBER(down_count);
    NUMBER(verify_count);
    TEXT(description);
    TEXT(author);
    TEXT(date);
    TEXT(tags);
    TEXT(depends);
    TEXT(irreversible);
    TEXT(lossy);
    TEXT(estimated_duration);
    TEXT(notes);
    TEXT(down_file);
    TEXT(verify_file);
    TEXT(original_file);
    TEXT(original_label);
    TEXT(original_checksums);
    TEXT(effects);
    TEXT(touched);
    TEXT(up_drops);
    TEXT(down_drops);
    THERE(steps);
    for (unsigned i = 0; i < a->up_count + a->down_count + a->verify_count; i++) {
        NUMBER(steps[i].line);
        TEXT(steps[i].text);
        THERE(steps[i].call);
    }
}

static void compare_sets(const migc_set *a, const migc_set *b) {
    NUMBER(abi);
    NUMBER(flags);
    TEXT(name);
    NUMBER(count);
    NUMBER(no_transaction);
    THERE(repeatables);
    THERE(needs);
    THERE(snapshot);
    for (size_t i = 0; i < a->count; i++)
        compare_migration(&a->migrations[i], &b->migrations[i]);
    if (a->repeatables) {
        NUMBER(repeatables->part);
        NUMBER(repeatables->count);
        TEXT(repeatables->chain);
        for (size_t i = 0; i < a->repeatables->count; i++)
            compare_migration(&a->repeatables->migrations[i], &b->repeatables->migrations[i]);
    }
    if (a->needs) {
        NUMBER(needs->part);
        NUMBER(needs->count);
        for (size_t i = 0; i < a->needs->count; i++) {
            NUMBER(needs->needs[i].version);
            TEXT(needs->needs[i].set);
            TEXT(needs->needs[i].name);
        }
    }
    if (a->snapshot) {
        NUMBER(snapshot->size);
        NUMBER(snapshot->packed_size);
        for (size_t i = 0; i <= a->snapshot->packed_size / MIGC_PIECE_SIZE; i++)
            must_be(memcmp(a->snapshot->pieces[i], b->snapshot->pieces[i], MIGC_PIECE_SIZE) == 0,
                    "a piece", a->name);
    }
}

static void compare_unpacked(const migc_set *a, const migc_set *packed) {
    void *memory;
    const migc_set *b = migc_unpack(packed, &memory);
    must_be(b && b != packed && !packed->migrations, "migrations", packed->name);
    compare_sets(a, b);
    migc_unpack_free(memory);
}

int main(int argc, char **argv) {
    struct arena arena = {NULL};
    struct diagnostics diagnostics = {.arena = &arena};
    struct folder folder = {.fd = -1};
    struct ready ready = {0};
    struct set set = {0};
    struct options options = {.name = "app",
                              .no_stamp = argc > 2,
                              .prove_limit = PROVE_LIMIT,
                              .rows_limit = ROWS_LIMIT};
    if (compile_folder(&set, &folder, argv[1], &options, &arena, &diagnostics))
        make_snapshot(&set, &(struct proof_order){.ready = &ready}, &arena, &diagnostics);
    if (diagnostics_status(&diagnostics) != STATUS_DONE)
        print_diagnostics(&diagnostics);
    else
        compare_unpacked(set.lowered, &app);
    printf("%zu fields are the same\n", compared);
    free_ready(&ready);
    free_diagnostics(&diagnostics);
    close_folder(&folder);
    close_modules(&set);
    arena_free(&arena);
    return 0;
}
END

# Stand for the host's.
cat >"$lab/functions.c" <<'END'
#include "migc.h"
int fill_notes(migc_context *context);
int normalise_titles(migc_context *context);
int fill_notes(migc_context *context) {
    return context == NULL;
}
int normalise_titles(migc_context *context) {
    return context == NULL;
}
END

# Compiles folder $1 with migc and the flags behind it, and compares.
compare_fields() {
    folder=$1
    shift
    expect_exit 0 migc -Wno-skipped-call -n app "$@" -o app.c "$folder"
    expect link_program compare -I"$ROOT/compiler" "$lab/compare.c" app.c "$lab/functions.c" \
        "$BUILD/compiler.a" ${COMPILER_LIBS:--lxxhash -lyaml -lmd -lz}
    expect_exit 0 ./compare "$folder" "$@"
}

scenario "N1: the set that was proven is the one that is emitted, in every field: the sample"
compare_fields "$ROOT/migrations"
expect_text "fields are the same"
expect test "$(sed -n 's/ .*//p' "$output")" -gt 250

scenario "N1: the same for all that a set may have: calls, repeatables, needs, and no snapshot"
mkdir migrations
cat >migrations/003_first.sql <<'END'
-- Description: "quoted", with \ and ??= and a line that is longer than one hundred characters, all told
-- Author: Søren
-- Tags: a, b
-- up
CREATE TABLE note(id INTEGER PRIMARY KEY, "t""x" TEXT DEFAULT 'a''b\n??)');
-- call: fill_notes
-- down
-- call: fill_notes
DROP TABLE note;
-- verify
SELECT 1 WHERE 0;
SELECT 2
    WHERE 0;
END
cat >migrations/0020_second.sql <<'END'
-- Depends: core/001_users, third/7_last
-- Irreversible: it cannot be
-- Transaction: none
-- up
INSERT INTO note VALUES(NULL, random());
END
cat >migrations/0021_third.sql <<'END'
-- Depends: core/002_more
-- Foreign-Keys: on
-- Lossy: nothing is kept
-- up
DELETE FROM note;
-- down
SELECT 1;
END
printf '%s\n' '-- up' 'DROP VIEW IF EXISTS v;' 'CREATE VIEW v AS SELECT 1;' \
    '-- down' 'DROP VIEW IF EXISTS v;' >migrations/R_v.sql
printf '%s\n' '-- Irreversible: seeds stay' '-- up' "REPLACE INTO note VALUES(1, datetime('now'));" \
    >migrations/R_seed.sql
printf '%s\n' 'Out-Of-Order: skip' >migrations/migc.conf
compare_fields migrations --no-stamp
expect_text "fields are the same"
expect test "$(sed -n 's/ .*//p' "$output")" -gt 130

scenario "N1 P1: the same for another tool's folder, whose DOWNs are files of their own"
mkdir other
echo 'CREATE TABLE a(x);' >other/1_a.up.sql
echo 'DROP TABLE a;' >other/1_a.down.sql
echo 'CREATE TABLE b(x);' >other/2_b.up.sql
echo 'DROP TABLE b;' >other/2_b.down.sql
compare_fields other
expect_text "fields are the same"
expect grep -qF '/* down_file */ "2_b.down.sql\0"' app.c

scenario "L6: what is emitted needs no relocation for a migration, and nothing to be written at start"
mkdir migrations
for i in 1 2 3 4 5 6 7 8 9; do
    printf '%s\n' "-- Author: $i" '-- up' "CREATE TABLE t$i(x);" '-- down' "DROP TABLE t$i;" >"migrations/${i}_a.sql"
    expect_exit 0 migc -n app -o app.c migrations
    expect "$CC" -std=c99 -O2 -fPIC -I"$ROOT/runtime" -c -o app.o app.c
    readelf -r app.o | grep -cE 'R_[A-Z0-9_]+' >>relocations
done
expect test "$(sort -u relocations | wc -l)" = 1
