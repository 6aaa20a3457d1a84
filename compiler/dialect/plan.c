/*
 * plan.c - sqitch.plan, which lists the changes in their order, one in each line:
 *
 *     users [appschema !other] 2012-08-01T18:04:48Z Marge <marge@example.com> # note
 *     @v1.0 2012-08-02T...                         a tag, on the change above it
 *
 * A change that is listed again was reworked: the files of the earlier one are
 * "users@v1.0.sql", by the last tag before the later one.
 */
#include "dialect.h"

#include <string.h>

#define PLAN "sqitch.plan"

struct plan_line {
    const char *at, *end;
};

static struct name_piece take_plan_word(struct plan_line *line) {
    while (line->at < line->end && is_blank(*line->at))
        line->at++;
    const char *start = line->at;
    while (line->at < line->end && !is_blank(*line->at))
        line->at++;
    return (struct name_piece){start, (size_t)(line->at - start)};
}

static const char *copy_between(struct arena *arena, const char *start, const char *end) {
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    return start < end ? arena_copy(arena, start, (size_t)(end - start)) : NULL;
}

struct planning {
    struct listed_changes *list;
    struct folder *folder;
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct found_file *item;
};

/* The files of the last change of this name among the first `count`, or NULL. */
static const char *find_planned(const struct planning *work, size_t count, const char *name,
                                size_t size) {
    for (size_t i = count; i-- > 0;)
        if (same_text(name, size, work->list->of[i].name))
            return work->list->of[i].stem;
    return NULL;
}

/* sqitch deploys no change after one that it conflicts with. */
static void check_conflict(const struct planning *work, size_t change, struct name_piece word,
                           size_t size) {
    if (!find_planned(work, change, word.text + 1, size - 1))
        return;
    struct source *source = arena_take(work->arena, sizeof(*source));
    *source = (struct source){.path = arena_format(work->arena, "%s/" PLAN, work->folder->path),
                              .text = work->item->text,
                              .size = work->item->size};
    report_error(work->diagnostics, location_at(source, word.text, word.size),
                 "conflicts with %.*s, which comes earlier in the plan; remove one of them",
                 (int)(size - 1), word.text + 1);
}

/* What stands between '[' and ']', or NULL. */
static const char *read_brackets(struct plan_line *line) {
    while (line->at < line->end && is_blank(*line->at))
        line->at++;
    const char *open = line->at;
    const char *close =
        open < line->end && *open == '[' ? memchr(open, ']', (size_t)(line->end - open)) : NULL;
    if (!close)
        return NULL;
    line->at = close + 1;
    return open + 1;
}

/* "users core:roles !old]": those of this plan, and in no folder of their own, by the names that
 * their files have.  The whole plan is known: a change that was reworked further down is
 * required as it was. */
static const char *name_requires(const struct planning *work, size_t change, const char *brackets) {
    struct arena *arena = work->arena;
    struct plan_line inside = {brackets, strchr(brackets, ']')};
    const char *list = NULL;
    for (;;) {
        struct name_piece word = take_plan_word(&inside);
        if (word.size == 0)
            return list;
        const char *tag = memchr(word.text, '@', word.size);
        size_t size = tag && tag > word.text ? (size_t)(tag - word.text) : word.size;
        if (word.text[0] == '@' || memchr(word.text, ':', word.size) ||
            memchr(word.text, '/', word.size))
            continue;
        if (word.text[0] == '!') {
            check_conflict(work, change, word, size);
            continue;
        }
        const char *stem = find_planned(work, change, word.text, size);
        stem = stem ? stem : arena_copy(arena, word.text, size);
        stem = copy_stem(arena, stem, strlen(stem));
        list = list ? arena_format(arena, "%s, %s", list, stem) : stem;
    }
}

static void read_line_of_change(const struct planning *work, struct plan_line line, unsigned number,
                                const char *tag) {
    struct listed_changes *list = work->list;
    struct arena *arena = work->arena;
    struct name_piece name = take_plan_word(&line);
    struct listed listed = {.name = arena_copy(arena, name.text, name.size), .line = number};
    const char *hash;
    listed.stem = listed.name;
    for (size_t i = list->count; tag && i-- > 0;) { /* the files of an earlier one of this name */
        struct listed *earlier = &list->of[i];
        if (strcmp(earlier->name, listed.name) != 0 || earlier->stem != earlier->name)
            continue;
        earlier->stem = arena_format(arena, "%s@%s", listed.name, tag);
        break;
    }
    listed.depends = read_brackets(&line); /* until the whole plan is read */
    struct name_piece date = take_plan_word(&line);
    listed.date = date.size ? arena_copy(arena, date.text, date.size) : NULL;
    hash = line.at < line.end ? memchr(line.at, '#', (size_t)(line.end - line.at)) : NULL;
    listed.author = copy_between(arena, line.at, hash ? hash : line.end);
    listed.note = hash ? copy_between(arena, hash + 1, line.end) : NULL;
    list->of = grow_items(list->of, list->count, &list->capacity, sizeof(*list->of));
    list->of[list->count++] = listed;
}

bool read_change_plan(struct listed_changes *list, struct folder *folder, struct arena *arena,
                      struct diagnostics *diagnostics) {
    struct found_file *item = look_up_file(folder, PLAN);
    const char *tag = NULL;
    unsigned number = 0;
    if (!item) {
        report_error(diagnostics, location_of_folder(folder, arena),
                     "there is no " PLAN ", which has the order of the changes");
        return false;
    }
    if (!load_file(item, folder, arena, diagnostics))
        return false;
    struct planning work = {list, folder, arena, diagnostics, item};
    const char *at = item->text, *limit = at + item->size;
    while (at < limit) {
        const char *end = memchr(at, '\n', (size_t)(limit - at));
        struct plan_line line = {at, end ? end : limit};
        number++;
        while (line.at < line.end && is_blank(*line.at))
            line.at++;
        if (line.at < line.end && *line.at == '@') {
            struct name_piece word = take_plan_word(&line);
            tag = arena_copy(arena, word.text + 1, word.size - 1);
        } else if (line.at < line.end && *line.at != '%' && *line.at != '#') {
            read_line_of_change(&work, line, number, tag);
        }
        at = end ? end + 1 : limit;
    }
    for (size_t i = 0; i < list->count; i++)
        if (list->of[i].depends)
            list->of[i].depends = name_requires(&work, i, list->of[i].depends);
    return true;
}
