/*
 * writer.c - statements as they are written, and what all of them need: names, tokens, a database
 * to run them on.
 */
#include "diff.h"

#include <string.h>

bool write_statement(struct writer *writer, const char *sql, const char *shown) {
    if (sqlite3_exec(writer->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        writer->failure = arena_format(writer->arena, "%s (%s)", sqlite3_errmsg(writer->db), sql);
        return false;
    }
    buffer_format(&writer->script->text, "%s;\n", shown ? shown : sql);
    buffer_format(&writer->script->trial, "%s;\n", sql);
    return true;
}

bool write_format(struct writer *writer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *sql = arena_vformat(writer->arena, format, arguments);
    va_end(arguments);
    return write_statement(writer, sql, NULL);
}

void add_lossy(struct writer *writer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *text = arena_vformat(writer->arena, format, arguments);
    va_end(arguments);
    if (writer->script->lossy.size)
        buffer_text(&writer->script->lossy, ", ");
    buffer_text(&writer->script->lossy, text);
}

const char *quote_name(const char *name, struct arena *arena) {
    struct buffer quoted = {0};
    bool plain = is_letter(*name) || *name == '_';
    for (const char *c = name; *c; c++)
        plain = plain && is_word(*c);
    if (plain && !sqlite3_keyword_check(name, (int)strlen(name)))
        return name;
    buffer_text(&quoted, "\"");
    for (; *name; name++) {
        if (*name == '"')
            buffer_text(&quoted, "\"");
        buffer_add(&quoted, name, 1);
    }
    buffer_text(&quoted, "\"");
    const char *copy = arena_copy(arena, quoted.bytes, quoted.size);
    buffer_free(&quoted);
    return copy;
}

const char *name_of_token(migci_token token, struct arena *arena) {
    if (token.kind == MIGCI_TOKEN_WORD)
        return arena_copy(arena, token.start, token.length);
    if (token.kind != MIGCI_TOKEN_NAME && token.kind != MIGCI_TOKEN_STRING)
        return NULL;
    char *name = arena_copy(arena, token.start + 1, token.length - 2), *to = name;
    for (const char *c = name; *c; c++) { /* quotes are doubled where they are part of it */
        *to++ = *c;
        if (*c == *token.start && c[1] == *c)
            c++;
    }
    *to = '\0';
    return name;
}

bool has_token(const char *sql, const char *word, struct arena *arena) {
    migci_text text = migci_text_of(sql);
    for (migci_token token; (token = migci_token_next(&text)).kind != MIGCI_TOKEN_END;) {
        bool is_word = token.kind == MIGCI_TOKEN_WORD;
        const char *name = is_word ? NULL : name_of_token(token, arena);
        if (is_word ? same_word(token.start, token.length, word)
                    : name && sqlite3_stricmp(name, word) == 0)
            return true;
    }
    return false;
}

bool is_module_table(const struct item *item) {
    migci_text text = migci_text_of(item->sql);
    migci_token_next(&text);
    return migci_token_is(migci_token_next(&text), "virtual");
}

bool is_repeatable(const struct item *item) {
    return item->made.migration && item->made.migration->number;
}

sqlite3 *make_scratch(const struct state *state, const struct conf *conf,
                      struct diagnostics *diagnostics) {
    sqlite3 *db = NULL;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        must_have(NULL);
    bool made = provide_all(db, conf, diagnostics);
    for (size_t i = 0; made && i < state->list.count; i++) {
        const struct item *item = state->list.items[i];
        if (is_repeatable(item) || sqlite3_exec(db, item->sql, NULL, NULL, NULL) == SQLITE_OK)
            continue;
        made = false;
        report_error(diagnostics, location_of_file(&state->source),
                     "%s %s cannot be made again: %s", item_names[item->kind], item->name,
                     sqlite3_errmsg(db));
    }
    if (made)
        return db;
    sqlite3_close(db);
    return NULL;
}
