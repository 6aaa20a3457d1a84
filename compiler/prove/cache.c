/*
 * cache.c - reads and writes the folder of --cache.  A file gets its name when it is complete, is
 * read if its sum is right, and is removed when there are enough newer ones.
 *
 * Nothing here is an error: if the cache cannot be read or written, the build works without it.
 */
#include "prove.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_PREFIX "migc-"
#define MAGIC "migc cache " CACHE_FORM "\n"

enum {
    MOST_FILES = 24,
    MOST_BYTES = 256 << 20,
    LARGEST_PART = MOST_BYTES / 2,
    KEY_LENGTH = HASH_SIZE - sizeof("xxh3:"),
    HEAD_SIZE = sizeof(MAGIC) - 1 + 2 * HASH_SIZE
};

size_t count_released(const struct set *set) {
    size_t count = 0;
    while (count < set->count && set->module_count == 0 && set->migrations[count].locked)
        count++;
    return count;
}

/* A PRAGMA may change its connection, which is not kept. */
static bool has_pragma(const struct migration *migration) {
    static const char *const harmless[] = {
        "foreign_keys",      "foreign_key_check",  "foreign_key_list", "integrity_check",
        "quick_check",       "defer_foreign_keys", "user_version",     "application_id",
        "table_info",        "index_list",         "index_info",       "journal_mode",
        "incremental_vacuum"};
    for (int kind = SECTION_UP; kind <= SECTION_DOWN; kind++)
        for (size_t s = 0; s < migration->sections[kind].count; s++) {
            struct cursor cursor = cursor_at(&migration->sections[kind].steps[s],
                                             migration->sections[kind].steps[s].text);
            bool known = false;
            if (!cursor_take(&cursor, "PRAGMA"))
                continue;
            for (size_t i = 0; i < COUNT_OF(harmless); i++)
                known |= cursor_is(&cursor, harmless[i]);
            if (!known)
                return true;
        }
    return false;
}

bool calls_function(const struct set *set, const char *function) {
    for (size_t i = 0; i < count_all(set); i++)
        for (int kind = 0; kind < SECTION_COUNT; kind++)
            for (size_t s = 0; s < set->migrations[i].sections[kind].count; s++) {
                const struct step *step = &set->migrations[i].sections[kind].steps[s];
                /* The tokens of most steps need not be read. */
                if (step->is_call || !contains_text(step->text, step->size, function))
                    continue;
                struct cursor cursor = cursor_at(step, step->text);
                while (cursor.token != TOKEN_END)
                    if (cursor_take(&cursor, function)) {
                        if (cursor_is(&cursor, "("))
                            return true;
                    } else
                        cursor_next(&cursor);
            }
    return false;
}

/* Whether the migrations leave nothing but the database and what is kept with it. */
static bool can_keep(const struct cache *cache) {
    const struct provisions *provisions = &cache->set->conf->provisions;
    for (size_t i = 0; i < provisions->count; i++)
        if (provisions->items[i].kind == PROVISION_EXTENSION) /* which may change */
            return false;
    for (size_t i = 0; i < cache->released; i++)
        if (has_pragma(&cache->set->migrations[i]))
            return false;
    for (size_t i = cache->released; i < cache->set->count; i++)
        if (cache->set->migrations[i].locked) /* a released one may read it */
            return false;
    /* begin_anew() cannot reset the connection's count of changed rows.  Views and triggers of
     * released migrations may read it later. */
    return !calls_function(cache->set, "changes") && !calls_function(cache->set, "total_changes");
}

