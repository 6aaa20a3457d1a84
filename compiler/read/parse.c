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
    const struct dialect *dialect;
    struct migration *migration;
    const struct source *source; /* the migration's file that is read */
    struct lexer lexer;
    enum section_kind section;
    struct open_statement statement;
    struct step *steps; /* of the section so far; kept from file to file */
    size_t step_count, step_capacity;
    struct location stray;  /* the first SQL before any marker */
    struct location block;  /* another tool's line that begins one statement, and is not ended */
    const char *line_start; /* up to here lines are counted */
    unsigned line;
};

static const char *const token_problems[] = {
#define TOKEN_PROBLEM(id, name, problem) problem,
    TOKENS(TOKEN_PROBLEM)
#undef TOKEN_PROBLEM
};

static struct location token_location(const struct parser *parser) {
    return location_at(parser->source, parser->lexer.token,
                       (size_t)(parser->lexer.cursor - parser->lexer.token));
}

static struct location statement_location(const struct parser *parser) {
    return location_at(parser->source, parser->statement.start, 1);
}

/* Marks the migration, so that check does not build on what is wrong already. */
#define PARSE_ERROR(parser, location, ...)                                                         \
    do {                                                                                           \
        (parser)->migration->broken = true;                                                        \
        report_error((parser)->diagnostics, location, __VA_ARGS__);                                \
    } while (0)

static void add_step(struct parser *parser, const char *text, size_t size, bool is_call) {
    const char *at = parser->line_start;
    while ((at = memchr(at, '\n', (size_t)(text - at))) != NULL) {
        parser->line++;
        at++;
    }
    parser->line_start = text;
    parser->steps = grow_items(parser->steps, parser->step_count, &parser->step_capacity,
                               sizeof(*parser->steps));
    parser->steps[parser->step_count++] = (struct step){text, size, parser->line, is_call};
}

static void end_statement(struct parser *parser) {
    struct open_statement *statement = &parser->statement;
    if (parser->section != SECTION_NONE)
        add_step(parser, statement->start, (size_t)(statement->end - statement->start), false);
    if (parser->section == SECTION_UP)
        hash_bytes(parser->hasher, ";", sizeof(";"));
    *statement = (struct open_statement){0};
}

/* Moves the steps of the section that ends here into the migration.  Where sections alternate,
 * DOWN undoes the UP right above it: the last one runs first. */
static void end_section(struct parser *parser) {
    if (parser->section != SECTION_NONE && parser->step_count > 0) {
        struct section *section = &parser->migration->sections[parser->section];
        bool runs_first =
            parser->section == SECTION_DOWN && (parser->dialect->flags & DIALECT_ALTERNATES);
        size_t size = parser->step_count * sizeof(*parser->steps);
        size_t old_size = section->count * sizeof(*section->steps);
        struct step *steps = arena_take(parser->arena, size + old_size);
        memcpy(runs_first ? steps : steps + section->count, parser->steps, size);
        if (old_size > 0)
            memcpy(runs_first ? steps + parser->step_count : steps, section->steps, old_size);
        section->steps = steps;
        section->count += parser->step_count;
    }
    parser->step_count = 0;
}

static void report_stray(struct parser *parser, bool has_marker) {
    const struct dialect *dialect = parser->dialect;
    const char *marker = find_marker(dialect, SECTION_UP, parser->arena);
    if (!parser->stray.source)
        return;
    if (has_marker) {
        PARSE_ERROR(parser, parser->stray,
                    "SQL before the first marker; it belongs into a section, below '%s' for "
                    "instance",
                    marker);
    } else if (dialect->marks) {
        PARSE_ERROR(parser, parser->stray, "SQL without a marker; put a line '%s' above it",
                    marker);
    } else {
        PARSE_ERROR(parser, parser->stray,
                    "SQL without a marker; put a line '%s' (or '%s') above it", marker,
                    section_rows[SECTION_UP].short_marker);
    }
    parser->stray.source = NULL;
}

/* Says where a marker or call stands that must not stand there. */
static void reject_inside(struct parser *parser, const char *what) {
    if (!parser->statement.has_error) {
        PARSE_ERROR(parser, token_location(parser), "%s inside an unfinished statement", what);
        report_note(parser->diagnostics, statement_location(parser),
                    parser->statement.is_trigger ? "the statement begins here; a trigger ends with "
                                                   "END;"
                                                 : "the statement begins here; its ';' is missing");
    }
}

