/*
 * schema_clauses.c - reads what SQLite keeps only in the text of a CREATE TABLE: CHECKs, the
 * expressions of generated columns, ON CONFLICT, which foreign keys are deferred, and the
 * table's options.
 *
 * Walks the tokens at the top level of the parentheses.  Knows where clauses begin and end, not
 * what their expressions mean.
 */
#include "schema.h"

struct parser {
    migci_text text;
    migci_memory *memory;
    migci_clause *clauses;
    int column;           /* the one being declared */
    bool in_column;       /* not in a constraint of the table */
    migci_clause subject; /* what an ON CONFLICT would belong to */
    bool failed;
};

static migci_token peek(const struct parser *parser) {
    migci_text rest = parser->text;
    return migci_token_next(&rest);
}

static bool accept(struct parser *parser, const char *word) {
    if (!migci_token_is(peek(parser), word))
        return false;
    migci_token_next(&parser->text);
    return true;
}

static void add_clause(struct parser *parser, migci_clause clause) {
    migci_clause *added = migci_allocate(parser->memory, sizeof(*added));
    if (!added) {
        parser->failed = true;
        return;
    }
    *added = clause;
    added->next = parser->clauses;
    parser->clauses = added;
}

static migci_clause clause_of(const struct parser *parser, migci_clause_kind kind) {
    return (migci_clause){.kind = kind, .column = parser->in_column ? parser->column : -1};
}

static void skip_token(struct parser *parser) {
    migci_token_next(&parser->text);
}

static void skip_default(struct parser *parser) {
    if (!accept(parser, "-"))
        accept(parser, "+");
    if (accept(parser, "("))
        migci_text_group(&parser->text);
    else
        skip_token(parser);
}

static void parse_expression(struct parser *parser, migci_clause_kind kind) {
    if (!accept(parser, "("))
        return;
    migci_clause clause = clause_of(parser, kind);
    clause.text = migci_text_group(&parser->text);
    add_clause(parser, clause);
}

/* An ON CONFLICT that follows has no effect. */
static void read_null(struct parser *parser) {
    parser->subject = clause_of(parser, MIGCI_CLAUSE_IGNORED);
}

static void parse_check(struct parser *parser) {
    parse_expression(parser, MIGCI_CLAUSE_CHECK);
    read_null(parser);
}

static void parse_generated(struct parser *parser) {
    parse_expression(parser, MIGCI_CLAUSE_GENERATED);
}

static void read_primary(struct parser *parser) {
    accept(parser, "key");
    parser->subject = clause_of(parser, MIGCI_CLAUSE_PRIMARY);
    parser->subject.column = -1;
}

static void read_unique(struct parser *parser) {
    parser->subject = clause_of(parser, MIGCI_CLAUSE_UNIQUE);
    if (accept(parser, "(")) {
        parser->subject.list = migci_text_group(&parser->text);
        parser->subject.column = -1;
    }
}

/* Belongs to the reference before it, wherever that is. */
static void set_deferred(struct parser *parser, bool deferred) {
    migci_clause *clause = parser->clauses;
    while (clause && clause->kind != MIGCI_CLAUSE_REFERENCES)
        clause = clause->next;
    if (clause)
        clause->deferred = deferred;
}

static void read_deferrable(struct parser *parser) {
    set_deferred(parser, accept(parser, "initially") && accept(parser, "deferred"));
}

static void read_not(struct parser *parser) {
    if (accept(parser, "null"))
        parser->subject = clause_of(parser, MIGCI_CLAUSE_NOT_NULL);
    else if (accept(parser, "deferrable"))
        set_deferred(parser, false);
}

static void read_references(struct parser *parser) {
    skip_token(parser);
    add_clause(parser, clause_of(parser, MIGCI_CLAUSE_REFERENCES));
}

static void read_on(struct parser *parser) {
    if (!accept(parser, "conflict"))
        return;
    migci_clause clause = parser->subject;
    migci_token token = migci_token_next(&parser->text);
    clause.text = (migci_text){token.start, token.start + token.length};
    add_clause(parser, clause);
}

static const struct keyword {
    const char *word;
    void (*read)(struct parser *parser);
} keywords[] = {
    {"as", parse_generated},
    {"check", parse_check},
    {"collate", skip_token},
    {"constraint", skip_token},
    {"default", skip_default},
    {"deferrable", read_deferrable},
    {"not", read_not},
    {"null", read_null},
    {"on", read_on},
    {"primary", read_primary},
    {"references", read_references},
    {"unique", read_unique},
};

static void begin_item(struct parser *parser) {
    static const char *const constraints[] = {"constraint", "primary", "unique", "check",
                                              "foreign"};
    migci_token token = peek(parser);
    parser->in_column = false;
    for (size_t i = 0; i < sizeof(constraints) / sizeof(*constraints); i++) {
        if (migci_token_is(token, constraints[i]))
            return;
    }
    parser->in_column = true;
    parser->column++;
    skip_token(parser);
}

static void skip_to_group(migci_text *text) {
    migci_token token;
    do
        token = migci_token_next(text);
    while (token.kind != MIGCI_TOKEN_END && !migci_token_is(token, "("));
}

bool migci_clauses_read(const char *sql, migci_memory *memory, migci_clause **clauses) {
    struct parser parser = {.text = migci_text_of(sql), .memory = memory, .column = -1};
    migci_token token;
    skip_to_group(&parser.text);
    begin_item(&parser);
    while ((token = migci_token_next(&parser.text)).kind != MIGCI_TOKEN_END &&
           !migci_token_is(token, ")")) {
        if (migci_token_is(token, ","))
            begin_item(&parser);
        else if (migci_token_is(token, "("))
            migci_text_group(&parser.text);
        bool is_word = token.kind == MIGCI_TOKEN_WORD;
        for (size_t i = 0; is_word && i < sizeof(keywords) / sizeof(*keywords); i++) {
            if (migci_token_is(token, keywords[i].word)) {
                keywords[i].read(&parser);
                break;
            }
        }
    }
    parser.in_column = false;
    while ((token = migci_token_next(&parser.text)).kind != MIGCI_TOKEN_END) {
        if (migci_token_is(token, "without"))
            add_clause(&parser, clause_of(&parser, MIGCI_CLAUSE_WITHOUT_ROWID));
        if (migci_token_is(token, "strict"))
            add_clause(&parser, clause_of(&parser, MIGCI_CLAUSE_STRICT));
    }
    *clauses = parser.clauses;
    return !parser.failed;
}

const migci_clause *migci_clause_find(const migci_clause *clauses, migci_clause_kind kind,
                                      int column) {
    while (clauses && (clauses->kind != kind || clauses->column != column))
        clauses = clauses->next;
    return clauses;
}

void migci_index_text(const char *sql, migci_text *columns, migci_text *where) {
    migci_text text = migci_text_of(sql);
    skip_to_group(&text);
    *columns = migci_text_group(&text);
    migci_token_next(&text);
    *where = text;
}
