/*
 * rows_touch.c - finds out from its words alone whether a migration may touch a table that
 * existed before it.  If it names none, no database has to be brought up.
 */
#include "rows.h"

#include <string.h>

/* ---------------------------------------------------------------------- a set of texts */

static struct text_item **find_text(struct text_set *set, const char *bytes, size_t size) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
    struct text_item **at = &set->buckets[hash % TEXT_BUCKETS];
    while (*at && ((*at)->size != size || memcmp((*at)->bytes, bytes, size) != 0))
        at = &(*at)->next;
    return at;
}

void add_text(struct text_set *set, const char *bytes, size_t size) {
    struct text_item **at = find_text(set, bytes, size);
    if (*at)
        return;
    *at = arena_take(&set->arena, sizeof(**at));
    **at = (struct text_item){arena_copy(&set->arena, bytes, size), size, NULL};
}

/* ------------------------------------------------------------------------------ words */

const char *next_word(struct word_walk *walk, struct arena *arena) {
    for (; walk->step < walk->section->count; walk->step++, walk->lexer.cursor = NULL) {
        const struct step *step = &walk->section->steps[walk->step];
        enum token token;
        if (!walk->lexer.cursor)
            walk->lexer.cursor = step->text;
        while (!step->is_call && (token = lex_token(&walk->lexer)) != TOKEN_END &&
               walk->lexer.token < step->text + step->size) {
            size_t quote = token == TOKEN_QUOTED || token == TOKEN_STRING;
            size_t size = (size_t)(walk->lexer.cursor - walk->lexer.token);
            if (token == TOKEN_WORD || quote)
                return migci_lower(arena_copy(arena, walk->lexer.token + quote, size - 2 * quote));
        }
    }
    return NULL;
}

/* --------------------------------------------------------------- tables of before */

static void see_name(struct rows *rows, const char *name, size_t size) {
    add_text(rows->seen, migci_lower(arena_copy(&rows->scratch, name, size)), size);
}

static bool was_seen(struct rows *rows, const char *name, size_t size) {
    return *find_text(rows->seen, name, size) != NULL;
}

bool may_touch(struct rows *rows) {
    if (!rows->seen) {
        rows->seen = arena_take(rows->prover->arena, sizeof(*rows->seen));
        memset(rows->seen, 0, sizeof(*rows->seen));
        rows->seen_all = true;
    }
    /* What the migrations before this one made: "table users", "index users_name". */
    for (; rows->seen_until < rows->index; rows->seen_until++) {
        struct span span = span_of(&rows->prover->lint, rows->seen_until);
        const char *made = rows->prover->proof.effects[rows->seen_until].made, *line;
        rows->seen_all &= made != NULL;
        for (size_t size; (line = next_of_list(&made, &size)) != NULL;) {
            size_t skipped = strncmp(line, "virtual ", 8) == 0 ? 8 : 0;
            if (strncmp(line + skipped, "table ", 6) == 0)
                see_name(rows, line + skipped + 6, size - skipped - 6);
        }
        for (const struct statement *statement = span.first; statement < span.end; statement++)
            if (statement->kind == STATEMENT_RENAME_TABLE)
                see_name(rows, statement->to, strlen(statement->to));
    }
    for (int kind = SECTION_UP; kind <= SECTION_DOWN && rows->seen_all; kind++) {
        struct word_walk walk = {.section = &rows->migration->sections[kind]};
        for (const char *word; (word = next_word(&walk, &rows->scratch)) != NULL;)
            if (was_seen(rows, word, strlen(word)))
                return true;
    }
    const char *touched = rows->prover->proof.effects[rows->index].touched, *line;
    for (size_t size; (line = next_of_list(&touched, &size)) != NULL;)
        if (was_seen(rows, migci_lower(arena_copy(&rows->scratch, line, size)), size))
            return true;
    return !rows->seen_all;
}