/* Other tools do not want the last ';' before a marker. */
static bool end_open_statement(struct parser *parser) {
    struct open_statement *statement = &parser->statement;
    bool ends = !is_native(parser->dialect) && statement->start && !statement->has_error &&
                ends_statement(statement, statement->end);
    if (ends)
        end_statement(parser);
    return ends;
}

static void begin_section(struct parser *parser, enum section_kind kind, bool is_short) {
    struct section *section = &parser->migration->sections[kind];
    struct location location = token_location(parser);
    bool again = parser->dialect->flags & (DIALECT_ALTERNATES | DIALECT_AGAIN);
    report_stray(parser, true);
    if (parser->statement.start && parser->section != SECTION_NONE && !end_open_statement(parser))
        reject_inside(parser, "marker");
    parser->statement = (struct open_statement){0};
    end_section(parser);
    parser->section = kind;
    if (section->size > 0 && !again) {
        PARSE_ERROR(parser, location, "a second %s section", section_rows[kind].name);
        report_note(parser->diagnostics, marker_location(parser->migration, kind),
                    "the first one begins here");
        return;
    }
    section->source = parser->source;
    section->offset = location.offset;
    section->size = location.size;
    if (kind == SECTION_UP)
        parser->migration->short_markers = is_short;
}

/* Where a call stands decides whether it is one; what it names, whether C can call it. */
static void take_call(struct parser *parser, const struct comment *comment) {
    struct location location = location_at(parser->source, comment->name, comment->name_size);
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

/* A marker or call that is none because of where it stands.  Between the parts of a statement a
 * short marker is prose: "done INTEGER, -- up". */
static void warn_hidden(struct parser *parser, const struct comment *comment, const char *text,
                        size_t size, const char *why) {
    bool is_call = comment->kind == COMMENT_CALL && comment->name_size > 0 &&
                   is_identifier(comment->name, comment->name_size);
    bool is_marker =
        comment->kind == COMMENT_MARKER && (!comment->is_short || !parser->statement.start);
    struct location location = location_at(parser->source, text, size);
    if (is_call)
        report_warning(parser->diagnostics, WARNING_NEAR_MARKER, location,
                       "this is no call, %s; '-- call: %.*s' stands alone on its line", why,
                       (int)comment->name_size, comment->name);
    else if (is_marker)
        report_warning(parser->diagnostics, WARNING_NEAR_MARKER, location,
                       "this is no marker, %s; the exact spelling is '%s' or '%s', alone on its "
                       "line",
                       why, section_rows[comment->section].marker,
                       section_rows[comment->section].short_marker);
}

/* Of a comment of several lines only a whole "-- call: fill" counts: the rest was put out of use. */
static void take_block_comment(struct parser *parser) {
    const char *at = parser->lexer.token + 2, *end = parser->lexer.cursor - 2;
    bool is_one_line = !memchr(at, '\n', (size_t)(end - at));
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const char *last = stop ? stop : end, *next = stop ? stop + 1 : end;
        while (at < last && (is_blank(*at) || *at == '*'))
            at++;
        while (last > at && (is_blank(last[-1]) || last[-1] == '*'))
            last--;
        bool has_dashes = last - at >= 2 && at[0] == '-' && at[1] == '-';
        const char *line =
            arena_format(parser->arena, "%s%.*s", has_dashes ? "" : "-- ", (int)(last - at), at);
        struct comment comment = read_comment(line, strlen(line));
        if (is_one_line || (comment.kind == COMMENT_CALL && at[0] == '-'))
            warn_hidden(parser, &comment, at, (size_t)(last - at), "inside of /* and */");
        at = next;
    }
}

/* To SQLite a comment ends at a line feed only: what an editor shows on lines of its own may all
 * be comment. */
static bool hides_lines(const char *text, size_t size, const char **where) {
    const char *rest = *where = memchr(text, '\r', size);
    while (rest && rest < text + size && is_blank(*rest))
        rest++;
    return rest && rest < text + size;
}

/* The tool refuses such a file. */
static void warn_open_block(struct parser *parser) {
    if (parser->block.source)
        report_warning(parser->diagnostics, WARNING_NEAR_MARKER, parser->block,
                       "nothing ends this statement: %s wants a line with 'StatementEnd' behind it",
                       parser->dialect->name);
    parser->block.source = NULL;
}

