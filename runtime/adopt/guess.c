/*
 * guess.c - finds out which version a schema is when nobody keeps a history.
 *
 * The set is replayed in memory.  After each migration a sum is made of the text
 * of each object that it changed, and looked up among those of the database: that
 * is cheap, and says which versions come close.  One that is the same in all is
 * compared by meaning at once; where there is none, a second replay compares the
 * closest, and reads of each what the one before it did not have.
 */
#include "adopt.h"
#include "repair/repair.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COMPARED = 4, MOST_NAMED = 3 };

/* An object of the database in memory, as it was after the last migration. */
struct made_object {
    int64_t rowid;
    char *sql; /* by sqlite3_malloc() */
    int size;
    uint64_t sum; /* 0: nobody's */
    bool is_found;
};

/* In the order of their rowids: one with the same text did not change. */
struct made {
    struct made_object *of;
    size_t count, room;
};

struct sums {
    uint64_t *of; /* of each object, in ascending order */
    size_t count, room;
};

/* A version of the set. */
struct step_of_guess {
    uint64_t sum;    /* of all objects */
    size_t distance; /* objects that only one of the two has */
};

/* One that is compared by meaning. */
struct candidate {
    size_t version; /* the first that has this sum, in the set */
    size_t differences;
    char text[300]; /* the first of them */
};

struct guess {
    migci_session *session;
    migci_schema found;
    struct sums sums;   /* of the database */
    struct made made;   /* of the version before */
    migci_schema read;  /* the last candidate that was compared */
    migci_memory frame; /* its lists */
    struct step_of_guess *steps;
    size_t next;
    struct candidate candidates[MOST_COMPARED];
    size_t candidate_count;
    int failure; /* SQLite's, of the replay's database */
};

/* ------------------------------------------------------------------- sums */

/* Blanks, quotes and case have no meaning, nearly always; the comparison by meaning decides. */
static uint64_t sum_sql(uint64_t sum, const char *text) {
    return text ? migci_sum_names(sum, text, " \t\r\n\"`[]") : sum;
}

static int compare_sums(const void *left, const void *right) {
    uint64_t one = *(const uint64_t *)left, two = *(const uint64_t *)right;
    return (one > two) - (one < two);
}

#define OBJECTS                                                                                    \
    "SELECT rowid, sql, name, type FROM main.sqlite_schema"                                        \
    " WHERE rowid > ? AND sql IS NOT NULL ORDER BY rowid"

static uint64_t sum_object(sqlite3_stmt *row) {
    const char *name = (const char *)sqlite3_column_text(row, 2);
    if (!name || migci_is_nobodys_table(name))
        return 0;
    uint64_t sum = sum_sql(MIGCI_SUM_START, (const char *)sqlite3_column_text(row, 3));
    sum = sum_sql(sum_sql(sum, name), (const char *)sqlite3_column_text(row, 1));
    return sum + !sum;
}