struct cache open_cache(const struct set *set, const struct proof_order *order,
                        const struct warning_flags *flags, struct arena *arena) {
    struct cache cache = {.set = set, .arena = arena, .released = count_released(set)};
    if (!order->cache || !cache.released || !can_keep(&cache))
        return cache;
    cache.folder = order->cache;
    cache.reads = order->cache_reads;
    cache.sources.items =
        arena_take(arena, cache.released * (PART_COUNT + 1) * sizeof(*cache.sources.items));
    for (size_t i = 0; i < cache.released; i++) {
        const struct migration *migration = &set->migrations[i];
        cache.sources.items[cache.sources.count++] = &migration->source;
        for (int part = 0; part < PART_COUNT; part++)
            if (migration->others[part])
                cache.sources.items[cache.sources.count++] = migration->others[part];
    }
    make_key(&cache, order, flags);
    return cache;
}

/* ---------------------------------------------------------------------- one file */

static const char *name_of_part(const struct cache *cache, const char *part) {
    return arena_format(cache->arena, "%s/" FILE_PREFIX "%s.%s", cache->folder,
                        strchr(cache->key, ':') + 1, part);
}

static void sum_content(const char *bytes, size_t size, char sum[HASH_SIZE]) {
    struct hasher *hasher = create_hasher();
    hash_bytes(hasher, bytes, size);
    hash_finish(hasher, sum);
    free_hasher(hasher);
}

/* The sum is no secret.  A file that another user wrote, or could have written, is not used. */
static bool is_own_file(const struct stat *status) {
    return S_ISREG(status->st_mode) && status->st_uid == geteuid() &&
           (status->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static bool read_file(struct cache cache, const char *path, char **bytes, size_t *size) {
    struct stat status;
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    if (fd < 0)
        return false;
    bool fine = fstat(fd, &status) == 0 && is_own_file(&status) && status.st_size >= HEAD_SIZE &&
                status.st_size <= HEAD_SIZE + LARGEST_PART;
    size_t used = 0;
    *size = fine ? (size_t)status.st_size : 0;
    *bytes = fine ? arena_take(cache.arena, *size) : NULL;
    while (fine && used < *size) {
        ssize_t count = read(fd, *bytes + used, *size - used);
        fine = count > 0;
        used += fine ? (size_t)count : 0;
    }
    if (fine)
        futimens(fd, NULL); /* it was used: others are removed first */
    close(fd);
    return fine;
}

/* The head of a file: its kind, its key, and the sum of what follows. */
bool load_part(const struct cache *cache, const char *part, struct decoder *decoder) {
    char *bytes, sum[HASH_SIZE];
    size_t size;
    if (!cache->folder || !cache->reads ||
        !read_file(*cache, name_of_part(cache, part), &bytes, &size))
        return false;
    sum_content(bytes + HEAD_SIZE, size - HEAD_SIZE, sum);
    if (memcmp(bytes, MAGIC, strlen(MAGIC)) != 0 ||
        memcmp(bytes + strlen(MAGIC), cache->key, HASH_SIZE) != 0 ||
        memcmp(bytes + strlen(MAGIC) + HASH_SIZE, sum, HASH_SIZE) != 0)
        return false;
    *decoder = (struct decoder){bytes + HEAD_SIZE, bytes + size, false};
    return true;
}

/* ---------------------------------------------------------------------- trimming */

struct cached_file {
    char *path;
    struct timespec used;
    off_t size;
};

static int compare_uses(const void *a, const void *b) {
    const struct timespec *left = &((const struct cached_file *)a)->used;
    const struct timespec *right = &((const struct cached_file *)b)->used;
    if (left->tv_sec != right->tv_sec)
        return left->tv_sec < right->tv_sec ? 1 : -1;
    return (left->tv_nsec < right->tv_nsec) - (left->tv_nsec > right->tv_nsec);
}

/* Lists the files of this cache, also those that a killed build left incomplete. */
static struct cached_file *list_cached(const struct cache *cache, size_t *count) {
    struct cached_file *files = NULL;
    size_t capacity = 0;
    DIR *folder = opendir(cache->folder);
    *count = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
        struct stat status;
        struct cached_file file;
        /* "migc-0123456789abcdef0123456789abcdef.proof", and what mkstemp() may add */
        const char *key = entry->d_name + strlen(FILE_PREFIX);
        if (strncmp(entry->d_name, FILE_PREFIX, strlen(FILE_PREFIX)) != 0 ||
            strspn(key, "0123456789abcdef") != KEY_LENGTH || key[KEY_LENGTH] != '.')
            continue;
        file.path = arena_format(cache->arena, "%s/%s", cache->folder, entry->d_name);
        if (lstat(file.path, &status) != 0 || !is_own_file(&status))
            continue;
        file.used = status.st_mtim;
        file.size = status.st_size;
        files = grow_items(files, *count, &capacity, sizeof(*files));
        files[(*count)++] = file;
    }
    if (folder)
        closedir(folder);
    return files;
}

/* The files of this key are kept, however large they are. */
void trim_cache(const struct cache *cache) {
    size_t count;
    off_t sum = 0;
    if (!cache->stored)
        return;
    struct cached_file *files = list_cached(cache, &count);
    if (count > 0)
        qsort(files, count, sizeof(*files), compare_uses);
    for (size_t i = 0; i < count; i++) {
        sum += files[i].size;
        if ((i >= MOST_FILES || sum > MOST_BYTES) &&
            !strstr(files[i].path, strchr(cache->key, ':') + 1))
            unlink(files[i].path);
    }
    free(files);
}

/* ----------------------------------------------------------------------- writing */

static bool write_bytes(int fd, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t count = write(fd, bytes, size);
        if (count < 0)
            return false;
        bytes += count;
        size -= (size_t)count;
    }
    return true;
}

