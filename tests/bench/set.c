/*
 * set.c - see set.h.  Checksums are made up: the runtime compares them and never computes one.
 */
#include "set.h"
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 7, SHORT = 64, LONG = 112 };

/* What one migration's strings live in. */
struct texts {
    char name[SHORT], file[SHORT + 4], checksum[SHORT], chain[SHORT], touched[SHORT];
    char sql[MOST_STEPS][LONG];
};

static const char *const up_forms[] = {
    "CREATE TABLE t%u (id INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT)",
    "CREATE INDEX t%u_name ON t%u (name)",
    "CREATE INDEX t%u_at ON t%u (at, name)",
    "INSERT INTO t%u (name, at) VALUES ('first of %u', '2026-11-20 10:30:22')",
    "INSERT INTO t%u (name, at) VALUES ('second of %u', '2026-11-21 10:30:22')",
    "INSERT INTO t%u (name, at) VALUES ('third of %u', '2026-11-22 10:30:22')",
};

enum { UP_FORMS = sizeof(up_forms) / sizeof(*up_forms) };

static void write_hash(char *text, uint64_t seed) {
    uint64_t high = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15);
    uint64_t low = (high ^ high >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
    snprintf(text, SHORT, "xxh3:%016llx%016llx", (unsigned long long)high, (unsigned long long)low);
}

static void fill_steps(migc_step *steps, struct texts *texts, unsigned number, unsigned up_count) {
    for (unsigned i = 0; i <= up_count; i++) {
        const char *form = i < up_count ? up_forms[i] : "DROP TABLE t%u";
        snprintf(texts->sql[i], LONG, form, number, number);
        steps[i] = (migc_step){i + 1, texts->sql[i], NULL};
    }
}

static void fill_migration(struct made_set *made, size_t index, unsigned up_count) {
    struct texts *texts = &made->texts[index];
    migc_step *steps = made->steps + index * MOST_STEPS;
    unsigned number = (unsigned)index + 1;
    snprintf(texts->name, sizeof(texts->name), "%05u_make_t%u", number, number);
    snprintf(texts->file, sizeof(texts->file), "%s.sql", texts->name);
    snprintf(texts->touched, sizeof(texts->touched), "[\"t%u\"]", number);
    write_hash(texts->checksum, 2 * index);
    write_hash(texts->chain, 2 * index + 1);
    fill_steps(steps, texts, number, up_count);
    made->migrations[index] = (migc_migration){.version = number,
                                               .name = texts->name,
                                               .file = texts->file,
                                               .checksum = texts->checksum,
                                               .chain = texts->chain,
                                               .touched = texts->touched,
                                               .up_count = up_count,
                                               .down_count = 1,
                                               .steps = steps};
}

void make_set(struct made_set *made, size_t count, enum contents contents) {
    memset(made, 0, sizeof(*made));
    made->migrations = calloc(count, sizeof(*made->migrations));
    made->steps = calloc(count, MOST_STEPS * sizeof(*made->steps));
    made->texts = calloc(count, sizeof(*made->texts));
    if (!made->migrations || !made->steps || !made->texts)
        give_up("a set", "out of memory");
    for (size_t i = 0; i < count; i++)
        fill_migration(made, i, contents == ONE_TABLE ? 1 : UP_FORMS);
    made->set.abi = MIGC_ABI;
    made->set.name = "bench";
    made->set.count = count;
    made->set.migrations = made->migrations;
}

const char *text_of_step(const struct made_set *made, size_t index, unsigned step) {
    return made->texts[index].sql[step];
}

void free_set(struct made_set *made) {
    free(made->migrations);
    free(made->steps);
    free(made->texts);
}
