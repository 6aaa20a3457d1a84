/*
 * compile.c - takes a folder through all stages before emit.
 */
#include "command.h"
#include "lint/lint.h"

#include <sys/stat.h>

struct proof_order order_of(const struct options *options) {
    return (struct proof_order){.limit = options->prove_limit,
                                .rows_limit = options->rows_limit,
                                .from = options->from,
                                .from_count = options->from_count,
                                .ready = options->ready,
                                .cache = options->cache,
                                .cache_reads = !options->all_locked};
}

/* Leaves out the migrations after `version`, which are not read: they may be broken. */
static void leave_out_later(struct folder *folder, struct lock *lock, int64_t version) {
    size_t count = 0;
    while (count < folder->count && folder->entries[count].version <= version)
        count++;
    folder->count = count;
    folder->repeatable_count = 0;
    while (lock->count > 0 && lock->lines[lock->count - 1].version > version)
        lock->count--;
}

/* Refuses the folder of the migrations as cache: its files would be taken for migrations. */
static bool is_cache_elsewhere(const struct folder *folder, const char *cache, struct arena *arena,
                               struct diagnostics *diagnostics) {
    struct stat here, there;
    if (!cache || stat(cache, &there) != 0 || fstat(folder->fd, &here) != 0 ||
        here.st_dev != there.st_dev || here.st_ino != there.st_ino)
        return true;
    report_error(diagnostics, location_of_folder(folder, arena),
                 "--cache is the folder of the migrations; name one below your build folder");
    return false;
}

static bool has_migrations(const struct folder *folder, struct arena *arena,
                           struct diagnostics *diagnostics) {
    struct location location = location_of_folder(folder, arena);
    if (folder->count > 0)
        return true;
    const char *below = describe_folders(folder, arena);
    if (folder->repeatable_count > 0)
        report_error(diagnostics, location,
                     "only repeatables here, which run after a numbered migration; 'migc create "
                     "NAME %s' makes one",
                     folder->path);
    else if (!is_native(folder->dialect))
        report_error(diagnostics, location, "no migrations of %s here: expected %s%s",
                     folder->dialect->name, folder->dialect->files, below);
    else
        report_error(diagnostics, location,
                     "no migrations here: expected files such as " FILE_NAME_FORM "%s",
                     *below
                         ? below
                         : arena_format(arena, "; 'migc create NAME %s' makes one", folder->path));
    return false;
}

/* The rules about the set as a whole. */
static void check_across_files(struct set *set, const struct folder *folder, bool all_locked,
                               struct arena *arena, struct diagnostics *diagnostics) {
    check_set(set, arena, diagnostics);
    name_other_dialect(folder, find_report(diagnostics, WARNING_TRANSACTION_STATEMENT, NULL, NULL),
                       arena, diagnostics);
    check_modules(set, arena, diagnostics);
    check_lock(set, all_locked, arena, diagnostics);
    check_versions(set, diagnostics);
    check_symbols(set, diagnostics);
    check_engine(set, arena, diagnostics);
}

bool compile_folder(struct set *set, struct folder *folder, const char *path,
                    const struct options *options, struct arena *arena,
                    struct diagnostics *diagnostics) {
    struct conf *conf = arena_take(arena, sizeof(*conf));
    struct lock *lock = arena_take(arena, sizeof(*lock));
    *conf = options->given;
    conf->order = options->order;
    conf->provisions = options->provisions;
    if (!open_folder(folder, arena, path, diagnostics) ||
        !is_cache_elsewhere(folder, options->cache, arena, diagnostics) ||
        !read_conf(conf, folder, arena, diagnostics) ||
        !scan_folder(folder, arena, conf->dialect, diagnostics) ||
        !has_migrations(folder, arena, diagnostics) || !read_lock(lock, folder, arena, diagnostics))
        return false;
    if (options->up_to)
        leave_out_later(folder, lock, *options->up_to);
    set->conf = conf;
    set->name = options->name;
    set->is_module = options->module;
    set->no_stamp = options->no_stamp;
    if (!read_set(set, arena, folder, diagnostics) ||
        !read_modules(set, options->after, options->after_count, arena, diagnostics))
        return false;
    attach_lock(set, lock);
    check_across_files(set, folder, options->all_locked, arena, diagnostics);
    lower_set(set, arena);
    if (options->no_prove) {
        report_warning(diagnostics, WARNING_UNPROVEN, location_of_folder(folder, arena),
                       "the proof was left out: what fails will fail on users' machines");
        for (size_t i = 0; i < set->count; i++)
            keep_drops(&set->migrations[i], (struct lost_columns){0}, (struct lost_columns){0},
                       arena);
    } else if (diagnostics_status(diagnostics) == STATUS_DONE) {
        const struct proof_order order = order_of(options);
        prove_set(set, &order, arena, diagnostics);
    }
    return diagnostics_status(diagnostics) == STATUS_DONE;
}