/* Of the database.  Returns SQLite's result code. */
static int read_sums(sqlite3 *db, struct sums *sums) {
    sqlite3_stmt *objects = NULL;
    int code = sqlite3_prepare_v2(db, OBJECTS, -1, &objects, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(objects, 1, INT64_MIN);
    while (code == SQLITE_OK && (code = sqlite3_step(objects)) == SQLITE_ROW) {
        uint64_t sum = sum_object(objects);
        code = SQLITE_OK;
        if (!sum)
            continue;
        if (sums->count == sums->room) {
            size_t room = sums->room ? sums->room * 2 : 64;
            uint64_t *grown = sqlite3_realloc64(sums->of, room * sizeof(*grown));
            if (!grown) {
                code = SQLITE_NOMEM;
                break;
            }
            sums->of = grown;
            sums->room = room;
        }
        sums->of[sums->count++] = sum;
    }
    sqlite3_finalize(objects);
    if (sums->count)
        qsort(sums->of, sums->count, sizeof(*sums->of), compare_sums);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static void free_made(struct made *made) {
    for (size_t i = 0; i < made->count; i++)
        sqlite3_free(made->of[i].sql);
    sqlite3_free(made->of);
    *made = (struct made){NULL, 0, 0};
}

/* Takes it over from what was there before, unless its text has changed. */
static bool adopt_object(struct guess *guess, struct made *now, struct made_object *before,
                         sqlite3_stmt *row) {
    const char *sql = (const char *)sqlite3_column_text(row, 1);
    int size = sqlite3_column_bytes(row, 1);
    if (now->count == now->room) {
        size_t room = now->room ? now->room * 2 : 64;
        struct made_object *grown = sqlite3_realloc64(now->of, room * sizeof(*grown));
        if (!grown)
            return false;
        now->of = grown;
        now->room = room;
    }
    if (!sql)
        return false;
    struct made_object *object = &now->of[now->count];
    if (before && before->sql && before->size == size &&
        memcmp(before->sql, sql, (size_t)size) == 0) {
        *object = *before;
        before->sql = NULL;
    } else {
        const struct sums *sums = &guess->sums;
        *object = (struct made_object){.rowid = sqlite3_column_int64(row, 0),
                                       .sql = sqlite3_mprintf("%.*s", size, sql),
                                       .size = size,
                                       .sum = sum_object(row)};
        object->is_found = sums->count && bsearch(&object->sum, sums->of, sums->count,
                                                  sizeof(*sums->of), compare_sums);
    }
    now->count++;
    return object->sql != NULL;
}

/* Brings guess->made up to the migration that has just run.  Returns SQLite's result code. */
static int read_made(struct guess *guess, sqlite3 *db, const migc_migration *migration) {
    sqlite3_stmt *row = NULL;
    struct made before = guess->made, *now = &guess->made;
    int64_t last = before.count ? before.of[before.count - 1].rowid : 0;
    size_t b = 0;
    /* What is there already stays as it is where no step alters or drops. */
    bool may_change = false;
    for (unsigned i = 0; i < migration->up_count; i++)
        may_change |= migration->steps[i].call || strchr("AaDdPpVv", migration->steps[i].text[0]);
    if (may_change) {
        last = INT64_MIN;
        *now = (struct made){NULL, 0, 0};
    } else {
        before = (struct made){NULL, 0, 0};
    }
    int code = sqlite3_prepare_v2(db, OBJECTS, -1, &row, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(row, 1, last);
    while (code == SQLITE_OK && (code = sqlite3_step(row)) == SQLITE_ROW) {
        int64_t rowid = sqlite3_column_int64(row, 0);
        while (b < before.count && before.of[b].rowid < rowid)
            b++;
        bool same = b < before.count && before.of[b].rowid == rowid;
        code =
            adopt_object(guess, now, same ? &before.of[b] : NULL, row) ? SQLITE_OK : SQLITE_NOMEM;
    }
    sqlite3_finalize(row);
    free_made(&before);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* ------------------------------------------------------------- by meaning */

static void count_guess_difference(const migci_difference *difference, void *argument) {
    struct candidate *candidate = argument;
    if (migci_is_nobodys(difference))
        return;
    if (!candidate->differences++)
        migci_difference_say(difference, &migci_voice_database, candidate->text,
                             sizeof(candidate->text));
}

static int compare_by_meaning(struct guess *guess, sqlite3 *db, struct candidate *candidate) {
    migci_schema made;
    migci_memory frame = {NULL};
    guess->failure =
        migci_schema_read_again(db, &guess->session->memory, &frame, &guess->read, &made);
    if (guess->failure == SQLITE_OK)
        migci_schema_compare(&made, &guess->found, count_guess_difference, candidate);
    migci_free_all(&guess->frame);
    guess->frame = frame;
    guess->read = made;
    return guess->failure != SQLITE_OK;
}

static bool has_version_of_sum(const struct guess *guess, uint64_t sum) {
    for (size_t i = 0; i < guess->candidate_count; i++)
        if (guess->steps[guess->candidates[i].version].sum == sum)
            return true;
    return false;
}

/* One whose texts are the same is compared at once: nearly always it is the one. */
static int sum_version(migc_context *context, migc_hook_point point, void *user) {
    struct guess *guess = user;
    if (point != MIGC_AFTER_MIGRATION)
        return 0;
    assert(guess->next < guess->session->set->count);
    guess->failure =
        read_made(guess, migc_db(context), &guess->session->set->migrations[guess->next]);
    struct step_of_guess *step = &guess->steps[guess->next++];
    *step = (struct step_of_guess){0, guess->sums.count};
    for (size_t i = 0; i < guess->made.count; i++) {
        const struct made_object *object = &guess->made.of[i];
        if (!object->sum)
            continue;
        step->distance += object->is_found ? (size_t)-1 : 1;
        step->sum += object->sum * UINT64_C(0x9e3779b97f4a7c15);
    }
    if (guess->failure != SQLITE_OK || step->distance || guess->candidate_count ||
        has_version_of_sum(guess, step->sum))
        return guess->failure != SQLITE_OK;
    struct candidate *candidate = &guess->candidates[guess->candidate_count++];
    *candidate = (struct candidate){guess->next - 1, 0, ""};
    return compare_by_meaning(guess, migc_db(context), candidate);
}

static int compare_version(migc_context *context, migc_hook_point point, void *user) {
    struct guess *guess = user;
    if (point != MIGC_AFTER_MIGRATION)
        return 0;
    size_t version = guess->next++;
    for (size_t i = 0; i < guess->candidate_count; i++)
        if (guess->candidates[i].version == version &&
            compare_by_meaning(guess, migc_db(context), &guess->candidates[i]))
            return 1;
    return 0;
}

/* The nearest ones, each schema once. */
static void choose_candidates(struct guess *guess) {
    size_t count = guess->session->set->count;
    guess->candidate_count = 0;
    while (guess->candidate_count < MOST_COMPARED) {
        size_t best = count;
        for (size_t i = 0; i < count; i++)
            if ((best == count || guess->steps[i].distance < guess->steps[best].distance) &&
                !has_version_of_sum(guess, guess->steps[i].sum))
                best = i;
        if (best == count)
            return;
        guess->candidates[guess->candidate_count++] = (struct candidate){best, 0, ""};
    }
}

static migc_code replay_for_guess(struct guess *guess, size_t count, migc_hook_function *function) {
    migci_session *session = guess->session;
    migc_hook hook = {function, guess, NULL};
    migc_set set = *session->set;
    sqlite3 *db = NULL;
    set.count = count;
    set.repeatables = NULL;
    guess->next = 0;
    migc_code code = migci_replay_open(session, session->options, &db);
    if (code == MIGC_OK)
        code = migci_replay(session, session->options, db, set, &hook);
    sqlite3_close(db);
    return code;
}

/* ----------------------------------------------------------------- answers */

static const char *name_of_version(const struct guess *guess, size_t version) {
    return guess->session->set->migrations[version].name;
}

static migc_code report_closest(struct guess *guess) {
    char closest[900] = "";
    for (size_t i = 0; i < guess->candidate_count && i < MOST_NAMED; i++) {
        const struct candidate *candidate = &guess->candidates[i];
        size_t used = strlen(closest);
        snprintf(closest + used, sizeof(closest) - used, "%s%s (%zu difference%s: %s%s)",
                 i ? "; " : "", name_of_version(guess, candidate->version), candidate->differences,
                 candidate->differences == 1 ? "" : "s", candidate->text,
                 candidate->differences > 1 ? ", and more" : "");
    }
    return migci_fail(guess->session, MIGC_DRIFTED,
                      "the schema is none that the migrations make. Closest come: %s. Correct the"
                      " schema; or 'baseline' with --force takes it over as it is",
                      closest);
}

static int order_candidates(const void *left, const void *right) {
    const struct candidate *one = left, *two = right;
    return (one->differences > two->differences) - (one->differences < two->differences);
}

static migc_code answer_guess(struct guess *guess, int64_t *version) {
    const migc_set *set = guess->session->set;
    qsort(guess->candidates, guess->candidate_count, sizeof(*guess->candidates), order_candidates);
    const struct candidate *best = &guess->candidates[0];
    if (best->differences)
        return report_closest(guess);
    size_t first = set->count, last = 0;
    for (size_t i = 0; i < set->count; i++)
        if (guess->steps[i].sum == guess->steps[best->version].sum) {
            first = first < i ? first : i;
            last = i;
        }
    if (first != last)
        return migci_fail(guess->session, MIGC_DRIFTED,
                          "the schema is that of more than one version, from %s to %s, which differ"
                          " in rows alone. 'baseline' takes the database over at the one that you"
                          " name",
                          name_of_version(guess, first), name_of_version(guess, last));
    *version = set->migrations[first].version;
    return MIGC_OK;
}

static migc_code guess_version(struct guess *guess, int64_t *version) {
    migci_session *session = guess->session;
    size_t last = 0;
    int code = migci_schema_read(session->driver.db, &session->memory, &guess->found);
    if (code == SQLITE_OK)
        code = read_sums(session->driver.db, &guess->sums);
    guess->steps =
        migci_allocate(&session->memory, (session->set->count + 1) * sizeof(*guess->steps));
    if (code == SQLITE_NOMEM || !guess->steps)
        return migci_fail(session, MIGC_NO_MEMORY, "out of memory, while reading the schema");
    if (code != SQLITE_OK)
        return migci_fail(session, migci_code_of(code), "reading the schema, SQLite said: %s",
                          sqlite3_errmsg(session->driver.db));
    migc_code result = replay_for_guess(guess, session->set->count, sum_version);
    if (result != MIGC_OK)
        return result;
    if (guess->candidate_count && !guess->candidates[0].differences)
        return answer_guess(guess, version);
    choose_candidates(guess);
    for (size_t i = 0; i < guess->candidate_count; i++)
        last = guess->candidates[i].version > last ? guess->candidates[i].version : last;
    result = replay_for_guess(guess, last + 1, compare_version);
    return result == MIGC_OK ? answer_guess(guess, version) : result;
}

migc_code migci_version_of_schema(migci_session *session, int64_t *version) {
    struct guess guess = {0};
    guess.session = session;
    if (!session->set->count)
        return migci_fail(session, MIGC_NO_SUCH_VERSION, "this program has no migrations");
    migc_code code = guess_version(&guess, version);
    sqlite3_free(guess.sums.of);
    free_made(&guess.made);
    migci_free_all(&guess.frame);
    return code;
}