/* The comments of another tool's files. */
static void take_foreign_comment(struct parser *parser, const char *text, size_t size) {
    if (parser->dialect->layout == LAYOUT_JOURNAL && is_breakpoint(text, size)) {
        end_open_statement(parser);
        return;
    }
    if (!stands_alone(parser))
        return;
    struct marking marking = read_mark(parser->dialect, text, size);
    switch (marking.mark) {
    case MARK_UP:
    case MARK_DOWN:
        warn_open_block(parser);
        begin_section(parser, marking.mark == MARK_UP ? SECTION_UP : SECTION_DOWN, false);
        break;
    case MARK_STATEMENT_BEGIN:
        warn_open_block(parser);
        parser->block = token_location(parser);
        end_open_statement(parser);
        break;
    case MARK_STATEMENT_END:
        parser->block.source = NULL;
        end_open_statement(parser);
        break;
    case MARK_NO_TRANSACTION:
    case MARK_EXPAND:
    case MARK_VERBATIM:
    case MARK_NONE:
        break;
    }
    bool is_of_file = marking.mark == MARK_NO_TRANSACTION;
    if (is_of_file || (marking.no_transaction && marking.mark == MARK_UP))
        set_transaction(parser->migration, SECTION_UP, false, token_location(parser));
    if (is_of_file || (marking.no_transaction && marking.mark == MARK_DOWN))
        set_transaction(parser->migration, SECTION_DOWN, false, token_location(parser));
}

static void take_line_comment(struct parser *parser) {
    const char *text = parser->lexer.token, *where;
    size_t size = (size_t)(parser->lexer.cursor - text);
    if (hides_lines(text, size, &where)) {
        PARSE_ERROR(parser, location_at(parser->source, where, 1),
                    "carriage return without a line feed: to SQLite the comment goes on behind it; "
                    "save the file with LF or CRLF line ends");
        return;
    }
    if (!(parser->dialect->flags & DIALECT_OWN_MARKERS)) {
        take_foreign_comment(parser, text, size);
        return;
    }
    struct comment comment = read_comment(text, size);
    if (!stands_alone(parser)) {
        warn_hidden(parser, &comment, text, size, "because of what is before it");
        return;
    }
    switch (comment.kind) {
    case COMMENT_MARKER:
        begin_section(parser, comment.section, comment.is_short);
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
    char *semicolon = parser->source->text + (parser->lexer.token - parser->source->text);
    if (ends_statement(&parser->statement, semicolon)) {
        end_statement(parser);
        return;
    }
    parser->statement.end = semicolon + 1;
    if (parser->section == SECTION_UP)
        hash_token(parser->hasher, ";", 1);
}

static void take_sql_token(struct parser *parser, enum token token) {
    size_t size = (size_t)(parser->lexer.cursor - parser->lexer.token);
    char *text = parser->source->text + (parser->lexer.token - parser->source->text);
    add_to_statement(&parser->statement, token, text, size);
    if (parser->section == SECTION_UP)
        hash_token(parser->hasher, text, size);
    else if (parser->section == SECTION_NONE && !parser->stray.source)
        parser->stray = token_location(parser);
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
                        text_location(parser->migration, before.text, before.size),
                        "a string ends here; a quote inside a string is written twice: 'it''s'");
            return;
        }
        before = cursor;
    }
}

/* What another program should have filled in is never SQL with a hole in it. */
static bool report_template(struct parser *parser) {
    const char *text = parser->lexer.token;
    size_t size;
    if (text[0] == '{' && (text[1] == '{' || text[1] == '%')) {
        report_error(parser->diagnostics, location_at(parser->source, text, 2),
                     "'%.2s' of a template language: migc cannot know what it becomes; give it the "
                     "files that the template makes",
                     text);
        return true;
    }
    if (text[0] != '$' || text[1] != '{' || !is_word(text[2]))
        return false;
    size = strcspn(text, "}\n");
    report_error(parser->diagnostics, location_at(parser->source, text, size + (text[size] == '}')),
                 "a placeholder without a value; give it one: '--define %.*s=VALUE', or 'Define: "
                 "%.*s=VALUE' in " CONF_FILE,
                 (int)(size - 2), text + 2, (int)(size - 2), text + 2);
    return true;
}

