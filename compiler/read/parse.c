/*
 * parse.c - from the tokens of each file to struct migration: its header, its
 * sections, and their steps, each with its location.
 *
 * What comments say is for comment.c and header.c, where statements end for
 * statement.c.  Rules that need more than the file are for check.
 */
#include "read.h"

#include <stdlib.h>
#include <string.h>

struct parser {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct hasher *hasher;
    struct migration *migration;
    struct lexer lexer;
    enum section_kind section;
    struct statement statement;
    struct step *steps; /* of the section so far; kept from file to file */
    size_t step_count, step_capacity;
    struct location stray;  /* the first SQL before any marker */
    const char *line_start; /* up to here lines are counted */
    unsigned line;
};

static const char *const token_problems[] = {
#define TOKEN_PROBLEM(id, name, problem) problem,
    TOKENS(TOKEN_PROBLEM)
#undef TOKEN_PROBLEM
};

struct location marker_location(const struct migration *migration, enum section_kind kind) {
    const struct section *section = &migration->sections[kind];
    return section->size ? (struct location){&migration->source, section->offset, section->size}
                         : location_of_file(&migration->source);
}

struct location step_location(const struct migration *migration, const struct step *step) {
    return location_at(&migration->source, step->text, step->size);
}

static struct location token_location(const struct parser *parser) {
    return location_at(&parser->migration->source, parser->lexer.token,
                       (size_t)(parser->lexer.cursor - parser->lexer.token));
}

static struct location statement_location(const struct parser *parser) {
    return location_at(&parser->migration->source, parser->statement.start, 1);
}

/* Marks the migration, so that check does not build on what is wrong already. */
#define PARSE_ERROR(parser, location, ...)                                                         \
    do {                                                                                           \
        (parser)->migration->broken = true;                                                        \
        report_error((parser)->diagnostics, location, __VA_ARGS__);                                \
    } while (0)

/* Steps come in the order of the file, so lines are counted once. */
static unsigned line_at(struct parser *parser, const char *text) {
    const char *at = parser->line_start;
    while ((at = memchr(at, '\n', (size_t)(text - at))) != NULL) {
        parser->line++;
        at++;
    }
    parser->line_start = text;
    return parser->line;
}

static void add_step(struct parser *parser, const char *text, size_t size, bool is_call) {
    parser->steps = grow_items(parser->steps, parser->step_count, &parser->step_capacity,
                               sizeof(*parser->steps));
    parser->steps[parser->step_count++] = (struct step){text, size, line_at(parser, text), is_call};
}

static void end_statement(struct parser *parser) {
    struct statement *statement = &parser->statement;
    if (parser->section != SECTION_NONE)
        add_step(parser, statement->start, (size_t)(statement->end - statement->start), false);
    if (parser->section == SECTION_UP)
        hash_bytes(parser->hasher, ";", sizeof(";"));
    *statement = (struct statement){0};
}

/* Moves the steps of the section that ends here into the migration. */
static void end_section(struct parser *parser) {
    if (parser->section != SECTION_NONE && parser->step_count > 0) {
        struct section *section = &parser->migration->sections[parser->section];
        size_t size = parser->step_count * sizeof(*parser->steps);
        section->steps = arena_take(parser->arena, size);
        section->count = parser->step_count;
        memcpy(section->steps, parser->steps, size);
    }
    parser->step_count = 0;
}

static void report_stray(struct parser *parser, bool has_marker) {
    if (!parser->stray.source)
        return;
    if (has_marker) {
        PARSE_ERROR(parser, parser->stray,
                    "SQL before the first marker; it belongs into a section, below '%s' for "
                    "instance",
                    section_rows[SECTION_UP].marker);
    } else {
        PARSE_ERROR(parser, parser->stray,
                    "SQL without a marker; put a line '%s' (or '%s') above it",
                    section_rows[SECTION_UP].marker, section_rows[SECTION_UP].short_marker);
    }
    parser->stray.source = NULL;
}

