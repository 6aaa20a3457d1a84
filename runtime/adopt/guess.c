/*
 * guess.c - which version a schema is that nobody keeps a history of.
 *
 * The set is replayed in memory.  After each migration a sum is made of the text
 * of each object, and compared with those of the database: that is cheap, and
 * says which versions come close.  One that is the same in all is compared by
 * meaning at once; where there is none, a second replay compares the closest.
 */
#include "adopt.h"
#include "repair/repair.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COMPARED = 4, MOST_NAMED = 3 };

struct sums {
    uint64_t *of; /* of each object, in ascending order */
    size_t count, room;
    bool no_memory;
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
    struct sums sums; /* of the database */
    struct sums made; /* of a version */
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

static bool add_sum(struct sums *sums, uint64_t sum) {
    if (sums->count == sums->room) {
        size_t room = sums->room ? sums->room * 2 : 64;
        uint64_t *grown = sqlite3_realloc64(sums->of, room * sizeof(*grown));
        if (!grown)
            return false;
        sums->of = grown;
        sums->room = room;
    }
    sums->of[sums->count++] = sum;
    return true;
}

static int compare_sums(const void *left, const void *right) {
    uint64_t one = *(const uint64_t *)left, two = *(const uint64_t *)right;
    return (one > two) - (one < two);
}

/* Returns SQLite's result code. */
static int read_sums(sqlite3 *db, struct sums *sums) {
    sqlite3_stmt *objects = NULL;
    int code = sqlite3_prepare_v2(db,
                                  "SELECT type, name, sql FROM main.sqlite_schema"
                                  " WHERE sql IS NOT NULL",
                                  -1, &objects, NULL);
    sums->count = 0;
    while (code == SQLITE_OK && (code = sqlite3_step(objects)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(objects, 1);
        uint64_t sum = MIGCI_SUM_START;
        code = SQLITE_OK;
        if (!name || migci_is_nobodys_table(name))
            continue;
        sum = sum_sql(sum, (const char *)sqlite3_column_text(objects, 0));
        sum = sum_sql(sum, name);
        sum = sum_sql(sum, (const char *)sqlite3_column_text(objects, 2));
        code = add_sum(sums, sum) ? SQLITE_OK : SQLITE_NOMEM;
    }
    sqlite3_finalize(objects);
    if (sums->count)
        qsort(sums->of, sums->count, sizeof(*sums->of), compare_sums);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static struct step_of_guess compare_step(const struct sums *found, const struct sums *made) {
    struct step_of_guess step = {0, 0};
    size_t f = 0, m = 0;
    while (f < found->count || m < made->count) {
        bool only_found = m == made->count || (f < found->count && found->of[f] < made->of[m]);
        bool only_made = f == found->count || (m < made->count && made->of[m] < found->of[f]);
        step.distance += only_found || only_made;
        f += !only_made;
        m += !only_found;
    }
    for (m = 0; m < made->count; m++)
        step.sum += made->of[m] * UINT64_C(0x9e3779b97f4a7c15);
    return step;
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
    guess->failure = migci_schema_read(db, &guess->session->memory, &made);
    if (guess->failure == SQLITE_OK)
        migci_schema_compare(&made, &guess->found, count_guess_difference, candidate);
    return guess->failure != SQLITE_OK;
}

static bool has_candidate(const struct guess *guess, uint64_t sum) {
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
    guess->failure = read_sums(migc_db(context), &guess->made);
    struct step_of_guess *step = &guess->steps[guess->next++];
    *step = compare_step(&guess->sums, &guess->made);
    if (guess->failure != SQLITE_OK || step->distance || guess->candidate_count ||
        has_candidate(guess, step->sum))
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
                !has_candidate(guess, guess->steps[i].sum))
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

static const char *name_of(const struct guess *guess, size_t version) {
    return guess->session->set->migrations[version].name;
}

static migc_code tell_several(struct guess *guess, size_t first, size_t last) {
    return migci_fail(guess->session, MIGC_DRIFTED,
                      "the schema is that of more than one version, from %s to %s, which differ in"
                      " rows alone. 'baseline' takes the database over at the one that you name",
                      name_of(guess, first), name_of(guess, last));
}

static migc_code tell_closest(struct guess *guess) {
    char closest[900] = "";
    for (size_t i = 0; i < guess->candidate_count && i < MOST_NAMED; i++) {
        const struct candidate *candidate = &guess->candidates[i];
        size_t used = strlen(closest);
        snprintf(closest + used, sizeof(closest) - used, "%s%s (%zu difference%s: %s%s)",
                 i ? "; " : "", name_of(guess, candidate->version), candidate->differences,
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
        return tell_closest(guess);
    size_t first = set->count, last = 0;
    for (size_t i = 0; i < set->count; i++)
        if (guess->steps[i].sum == guess->steps[best->version].sum) {
            first = first < i ? first : i;
            last = i;
        }
    if (first != last)
        return tell_several(guess, first, last);
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
    sqlite3_free(guess.made.of);
    return code;
}