/* One report a statement: what follows a wrong token is seldom right. */
static void take_wrong_token(struct parser *parser, enum token token) {
    if (token == TOKEN_CONFLICT) { /* both sides would only draw more errors: they are skipped */
        bool opens = parser->lexer.token[0] == '<';
        PARSE_ERROR(parser, token_location(parser),
                    opens ? "version-control conflict: resolve it, and remove its markers"
                          : "rest of a version-control conflict: remove it");
        const char *end = opens ? strstr(parser->lexer.cursor, "\n>>>>>>> ") : NULL;
        if (end)
            parser->lexer.cursor = end + 1 + strcspn(end + 1, "\n");
        parser->statement = (struct open_statement){0};
        return;
    }
    bool reported = parser->statement.start && parser->statement.has_error;
    if (!reported && report_template(parser)) {
        parser->migration->broken = true;
    } else if (!reported) {
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
        take_sql_token(parser, token);
        parser->statement.has_error = true;
    }
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
        else if (token == TOKEN_BLOCK_COMMENT)
            take_block_comment(parser);
        else
            take_sql_token(parser, token);
    }
    struct open_statement *statement = &parser->statement;
    bool unfinished = statement->start && !statement->has_error && parser->section != SECTION_NONE;
    if (unfinished && ends_statement(statement, statement->end)) {
        end_statement(parser);
    } else if (unfinished) {
        PARSE_ERROR(parser, statement_location(parser),
                    "unterminated statement: a trigger ends with END;");
        report_note(parser->diagnostics, location_at(parser->source, statement->end - 1, 1),
                    "the file ends after this");
    }
    warn_open_block(parser);
    report_stray(parser, false);
    end_section(parser);
}

/* Whether the file has a marker of a section at all. */
static bool has_mark(const struct dialect *dialect, const struct source *source) {
    const char *at = source->text, *end = at + source->size;
    while (at < end) {
        size_t size = strcspn(at, "\n"), blanks = strspn(at, " \t");
        if (size >= blanks + 2 && at[blanks] == '-' && at[blanks + 1] == '-') {
            enum mark mark = read_mark(dialect, at + blanks, size - blanks).mark;
            if (mark == MARK_UP || mark == MARK_DOWN)
                return true;
        }
        at += size + (at + size < end);
    }
    return false;
}

static void parse_part(struct parser *parser, const struct source *source, enum part_kind part) {
    static const enum section_kind of_parts[PART_COUNT] = {SECTION_UP, SECTION_DOWN, SECTION_VERIFY,
                                                           SECTION_NONE};
    const struct dialect *dialect = parser->dialect;
    const char *text = source->text;
    if (!validate_source(source, parser->diagnostics)) {
        parser->migration->broken = true;
        return;
    }
    parser->source = source;
    parser->lexer = (struct lexer){text, text, text};
    parser->section = of_parts[part];
    if (part == PART_UP && (dialect->marks || (dialect->flags & DIALECT_OWN_MARKERS)) &&
        !(dialect->flags & DIALECT_BEGINS_UP) &&
        !((dialect->flags & DIALECT_BARE) && !has_mark(dialect, source)))
        parser->section = SECTION_NONE;
    parser->statement = (struct open_statement){0};
    parser->stray.source = NULL;
    parser->line_start = text;
    parser->line = 1;
    if (parser->section != SECTION_NONE) {
        struct section *section = &parser->migration->sections[parser->section];
        section->source = source;
        section->offset = 0;
        section->size = 1;
    }
    if (parser->section != SECTION_NONE && (dialect->flags & DIALECT_FIRST_BYTES) &&
        begins_without_transaction(text, source->size))
        set_transaction(parser->migration, parser->section, false,
                        (struct location){source, 0, strlen("-- no-transaction")});
    parse_tokens(parser);
}