static void note_statement(struct parser *parser) {
    report_note(parser->diagnostics, statement_location(parser),
                parser->statement.is_trigger ? "the statement begins here; a trigger ends with "
                                               "END;"
                                             : "the statement begins here; its ';' is missing");
}

/* Says where a marker or call stands that must not stand there. */
static void reject_inside(struct parser *parser, const char *what) {
    if (!parser->statement.has_error) {
        PARSE_ERROR(parser, token_location(parser), "%s inside an unfinished statement", what);
        note_statement(parser);
    }
}

static void begin_section(struct parser *parser, const struct comment *comment) {
    struct section *section = &parser->migration->sections[comment->section];
    struct location location = token_location(parser);
    report_stray(parser, true);
    if (parser->statement.start && parser->section != SECTION_NONE)
        reject_inside(parser, "marker");
    parser->statement = (struct statement){0};
    end_section(parser);
    parser->section = comment->section;
    if (section->size > 0) {
        PARSE_ERROR(parser, location, "a second %s section", section_rows[comment->section].name);
        report_note(parser->diagnostics, marker_location(parser->migration, comment->section),
                    "the first one begins here");
        return;
    }
    section->offset = location.offset;
    section->size = location.size;
    if (comment->section == SECTION_UP)
        parser->migration->short_markers = comment->is_short;
}

/* Where a call stands decides whether it is one; what it names, whether C can call it. */
static void take_call(struct parser *parser, const struct comment *comment) {
    struct location location =
        location_at(&parser->migration->source, comment->name, comment->name_size);
    const char *problem = symbol_problem(comment->name, comment->name_size);
    if (parser->section != SECTION_UP && parser->section != SECTION_DOWN) {
        bool early = parser->section == SECTION_NONE;
        PARSE_ERROR(parser, token_location(parser), "a call %s%s; it belongs into UP or DOWN",
                    early ? "before the first marker" : "in ",
                    early ? "" : section_rows[parser->section].name);
    } else if (parser->statement.start) {
        reject_inside(parser, "call");
    } else if (comment->name_size == 0) {
        PARSE_ERROR(parser, token_location(parser),
                    "the call names no function; write '-- call: name'");
    } else if (problem) {
        PARSE_ERROR(parser, location, "'%.*s' %s", (int)comment->name_size, comment->name, problem);
    } else {
        add_step(parser, comment->name, comment->name_size, true);
        if (parser->section == SECTION_UP) {
            hash_token(parser->hasher, "call", 4);
            hash_token(parser->hasher, comment->name, comment->name_size);
        }
    }
}

static bool stands_alone(const struct parser *parser) {
    const char *at = parser->lexer.token;
    while (at > parser->lexer.text && is_blank(at[-1]))
        at--;
    return at == parser->lexer.text || at[-1] == '\n';
}

static void warn_near_marker(struct parser *parser, const struct comment *comment,
                             const char *problem) {
    const struct section_row *row = &section_rows[comment->section];
    report_warning(parser->diagnostics, WARNING_NEAR_MARKER, token_location(parser),
                   "%s; the exact spelling is '%s' or '%s', alone on its line", problem,
                   row->marker, row->short_marker);
}

/* To SQLite a comment ends at a line feed only: what an editor shows on lines of its own may all
 * be comment. */
static bool hides_lines(const char *text, size_t size, const char **where) {
    const char *rest = *where = memchr(text, '\r', size);
    while (rest && rest < text + size && is_blank(*rest))
        rest++;
    return rest && rest < text + size;
}

