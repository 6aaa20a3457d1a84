/*
 * rename.c - what is gone and what is new may be one thing under another name.  Only a person
 * knows; here is what to ask.
 */
#include "diff.h"

#include <string.h>

const char *read_rename(struct rename *rename, const char *value, struct arena *arena) {
    const char *equals = strchr(value, '=');
    if (!equals || equals == value)
        return "takes old=new, as in users=people or users.mail=email";
    char *old = arena_copy(arena, value, (size_t)(equals - value));
    char *dot = strchr(old, '.');
    const char *to = equals[1] ? equals + 1 : NULL;
    if (dot && to && strncmp(to, value, (size_t)(dot - old) + 1) == 0)
        to += dot - old + 1; /* users.mail=users.email */
    if (dot)
        *dot = '\0';
    *rename = (struct rename){old, dot ? dot + 1 : NULL, to};
    return NULL;
}

/* Whether a person has said what became of it. */
static bool is_decided(struct renames renames, const char *table, const char *column) {
    for (size_t i = 0; i < renames.count; i++) {
        const struct rename *rename = &renames.items[i];
        if (sqlite3_stricmp(rename->table, table) == 0 &&
            (!column ? !rename->column
                     : rename->column && sqlite3_stricmp(rename->column, column) == 0))
            return true;
    }
    return false;
}

static bool is_target(struct renames renames, const char *table, const char *name) {
    for (size_t i = 0; i < renames.count; i++) {
        const struct rename *rename = &renames.items[i];
        bool same_table =
            table ? rename->column && sqlite3_stricmp(rename->table, table) == 0 : !rename->column;
        if (same_table && rename->to && sqlite3_stricmp(rename->to, name) == 0)
            return true;
    }
    return false;
}

/* As a shell takes it. */
static const char *quote_argument(const char *text, struct arena *arena) {
    struct buffer quoted = {0};
    bool plain = true;
    for (const char *c = text; *c; c++)
        plain = plain && (is_word(*c) || strchr("=.-", *c) || (unsigned char)*c >= 0x80);
    if (plain)
        return text;
    buffer_text(&quoted, "'");
    for (const char *c = text; *c; c++)
        if (*c == '\'')
            buffer_text(&quoted, "'\\''");
        else
            buffer_add(&quoted, c, 1);
    buffer_text(&quoted, "'");
    const char *copy = arena_copy(arena, quoted.bytes, quoted.size);
    buffer_free(&quoted);
    return copy;
}

/* What is asked, and the two answers to it. */
static void ask_rename(const struct state *from, const char *what, const char *new_name,
                       const char *old_name, const char *added, const char *kept,
                       struct diagnostics *diagnostics) {
    struct arena *arena = diagnostics->arena;
    report_error(diagnostics, location_of_file(&from->source),
                 "is %s%s the new name of %s? Its %s with --rename %s; with --rename %s they go",
                 what, new_name, old_name, kept,
                 quote_argument(arena_format(arena, "%s=%s", old_name, added), arena),
                 quote_argument(arena_format(arena, "%s=", old_name), arena));
}

static bool are_similar(const char *a, const char *b) {
    size_t longer = strlen(a) > strlen(b) ? strlen(a) : strlen(b);
    return edit_distance(a, strlen(a), b, strlen(b)) * 2 <= longer;
}

static bool check_columns(const struct state *from, const struct item *old, const struct item *item,
                          struct renames renames, struct diagnostics *diagnostics) {
    bool decided = true;
    for (size_t i = 0; i < old->column_count; i++) {
        const struct column *gone = &old->columns[i];
        if (item_column(item, gone->name) || is_decided(renames, old->name, gone->name))
            continue;
        for (size_t c = 0; c < item->column_count; c++) {
            const struct column *added = &item->columns[c];
            if (item_column(old, added->name) || is_target(renames, old->name, added->name) ||
                strcmp(gone->declared, added->declared) != 0 ||
                (i != c && !are_similar(gone->name, added->name)))
                continue;
            struct arena *arena = diagnostics->arena;
            ask_rename(from, "", arena_format(arena, "%s.%s", item->name, added->name),
                       arena_format(arena, "%s.%s", old->name, gone->name), added->name,
                       "values stay", diagnostics);
            decided = false;
            break;
        }
    }
    return decided;
}

/* Tables of the same columns, perhaps with a few more, or most of them under a similar name. */
static bool are_alike(const struct item *old, const struct item *item) {
    size_t common = 0;
    for (size_t i = 0; i < old->column_count; i++)
        common += item_column(item, old->columns[i].name) != NULL;
    bool all = common == old->column_count;
    return common > 0 &&
           ((all && common == item->column_count) ||
            (all && common > 2 && item->column_count <= 2 * common) ||
            (common * 10 >= old->column_count * 6 && are_similar(old->name, item->name)));
}

bool check_renames(const struct state *from, const struct state *to, struct renames renames,
                   struct diagnostics *diagnostics) {
    bool decided = true;
    for (size_t i = 0; i < from->list.count; i++) {
        const struct item *old = from->list.items[i];
        if (old->kind != ITEM_TABLE)
            continue;
        const char *name = NULL; /* what the table is called afterwards */
        for (size_t r = 0; r < renames.count && !name; r++)
            if (!renames.items[r].column && sqlite3_stricmp(renames.items[r].table, old->name) == 0)
                name = renames.items[r].to;
        const struct item *item = find_item(&to->list, ITEM_TABLE, name ? name : old->name);
        if (item && is_module_table(item))
            continue; /* its columns cannot be renamed, and rows are filled in anew */
        if (item) {
            decided = check_columns(from, old, item, renames, diagnostics) && decided;
            continue;
        }
        for (size_t t = 0; t < to->list.count && !is_decided(renames, old->name, NULL); t++) {
            item = to->list.items[t];
            if (item->kind != ITEM_TABLE || find_item(&from->list, ITEM_TABLE, item->name) ||
                is_target(renames, NULL, item->name) || !are_alike(old, item))
                continue;
            ask_rename(from, "table ", item->name, old->name, item->name, "rows stay", diagnostics);
            decided = false;
            break;
        }
    }
    return decided;
}