static void parse_migration(struct parser *parser, struct migration *migration, const char *folder,
                            const struct conf *conf) {
    parser->migration = migration;
    hash_reset(parser->hasher);
    if (migration->entry->is_code && !is_external(conf, migration->entry)) {
        const char *name = call_of_code(parser->arena, migration->entry);
        struct section *section = &migration->sections[SECTION_UP];
        parser->line_start = name;
        parser->line = 1;
        parser->section = SECTION_UP;
        section->source = &migration->source;
        section->offset = WHOLE_FILE;
        section->size = 1;
        add_step(parser, name, strlen(name), true);
        end_section(parser);
        hash_token(parser->hasher, "call", 4);
        hash_token(parser->hasher, name, strlen(name));
    }
    if (migration->entry->parts[PART_UP].file && !migration->entry->is_code)
        parse_part(parser, &migration->source, PART_UP);
    read_metadata(migration, folder, parser->arena, parser->diagnostics);
    for (unsigned kind = PART_DOWN; kind <= PART_VERIFY; kind++)
        if (migration->others[kind])
            parse_part(parser, migration->others[kind], (enum part_kind)kind);
    hash_finish(parser->hasher, migration->checksum);
}

/* Reads it, unless identify.c has, and fills in what the dialect leaves open. */
static bool load_part(struct source *source, const struct part *part, const struct set *set,
                      const char **original, struct arena *arena, struct diagnostics *diagnostics) {
    const struct folder *folder = set->folder;
    source->text = part->text;
    source->size = part->size;
    if (!part->text && !load_bytes(source, arena, folder->fd, part->file, part->size, diagnostics))
        return false;
    if (original)
        *original = sum_original(arena, folder->dialect->original, source->text, source->size);
    clean_source(source);
    if (folder->dialect->flags & DIALECT_HASH_LINES)
        spell_hash_lines(source, arena);
    if (folder->dialect->flags & DIALECT_JUMPS)
        keep_own_lines(source);
    if (!is_native(folder->dialect))
        fill_placeholders(source, folder->dialect, set->conf, arena, diagnostics);
    return true;
}

static bool load_migration(struct migration *migration, struct arena *arena, const struct set *set,
                           size_t index, struct diagnostics *diagnostics) {
    const struct folder *folder = set->folder;
    const struct entry *entry = &folder->entries[index];
    *migration = (struct migration){.entry = entry, .dialect = folder->dialect};
    migration->source.order = set->order + index + 1;
    migration->of_module = set->of_module;
    if (set->of_module) /* its own build warns of it */
        migration->source.allowed = UINT64_MAX;
    migration->source.path = arena_format(arena, "%s/%s", folder->path, entry->file);
    if (!is_native(folder->dialect)) {
        migration->original_file = entry->file;
        migration->original_label = entry->label && *entry->label ? entry->label : NULL;
    }
    migration->source.text = arena_copy(arena, "\0", 2);
    if (entry->parts[PART_UP].file && !entry->is_code &&
        !load_part(&migration->source, &entry->parts[PART_UP], set, &migration->original, arena,
                   diagnostics))
        return false;
    for (unsigned kind = PART_DOWN; kind < PART_COUNT; kind++) {
        const struct part *part = &entry->parts[kind];
        if (!part->file)
            continue;
        struct source *source = arena_take(arena, sizeof(*source));
        *source = migration->source;
        source->path = arena_format(arena, "%s/%s", folder->path, part->file);
        if (!load_part(source, part, set, NULL, arena, diagnostics))
            return false;
        migration->others[kind] = source;
    }
    return true;
}

bool parse_folder(struct set *set, struct arena *arena, const struct folder *folder,
                  struct diagnostics *diagnostics) {
    struct parser parser = {.arena = arena, .diagnostics = diagnostics};
    size_t total = folder->count + folder->repeatable_count;
    bool loaded = true;
    parser.hasher = create_hasher();
    parser.dialect = folder->dialect;
    set->folder = folder;
    set->migrations = arena_take(arena, total * sizeof(*set->migrations));
    for (size_t i = 0; loaded && i < total; i++) {
        struct migration *migration = &set->migrations[i];
        loaded = load_migration(migration, arena, set, i, diagnostics);
        if (!loaded)
            break;
        set->count += i < folder->count;
        set->repeatable_count += i >= folder->count;
        parse_migration(&parser, migration, folder->path, set->conf);
    }
    free(parser.steps);
    free_hasher(parser.hasher);
    if (loaded && !is_native(folder->dialect))
        adapt_set(set, arena, diagnostics);
    else if (loaded)
        loaded = read_kept(set, arena, diagnostics);
    if (loaded)
        check_externals(set, arena, diagnostics);
    return loaded;
}
