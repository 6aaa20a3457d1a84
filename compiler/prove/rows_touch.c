/*
 * rows_touch.c - whether a migration may touch a table that was there before it, by its words alone:
 * where none of them does, no database has to be brought up.
 */
#include "rows.h"

#include <string.h>

enum { SEEN_BUCKETS = 4096 };

/* A table that some migration made, or gave this name. */
struct seen_name {
    const char *name; /* in lower case */
    struct seen_name *next;
};

struct names_seen {
    struct seen_name *buckets[SEEN_BUCKETS];
    bool incomplete; /* what one of them made is not known */
};

static struct seen_name **bucket_of(struct names_seen *seen, const char *name, size_t size) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)to_lower(name[i])) * 16777619u;
    return &seen->buckets[hash % SEEN_BUCKETS];
}

static bool was_seen(struct names_seen *seen, const char *name, size_t size) {
    const struct seen_name *at = *bucket_of(seen, name, size);
    while (at && !same_word(name, size, at->name))
        at = at->next;
    return at != NULL;
}

static void see_name(struct rows *rows, const char *name, size_t size) {
    struct arena *arena = rows->prover->arena;
    struct seen_name **bucket = bucket_of(rows->seen, name, size);
    if (was_seen(rows->seen, name, size))
        return;
    struct seen_name *made = arena_take(arena, sizeof(*made));
    *made = (struct seen_name){migci_lower(arena_copy(arena, name, size)), *bucket};
    *bucket = made;
}

/* "table users", "index users_name" */
static void see_made(struct rows *rows, const char *made) {
    rows->seen->incomplete |= !made;
    for (const char *line = made ? made : ""; *line;) {
        size_t size = strcspn(line, "\n");
        const char *name = strstr(line, "table ");
        if (name && name < line + size && (name == line || strncmp(line, "virtual ", 8) == 0)) {
            name += strlen("table ");
            see_name(rows, name, (size_t)(line + size - name));
        }
        line += size + (line[size] == '\n');
    }
}

static void see_before(struct rows *rows) {
    for (; rows->seen_until < rows->index; rows->seen_until++) {
        struct span span = span_of(&rows->prover->lint, rows->seen_until);
        see_made(rows, rows->prover->proof.effects[rows->seen_until].made);
        for (const struct statement *statement = span.first; statement < span.end; statement++)
            if (statement->kind == STATEMENT_RENAME_TABLE)
                see_name(rows, statement->to, strlen(statement->to));
    }
}

static bool names_seen(struct rows *rows, const struct section *section) {
    for (size_t i = 0; i < section->count; i++) {
        struct lexer lexer = {.cursor = section->steps[i].text};
        const char *end = section->steps[i].text + section->steps[i].size;
        enum token token;
        while (!section->steps[i].is_call && (token = lex_token(&lexer)) != TOKEN_END &&
               lexer.token < end) {
            size_t quote = token == TOKEN_QUOTED || token == TOKEN_STRING;
            size_t size = (size_t)(lexer.cursor - lexer.token);
            if ((token == TOKEN_WORD || quote) &&
                was_seen(rows->seen, lexer.token + quote, size - 2 * quote))
                return true;
        }
    }
    return false;
}

static bool touched_seen(struct rows *rows) {
    const char *line = rows->prover->proof.effects[rows->index].touched;
    while (line && *line) {
        size_t size = strcspn(line, "\n");
        if (was_seen(rows->seen, line, size))
            return true;
        line += size + (line[size] == '\n');
    }
    return false;
}

bool may_touch(struct rows *rows) {
    if (!rows->seen) {
        rows->seen = arena_take(rows->prover->arena, sizeof(*rows->seen));
        memset(rows->seen, 0, sizeof(*rows->seen));
    }
    see_before(rows);
    return rows->seen->incomplete || names_seen(rows, &rows->migration->sections[SECTION_UP]) ||
           names_seen(rows, &rows->migration->sections[SECTION_DOWN]) || touched_seen(rows);
}