static void take_line_comment(struct parser *parser) {
    const char *text = parser->lexer.token, *where;
    size_t size = (size_t)(parser->lexer.cursor - text);
    struct comment comment = read_comment(text, size);
    if (hides_lines(text, size, &where)) {
        PARSE_ERROR(parser, location_at(&parser->migration->source, where, 1),
                    "carriage return without a line feed: to SQLite the comment goes on behind it; "
                    "save the file with LF or CRLF line ends");
        return;
    }
    if (!stands_alone(parser)) {
        if (comment.kind == COMMENT_MARKER && !comment.is_short)
            warn_near_marker(parser, &comment, "this is no marker, because of what is before it");
        return;
    }
    switch (comment.kind) {
    case COMMENT_MARKER:
        begin_section(parser, &comment);
        break;
    case COMMENT_CALL:
        take_call(parser, &comment);
        break;
    case COMMENT_NEAR_MARKER:
        warn_near_marker(parser, &comment, "this looks like a marker, but is a comment");
        break;
    case COMMENT_NEAR_CALL:
        report_warning(parser->diagnostics, WARNING_NEAR_MARKER, token_location(parser),
                       "this looks like a call, but is a comment; the exact spelling is "
                       "'-- call: %.*s'",
                       (int)comment.name_size, comment.name);
        break;
    case COMMENT_PROSE:
        if (parser->section == SECTION_NONE)
            read_header_line(parser->migration, text, size, parser->arena, parser->diagnostics);
        break;
    }
}

static void take_semicolon(struct parser *parser) {
    if (!parser->statement.start)
        return;
    char *semicolon =
        parser->migration->source.text + (parser->lexer.token - parser->migration->source.text);
    if (ends_statement(&parser->statement, semicolon)) {
        end_statement(parser);
        return;
    }
    parser->statement.end = semicolon + 1;
    if (parser->section == SECTION_UP)
        hash_token(parser->hasher, ";", 1);
}

static void take_token(struct parser *parser, enum token token) {
    size_t size = (size_t)(parser->lexer.cursor - parser->lexer.token);
    char *text =
        parser->migration->source.text + (parser->lexer.token - parser->migration->source.text);
    add_to_statement(&parser->statement, token, text, size);
    if (parser->section == SECTION_UP)
        hash_token(parser->hasher, text, size);
    else if (parser->section == SECTION_NONE && !parser->stray.source)
        parser->stray = token_location(parser);
}

/* Both sides of a conflict would only draw more errors: what is between is skipped. */
static void skip_conflict(struct parser *parser) {
    bool opens = parser->lexer.token[0] == '<';
    PARSE_ERROR(parser, token_location(parser),
                opens ? "version-control conflict: resolve it, and remove its markers"
                      : "rest of a version-control conflict: remove it");
    const char *end = opens ? strstr(parser->lexer.cursor, "\n>>>>>>> ") : NULL;
    if (end)
        parser->lexer.cursor = end + 1 + strcspn(end + 1, "\n");
    parser->statement = (struct statement){0};
}

/* 'it's': the word that touches the end of a string was meant to be a part of it. */
static void note_quote_in_string(const struct parser *parser) {
    const char *start = parser->statement.start;
    if (!start)
        return;
    struct step step = {.text = start, .size = (size_t)(parser->lexer.token - start)};
    struct cursor cursor = cursor_at(&step, start), before = cursor;
    for (; cursor.token != TOKEN_END; cursor_next(&cursor)) {
        if (before.token == TOKEN_STRING && cursor.token == TOKEN_WORD &&
            before.text + before.size == cursor.text) {
            report_note(parser->diagnostics,
                        location_at(&parser->migration->source, before.text, before.size),
                        "a string ends here; a quote inside a string is written twice: 'it''s'");
            return;
        }
        before = cursor;
    }
}

