/*
 * A COMMIT that the disk refuses, or whose answer is lost: what is counted and told follows the
 * history, whichever of the two it was.
 */
#include "database.h"
#include "faulty_vfs.h"
#include "sets.h"

struct diary {
    char text[400];
    int after_commit;
};

static int note_event(const migc_event *event, void *user) {
    struct diary *diary = user;
    size_t used = strlen(diary->text);
    const char *words = event->type == MIGC_EVENT_FINISHED      ? "finished "
                        : event->type == MIGC_EVENT_COMMITTED   ? "committed "
                        : event->type == MIGC_EVENT_ROLLED_BACK ? "rolled back "
                                                                : "";
    snprintf(diary->text + used, sizeof(diary->text) - used, "%s", words);
    return 0;
}

static int note_hook(migc_context *context, migc_hook_point point, void *user) {
    (void)context;
    ((struct diary *)user)->after_commit += point == MIGC_AFTER_COMMIT;
    return 0;
}

static void restore_vfs(void *unused) {
    (void)unused;
    memset(&faulty, 0, sizeof(faulty));
}

/* The run of 003 and 004, of whose operations of that kind the first fails once. */
static void run_with(unsigned kind, int done, struct diary *diary) {
    struct lab lab;
    migc_result result = {0};
    migc_error error;
    faulty_vfs_install();
    check_defer(restore_vfs, NULL);
    lab_begin(&lab);
    sqlite3 *db = db_open(lab.path);
    check_defer(db_close, db);
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    migc_hook hook = {note_hook, diary, NULL};
    migc_options options = {
        .on_event = note_event, .event_user = diary, .result = &result, .hooks = &hook};
    faulty.kinds = kind;
    faulty.until = 1;
    faulty.done = done;
    migc_up(db, &library, &options, &error);
    CHECK(faulty.reached);
    memset(&faulty, 0, sizeof(faulty));
    CHECK_STR("", error.message);
    CHECK_INT(2, result.count);
    CHECK_INT(4, result.to);
    CHECK_INT(1, diary->after_commit);
    CHECK_INT(4, db_number(db, "SELECT count(*) FROM migc_migrations"));
}

TEST(repeated,
     "P4: what a refused COMMIT has undone is told, and counted once when it is repeated") {
    struct diary diary = {"", 0};
    run_with(FAULTY_SYNC, 0, &diary);
    CHECK_STR("finished finished rolled back finished finished committed ", diary.text);
}

TEST(lost, "P4: a COMMIT that took effect, though its answer was lost, is counted and told") {
    struct diary diary = {"", 0};
    run_with(FAULTY_DELETE, 1, &diary);
    CHECK_STR("finished finished committed ", diary.text);
}

#define TESTS(X)                                                                                   \
    X(repeated)                                                                                    \
    X(lost)

CHECK_MAIN(TESTS)