void store_part(struct cache *cache, const char *part, const struct buffer *content) {
    char sum[HASH_SIZE];
    if (!cache->folder || content->size > LARGEST_PART)
        return;
    const char *path = name_of_part(cache, part);
    char *temporary = arena_format(cache->arena, "%s.XXXXXX", path);
    char *folder = arena_copy(cache->arena, cache->folder, strlen(cache->folder));
    char *slash = strchr(folder + (*folder == '/'), '/');
    for (; slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(folder, 0777);
        *slash = '/';
    }
    mkdir(folder, 0777);
    int fd = mkstemp(temporary);
    if (fd < 0)
        return;
    sum_content(content->bytes, content->size, sum);
    bool written = write_bytes(fd, MAGIC, strlen(MAGIC)) &&
                   write_bytes(fd, cache->key, HASH_SIZE) && write_bytes(fd, sum, HASH_SIZE) &&
                   write_bytes(fd, content->bytes, content->size);
    if (close(fd) == 0 && written && rename(temporary, path) == 0)
        cache->stored = true;
    else
        unlink(temporary);
}

/* --------------------------------------------------------------------- databases */

bool is_all_main(sqlite3 *db) {
    return migci_ask_sqlite(db, "SELECT count(*) FROM temp.sqlite_schema") == 0;
}

bool keep_database(struct buffer *kept, sqlite3 *db) {
    sqlite3_int64 size = 0;
    if (!is_all_main(db))
        return false;
    unsigned char *bytes = sqlite3_serialize(db, "main", &size, 0);
    if (!bytes && size > 0)
        must_have(NULL);
    buffer_block(kept, bytes ? (const char *)bytes : "", (size_t)size);
    sqlite3_free(bytes);
    return true;
}

/* The bytes stay where they are; what is copied of them is the database's own. */
bool restore_database(sqlite3 *db, const char *bytes, size_t size) {
    sqlite3 *kept = NULL;
    int code = SQLITE_OK;
    if (size == 0)
        return true;
    if (sqlite3_open_v2(":memory:", &kept, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_deserialize(kept, "main", (unsigned char *)bytes, (sqlite3_int64)size,
                            (sqlite3_int64)size, SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
        must_have(NULL);
    sqlite3_backup *backup = must_have(sqlite3_backup_init(db, "main", kept, "main"));
    sqlite3_backup_step(backup, -1);
    code = sqlite3_backup_finish(backup);
    sqlite3_close(kept);
    return code == SQLITE_OK;
}
