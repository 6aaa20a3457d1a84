/*
 * modules_slow.c - threads that bring the modules of one fresh file up at once,
 * while some try one of them alone.
 */
#include <pthread.h>

#include "database.h"
#include "modules.h"

enum { MEMBERS = 6, ROUNDS = 15 };

struct member {
    pthread_t thread;
    pthread_barrier_t *start;
    const char *path;
    int number;
    unsigned flags;
    migc_result result;
    migc_error error;
};

/* Every third one tries core alone first, which works once users has what it needs. */
static void *take_part(void *argument) {
    struct member *member = argument;
    migc_options options = {.flags = member->flags, .result = &member->result};
    sqlite3 *db = NULL;
    pthread_barrier_wait(member->start);
    if (sqlite3_open(member->path, &db) != SQLITE_OK)
        snprintf(member->error.message, sizeof(member->error.message), "%s", sqlite3_errmsg(db));
    else if (member->number % 3 || migc_up(db, &core, &options, &member->error) == MIGC_OK ||
             member->error.code == MIGC_NEEDS)
        migc_up_sets(db, modules, MODULES, &options, &member->error);
    sqlite3_close(db);
    return NULL;
}

static size_t run_round(const char *path, unsigned flags) {
    struct member members[MEMBERS];
    pthread_barrier_t start;
    size_t count = 0;
    CHECK_INT(0, pthread_barrier_init(&start, NULL, MEMBERS));
    for (int i = 0; i < MEMBERS; i++) {
        members[i] = (struct member){.start = &start, .path = path, .number = i, .flags = flags};
        CHECK_INT(0, pthread_create(&members[i].thread, NULL, take_part, &members[i]));
    }
    for (int i = 0; i < MEMBERS; i++)
        pthread_join(members[i].thread, NULL);
    pthread_barrier_destroy(&start);
    for (int i = 0; i < MEMBERS; i++) {
        CHECK_STR("", members[i].error.message);
        count += members[i].result.count;
    }
    return count;
}

static void run_rounds(unsigned flags) {
    struct lab lab = {.path = ""};
    lab_begin(&lab);
    for (int round = 0; round < ROUNDS; round++) {
        lab_empty(&lab);
        size_t count = run_round(lab.path, flags);
        sqlite3 *db = db_open(lab.path);
        check_defer(db_close, db);
        CHECK_INT(5, db_number(db, "SELECT count(*) FROM migc_migrations"));
        CHECK_INT(5, db_number(db, "SELECT count(DISTINCT set_name || name) FROM migc_events"
                                   " WHERE action = 'up'"));
        CHECK_INT(2, db_number(db, "SELECT count(*) FROM person WHERE nick = 'owner'"));
        CHECK(count <= 5);
    }
}

TEST(together, "L9: N10, P12: programs that bring the modules up at once all end current") {
    run_rounds(0);
}

TEST(together_each, "L9: N10, P12: the same with a transaction for each migration") {
    run_rounds(MIGC_EACH);
}

#define TESTS(X) X(together) X(together_each)
CHECK_MAIN(TESTS)