/* One report a statement: what follows a wrong token is seldom right. */
static void take_wrong_token(struct parser *parser, enum token token) {
    if (token == TOKEN_CONFLICT) {
        skip_conflict(parser);
        return;
    }
    bool reported = parser->statement.start && parser->statement.has_error;
    if (!reported) {
        struct location location = token_location(parser);
        bool open =
            token == TOKEN_OPEN_STRING || token == TOKEN_OPEN_QUOTED || token == TOKEN_OPEN_COMMENT;
        location.size = open ? 1 : location.size;
        PARSE_ERROR(parser, location, "%s", token_problems[token]);
        if (token == TOKEN_OPEN_STRING)
            note_quote_in_string(parser);
        else if (token == TOKEN_BAD_PARAMETER && parser->lexer.token[1] == ':')
            report_note(parser->diagnostics, location,
                        "SQLite has no casts with '::': write CAST(x AS type)");
    }
    if (token != TOKEN_OPEN_COMMENT) {
        take_token(parser, token);
        parser->statement.has_error = true;
    }
}

static void end_file(struct parser *parser) {
    struct statement *statement = &parser->statement;
    bool unfinished = statement->start && !statement->has_error && parser->section != SECTION_NONE;
    if (unfinished && ends_statement(statement, statement->end)) {
        end_statement(parser);
    } else if (unfinished) {
        PARSE_ERROR(parser, statement_location(parser),
                    "unterminated statement: a trigger ends with END;");
        report_note(parser->diagnostics,
                    location_at(&parser->migration->source, statement->end - 1, 1),
                    "the file ends after this");
    }
    report_stray(parser, false);
    end_section(parser);
}

static void parse_tokens(struct parser *parser) {
    for (;;) {
        enum token token = lex_token(&parser->lexer);
        if (token == TOKEN_END)
            break;
        if (token == TOKEN_LINE_COMMENT)
            take_line_comment(parser);
        else if (token == TOKEN_SEMICOLON)
            take_semicolon(parser);
        else if (token_problems[token])
            take_wrong_token(parser, token);
        else if (token != TOKEN_BLOCK_COMMENT)
            take_token(parser, token);
    }
    end_file(parser);
}

static void parse_migration(struct parser *parser, struct migration *migration) {
    const char *text = migration->source.text;
    if (!validate_source(&migration->source, parser->diagnostics)) {
        migration->broken = true;
        return;
    }
    parser->migration = migration;
    parser->lexer = (struct lexer){text, text, text};
    parser->section = SECTION_NONE;
    parser->statement = (struct statement){0};
    parser->stray.source = NULL;
    parser->line_start = text;
    parser->line = 1;
    hash_reset(parser->hasher);
    parse_tokens(parser);
    hash_finish(parser->hasher, migration->checksum);
}

size_t count_all(const struct set *set) {
    return set->count + set->repeatable_count;
}

static bool load_migration(struct migration *migration, struct arena *arena, const struct set *set,
                           size_t index, struct diagnostics *diagnostics) {
    const struct folder *folder = set->folder;
    const struct entry *entry = &folder->entries[index];
    *migration = (struct migration){.entry = entry};
    migration->source.order = set->order + index + 1;
    migration->foreign = set->foreign;
    if (set->foreign) /* its own build warns of it */
        migration->source.allowed = UINT64_MAX;
    migration->source.path = arena_format(arena, "%s/%s", folder->path, entry->file);
    return load_source(&migration->source, arena, folder->fd, entry->file, entry->size,
                       diagnostics);
}

bool parse_folder(struct set *set, struct arena *arena, const struct folder *folder,
                  struct diagnostics *diagnostics) {
    struct parser parser = {.arena = arena, .diagnostics = diagnostics};
    size_t total = folder->count + folder->repeatable_count;
    bool loaded = true;
    parser.hasher = create_hasher();
    set->folder = folder;
    set->migrations = arena_take(arena, total * sizeof(*set->migrations));
    for (size_t i = 0; loaded && i < total; i++) {
        struct migration *migration = &set->migrations[i];
        loaded = load_migration(migration, arena, set, i, diagnostics);
        if (!loaded)
            break;
        set->count += i < folder->count;
        set->repeatable_count += i >= folder->count;
        parse_migration(&parser, migration);
    }
    free(parser.steps);
    free_hasher(parser.hasher);
    return loaded;
}
