/*
 * outputs.c - files that migc writes together appear together, or what was there before stays.
 *
 * The calls of libc that rename, remove and sync are those below, which can be told to fail.
 */
#include "base/base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"

enum { FILES = 3 };

static const char *const names[FILES] = {"x.c", "x.h", "x.d"};

/* Which calls fail: for a name that ends in `no_rename`, that has `no_unlink` in it; all others. */
static struct {
    const char *no_rename, *no_unlink;
    bool no_link, no_sync;
} faults;

static int fail_with(int error) {
    errno = error;
    return -1;
}

/* In place of rename(): a name of its own, since the parameters have others in the system's header. */
int rename_or_fail(const char *from, const char *to) __asm__("rename");

int rename_or_fail(const char *from, const char *to) {
    size_t length = strlen(to);
    if (faults.no_rename && strlen(faults.no_rename) <= length &&
        strcmp(to + length - strlen(faults.no_rename), faults.no_rename) == 0)
        return fail_with(EIO);
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int link(const char *from, const char *to) {
    return faults.no_link ? fail_with(EPERM) : linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *name) {
    return faults.no_unlink && strstr(name, faults.no_unlink) ? fail_with(EIO)
                                                              : unlinkat(AT_FDCWD, name, 0);
}

int fsync(int fd) {
    (void)fd;
    return faults.no_sync ? fail_with(EIO) : 0;
}

/* --------------------------------------------------------------------- a folder */

struct world {
    char folder[64];
    struct arena arena;
    struct diagnostics diagnostics;
    char paths[FILES][96];
};

static int count_files(const struct world *world) {
    int count = 0;
    DIR *folder = opendir(world->folder);
    CHECK(folder != NULL);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(folder);
    return count;
}

static void end_world(void *argument) {
    struct world *world = argument;
    char path[400];
    memset(&faults, 0, sizeof(faults));
    DIR *folder = opendir(world->folder);
    for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
        snprintf(path, sizeof(path), "%s/%s", world->folder, entry->d_name);
        unlink(path);
    }
    if (folder)
        closedir(folder);
    rmdir(world->folder);
    free_diagnostics(&world->diagnostics);
    arena_free(&world->arena);
    free(world);
}

static struct world *begin_world(void) {
    struct world *world = calloc(1, sizeof(*world));
    CHECK(world != NULL);
    check_defer(end_world, world);
    strcpy(world->folder, "/tmp/migc-test-XXXXXX");
    CHECK(mkdtemp(world->folder) != NULL);
    world->diagnostics.arena = &world->arena;
    for (int i = 0; i < FILES; i++)
        snprintf(world->paths[i], sizeof(world->paths[i]), "%s/%s", world->folder, names[i]);
    return world;
}

/* The text of a file, "" where there is none. */
static const char *text_of(const char *path) {
    static char text[16];
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
    if (file)
        fclose(file);
    text[size] = '\0';
    return text;
}

static bool write_files(struct world *world, const char *text, bool exclusive) {
    struct output *outputs = arena_take(&world->arena, FILES * sizeof(*outputs));
    world->diagnostics.failure = NULL;
    for (int i = 0; i < FILES; i++) {
        (exclusive ? open_new_output : open_output)(&outputs[i], &world->arena, world->paths[i]);
        put_text(&outputs[i], text);
    }
    return commit_outputs(outputs, FILES, &world->diagnostics);
}

/* -------------------------------------------------------------------- the tests */

TEST(put_back, "L5: a file that cannot be renamed leaves all files as they were") {
    struct world *world = begin_world();
    for (int before = 0; before < 2; before++) {
        for (int i = 0; i < FILES; i++) {
            faults.no_rename = names[i];
            CHECK(!write_files(world, "new", false));
            CHECK_CONTAINS(names[i], world->diagnostics.failure);
            CHECK_CONTAINS("what was there before is unchanged", world->diagnostics.failure);
            for (int j = 0; j < FILES; j++)
                CHECK_STR(before ? "old" : "", text_of(world->paths[j]));
            CHECK_INT(before ? FILES : 0, count_files(world));
        }
        faults.no_rename = NULL;
        CHECK(write_files(world, "old", false));
        CHECK_INT(FILES, count_files(world));
    }
}

TEST(no_second_name, "L5: what cannot be put back is named") {
    struct world *world = begin_world();
    CHECK(write_files(world, "old", false));
    faults.no_link = true;
    faults.no_rename = "x.c";
    CHECK(!write_files(world, "new", false));
    CHECK_CONTAINS("not put back: ", world->diagnostics.failure);
    CHECK_CONTAINS("x.h, ", world->diagnostics.failure);
    CHECK_CONTAINS("x.d", world->diagnostics.failure);
    CHECK_STR("old", text_of(world->paths[0]));
    CHECK_STR("new", text_of(world->paths[1]));
    CHECK_INT(FILES, count_files(world));
}

TEST(exclusive, "L5: new files never replace one, and go when they cannot all be there") {
    struct world *world = begin_world();
    FILE *file = fopen(world->paths[0], "w");
    CHECK(file != NULL && fputs("mine", file) >= 0 && fclose(file) == 0);
    CHECK(!write_files(world, "new", true));
    CHECK_CONTAINS("x.c: File exists", world->diagnostics.failure);
    CHECK_STR("mine", text_of(world->paths[0]));
    CHECK_INT(1, count_files(world));
}

TEST(left_over, "L5: a temporary file that cannot be removed is named") {
    struct world *world = begin_world();
    faults.no_unlink = "/.x.h.";
    CHECK(write_files(world, "new", true));
    CHECK_CONTAINS("/.x.h.", world->diagnostics.failure);
    CHECK_INT(FILES + 1, count_files(world));
    CHECK(!write_files(world, "new", true));
    CHECK_CONTAINS("is left over", world->diagnostics.failure);
}

TEST(disk, "L5: nothing is renamed that is not on the disk") {
    struct world *world = begin_world();
    CHECK(write_files(world, "old", false));
    faults.no_sync = true;
    CHECK(!write_files(world, "new", false));
    CHECK_CONTAINS("what was there before is unchanged", world->diagnostics.failure);
    for (int i = 0; i < FILES; i++)
        CHECK_STR("old", text_of(world->paths[i]));
    CHECK_INT(FILES, count_files(world));
}

#define TESTS(X)                                                                                   \
    X(put_back)                                                                                    \
    X(no_second_name)                                                                              \
    X(exclusive)                                                                                   \
    X(left_over)                                                                                   \
    X(disk)
CHECK_MAIN(TESTS)
