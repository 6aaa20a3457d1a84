/*
 * read.h - from a folder to its migrations: which files it has, what they and migc.conf say, each
 * piece with its location.  Nothing here compares one file with another.
 */
#ifndef READ_H
#define READ_H

#include "dialect/dialect.h"

/* ----------------------------------------------------- migc.conf and options: conf.c */

/* What only the host provides: as options on the command line, as keys in migc.conf. */
#define PROVISIONS(X)                                                                              \
    X(FUNCTION, "Function")                                                                        \
    X(COLLATION, "Collation")                                                                      \
    X(MODULE, "Module")                                                                            \
    X(EXTENSION, "Extension")

enum provision_kind {
#define PROVISION_ENUM(id, key) PROVISION_##id,
    PROVISIONS(PROVISION_ENUM)
#undef PROVISION_ENUM
        PROVISION_COUNT
};

struct provision {
    enum provision_kind kind;
    const char *name;         /* of an extension: its path */
    int arguments;            /* of a function; -1: any number */
    struct location location; /* in migc.conf; its source is NULL for an option */
};

struct provisions {
    struct provision *items; /* all kinds, in the order given */
    size_t count, capacity;
};

/* Takes "name/2", "NOCASE2", "./ext.so".  Returns NULL, or why the value will not do. */
const char *read_provision(struct provision *provision, enum provision_kind kind, const char *text,
                           size_t size, struct arena *arena);
void add_provision(struct provisions *provisions, struct arena *arena,
                   const struct provision *provision);

struct define;
struct external;

struct conf {
    struct source source; /* its text is NULL where there is no file */
    int sqlite;           /* the oldest SQLite the program runs with, as 3038000; 0: not said */
    struct location sqlite_location;
    const char *order; /* of Out-Of-Order: "linear", "allow", "skip"; NULL: not said */
    struct location order_location;
    bool is_dqlite;                /* Engine: dqlite */
    struct provisions provisions;  /* of the options, then of the file */
    const struct dialect *dialect; /* NULL: not said */
    struct location dialect_location;
    struct define *defines; /* of the options, then of the file: the first of a name counts */
    struct external *externals;
    struct query_function *query_functions; /* of --queries */
    struct query_setup *query_setups;       /* in the order given */
    struct ignored *ignored;                /* likewise */
};

/* "Ignore: cache_*": tables that are the program's own, and no drift. */
struct ignored {
    const char *pattern;
    struct ignored *next;
};

/* "Query: db_query/2", "Query: db_queryf/2 format": a function of the program that is given SQL, as
 * which argument. */
struct query_function {
    const char *name;
    unsigned argument;
    bool is_format;
    struct query_function *next;
};

/* "Query-Setup: CREATE TEMP TABLE seen(id)": what the program does before its queries. */
struct query_setup {
    const char *sql;
    struct location location;
    struct query_setup *next;
};

/* A value for a placeholder. */
struct define {
    const char *name, *value;
    struct define *next;
};

/* A migration in another language that is done elsewhere: its name, file or version. */
struct external {
    const char *name;
    struct external *next;
};

/* The names of the placeholders that have a value, and the value, or NULL. */
const char *find_define(const struct conf *conf, const char *name, size_t size);
/* Whether --external says that a migration in another language is done elsewhere. */
bool is_external(const struct conf *conf, const struct entry *entry);
/* Takes "NAME=VALUE".  False: it is none. */
bool add_define(struct conf *conf, struct arena *arena, const char *text, size_t size);
void add_external(struct conf *conf, struct arena *arena, const char *text, size_t size);

/* The policy of this name as one of three static strings, or NULL. */
const char *find_order(const char *text, size_t size);
/* Whether a migration may be applied behind later ones, or is left out then. */
bool allows_any_order(const struct conf *conf);

/* Adds what the file says to what *conf has from options.  False: the file cannot be read, which
 * is reported. */
bool read_conf(struct conf *conf, const struct folder *folder, struct arena *arena,
               struct diagnostics *diagnostics);

/* --------------------------------------------------------------------- lex: lex.re */

/* Every token: how messages call it, and what is wrong with it, for those that are errors. */
#define TOKENS(X)                                                                                  \
    X(END, "the end of the file", NULL)                                                            \
    X(LINE_COMMENT, "a comment", NULL)                                                             \
    X(BLOCK_COMMENT, "a comment", NULL)                                                            \
    X(SEMICOLON, "';'", NULL)                                                                      \
    X(WORD, "a word", NULL)                                                                        \
    X(QUOTED, "a quoted identifier", NULL)                                                         \
    X(STRING, "a string", NULL)                                                                    \
    X(BLOB, "a blob", NULL)                                                                        \
    X(NUMBER, "a number", NULL)                                                                    \
    X(PARAMETER, "a parameter", NULL)                                                              \
    X(OPERATOR, "an operator", NULL)                                                               \
    X(CONFLICT, "a conflict marker", "version-control conflict marker")                            \
    X(OPEN_STRING, "a string", "unterminated string: its closing ' is missing")                    \
    X(OPEN_QUOTED, "a quoted identifier", "unterminated identifier: its closing quote is missing") \
    X(OPEN_COMMENT, "a comment", "unterminated comment: its closing */ is missing")                \
    X(BAD_BLOB, "a blob", "malformed blob: it needs an even number of hexadecimal digits")         \
    X(BAD_NUMBER, "a number", "malformed number")                                                  \
    X(BAD_PARAMETER, "a parameter", "malformed parameter")                                         \
    X(ILLEGAL, "a character", "illegal character")

enum token {
#define TOKEN_ENUM(id, name, problem) TOKEN_##id,
    TOKENS(TOKEN_ENUM)
#undef TOKEN_ENUM
};

/* Over text that ends in a NUL.  `token` to `cursor` is what lex_token() found last. */
struct lexer {
    const char *text;
    const char *token;
    const char *cursor;
};

enum token lex_token(struct lexer *lexer);

/* ---------------------------------------- parse: parse.c, statement.c, comment.c, header.c, allow.c */

#define SECTIONS(X)                                                                                \
    X(UP, "UP", "-- === UP MIGRATION ===", "-- up")                                                \
    X(DOWN, "DOWN", "-- === DOWN MIGRATION ===", "-- down")                                        \
    X(VERIFY, "VERIFY", "-- === VERIFY ===", "-- verify")                                          \
    X(TEST, "TEST", "-- === TEST ===", "-- test")

enum section_kind {
#define SECTION_ENUM(id, name, marker, short_marker) SECTION_##id,
    SECTIONS(SECTION_ENUM)
#undef SECTION_ENUM
        SECTION_COUNT,
    SECTION_NONE = SECTION_COUNT /* before the first marker */
};

struct section_row {
    const char *name, *marker, *short_marker;
};

extern const struct section_row section_rows[SECTION_COUNT];
/* The line that begins the section in files of the dialect; NULL: it has no such line. */
const char *find_marker(const struct dialect *dialect, enum section_kind kind, struct arena *arena);

/* What a line comment says to migc. */
enum comment_kind {
    COMMENT_PROSE,
    COMMENT_MARKER,
    COMMENT_NEAR_MARKER,
    COMMENT_CALL,
    COMMENT_NEAR_CALL
};

struct comment {
    enum comment_kind kind;
    enum section_kind section; /* of a marker, or what it nearly marks */
    bool is_short;
    const char *name; /* of the function a call names; not checked */
    size_t name_size;
};

struct comment read_comment(const char *text, size_t size);

/* Keys of the header, and what their values may be. */
#define KEYS(X)                                                                                    \
    X(MIGRATION, "Migration", NEEDED)                                                              \
    X(DESCRIPTION, "Description", FREE)                                                            \
    X(AUTHOR, "Author", FREE)                                                                      \
    X(DATE, "Date", FREE)                                                                          \
    X(DEPENDS, "Depends", NEEDED)                                                                  \
    X(TAGS, "Tags", FREE)                                                                          \
    X(DURATION, "Estimated-Duration", FREE)                                                        \
    X(NOTES, "Notes", FREE)                                                                        \
    X(IRREVERSIBLE, "Irreversible", REASON)                                                        \
    X(LOSSY, "Lossy", REASON)                                                                      \
    X(ALLOW, "Allow", WARNINGS)                                                                    \
    X(TRANSACTION, "Transaction", TRANSACTION)                                                     \
    X(FOREIGN_KEYS, "Foreign-Keys", ON_OR_OFF)                                                     \
    X(ENGINE, "Engine", SQLITE_ONLY)

enum key {
#define KEY_ENUM(id, name, value) KEY_##id,
    KEYS(KEY_ENUM)
#undef KEY_ENUM
        KEY_COUNT
};

struct field {
    const char *value; /* NULL: not given */
    const struct source *source;
    size_t offset, size;
};

/* One SQL statement, or one call of a C function. */
struct step {
    const char *text; /* in the source, not terminated */
    size_t size;
    unsigned line;
    bool is_call;
};

struct section {
    struct step *steps;
    size_t count;
    const struct source *source; /* of its marker */
    size_t offset, size;         /* of that; size 0: there is no such section */
    struct step *left_out;       /* statements of another tool's file that migc does not run */
    size_t left_out_count;
};

/* "core/003_users" in a "Depends:": a migration of another set of the same database. */
struct need {
    const char *set;
    const char *stem;
    struct location location;
};

struct lock;
struct lock_line;
struct module;

/* A text of the header that the next line goes on with, if it is indented further. */
struct open_text {
    struct field *field; /* NULL: there is none */
    const char *end;     /* of its last line */
    size_t indent;       /* of its first line */
};

struct migration {
    const struct entry *entry;
    const struct dialect *dialect;
    const struct lock_line *locked;    /* its line, or NULL; see attach_lock() */
    struct source source;              /* of UP, or of all sections */
    struct source *others[PART_COUNT]; /* of parts that are files of their own; NULL: none */
    bool broken;                       /* has errors: rules about its contents would mislead */
    bool short_markers;                /* its UP is marked by "-- up" */
    bool of_module; /* of another set: there for the proof, and not to be judged */
    struct need *needs;
    size_t need_count;
    struct section sections[SECTION_COUNT];
    struct field fields[KEY_COUNT];
    struct open_text open_text; /* while the header is read */
    const char *original;       /* the checksum that another tool keeps of its UP; NULL: none */
    const char *original_file;  /* what that knows it by; NULL: there is no other tool */
    const char *original_label; /* its version there, or NULL */
    char checksum[HASH_SIZE];
    char chain[HASH_SIZE];
    size_t number;    /* of a repeatable, in the order in which they run, from 1; else 0 */
    const char *rows; /* on which the proof ran it: "3 rows of notes"; NULL: on none */
    struct migc_migration *lowered; /* as a program will have it; see lower.h */
};

struct set {
    const struct folder *folder;
    const struct conf *conf;      /* or NULL */
    const struct lock *lock;      /* or NULL */
    struct migration *migrations; /* the numbered ones, then the repeatables in their order */
    size_t count;                 /* of the numbered ones */
    size_t repeatable_count;
    char repeat_chain[HASH_SIZE]; /* over the chain of the last numbered one and all repeatables */
    const char *name;             /* NULL: not given */
    struct module *modules;       /* the other sets of its database, in the order of --after */
    size_t module_count;
    bool of_module;           /* it is one of those */
    bool is_module;           /* it shares its database with others */
    bool no_stamp;            /* PRAGMA user_version is the program's */
    size_t order;             /* of its first file among all */
    struct migc_set *lowered; /* as a program will have it; see lower.h */
};

size_t count_all(const struct set *set); /* repeatables included */

/* Reads and parses every file; the repeatables in the order of their names.  False: one cannot be
 * read, which is reported. */
bool parse_folder(struct set *set, struct arena *arena, const struct folder *folder,
                  struct diagnostics *diagnostics);

/* ------------------------------------ other dialects: placeholder.c, code.c, adapt.c, metadata.c,
   originals.c */

/* Makes comments of lines such as "# --- !Ups", and ';' of ";;", as Play does: hash_lines.c. */
void spell_hash_lines(struct source *source, struct arena *arena);
/* Makes blank what "-- only: postgres" and the like say is for another database: own_lines.c. */
void keep_own_lines(struct source *source);
/* Puts values in place of ${name}, where the dialect has such; see report_error() for the others. */
void fill_placeholders(struct source *source, const struct dialect *dialect,
                       const struct conf *conf, struct arena *arena,
                       struct diagnostics *diagnostics);
/* The function that does what a migration in another language did: "up_003_backfill". */
const char *call_of_code(struct arena *arena, const struct entry *entry);
/* Refuses what --external says of none of them. */
void check_externals(const struct set *set, struct arena *arena, struct diagnostics *diagnostics);

/* The checksum that a tool keeps of a file, "sha256:...", or NULL. */
const char *sum_original(struct arena *arena, enum original kind, const char *bytes, size_t size);
/* Takes what migc.originals keeps.  False: it cannot be read, which is reported. */
bool read_kept(struct set *set, struct arena *arena, struct diagnostics *diagnostics);
/* What stands beside the migration becomes its fields. */
void read_metadata(struct migration *migration, const char *folder, struct arena *arena,
                   struct diagnostics *diagnostics);
/* Leaves out and turns into fields what another tool's transactions want. */
void adapt_set(struct set *set, struct arena *arena, struct diagnostics *diagnostics);

/* Takes a line comment that stands before the first marker. */
void read_header_line(struct migration *migration, const char *text, size_t size,
                      struct arena *arena, struct diagnostics *diagnostics);

/* Takes the value of an "Allow:" of the header: names, a colon, a reason. */
void read_allow(struct migration *migration, struct location value,
                struct diagnostics *diagnostics);

struct location marker_location(const struct migration *migration, enum section_kind kind);
struct location field_location(const struct migration *migration, enum key key);
/* Whether "Transaction:" leaves the section in one; what is not DOWN goes with UP. */
bool runs_in_transaction(const struct migration *migration, enum section_kind kind);
/* Makes "Transaction:" say that UP or DOWN does or does not, and leaves the other as it is;
 * `location` is where that is said. */
void set_transaction(struct migration *migration, enum section_kind kind, bool inside,
                     struct location location);
/* Of something in any of the migration's sources. */
struct location text_location(const struct migration *migration, const char *text, size_t size);
struct location step_location(const struct migration *migration, const struct step *step);

/* The statement that parse is in; SQLite says where it ends. */
struct open_statement {
    char *start;            /* its first token, or NULL between statements */
    char *end;              /* behind its last token */
    bool is_trigger;        /* a ';' did not end it */
    bool has_error;         /* one of its tokens was reported */
    unsigned semicolon_end; /* how much of "; END" its last tokens are */
};

void add_to_statement(struct open_statement *statement, enum token token, char *text, size_t size);

/* Whether the statement ends with the ';' at (or, at the file's end, put at) `semicolon`. */
bool ends_statement(struct open_statement *statement, char *semicolon);

/* ------------------------------------------- the tokens of a statement: cursor.c */

/* Goes through the tokens of a step, without its comments. */
struct cursor {
    struct lexer lexer;
    const char *end;
    enum token token; /* TOKEN_END behind the last one */
    const char *text;
    size_t size;
};

/* At the first token from `from` on, which is in the step's text. */
struct cursor cursor_at(const struct step *step, const char *from);
void cursor_next(struct cursor *cursor);
/* Whether the token is this word, in any case, or this sign. */
bool cursor_is(const struct cursor *cursor, const char *word);
/* Goes on when the cursor is at the word, or sign. */
bool cursor_take(struct cursor *cursor, const char *word);
bool cursor_is_name(const struct cursor *cursor);
/* How the token changes the depth of parentheses: 1, -1 or 0. */
int depth_change(const struct cursor *cursor);
/* Whether the token is this name, in any case, quoted or not. */
bool cursor_names(const struct cursor *cursor, const char *name);
/* The name without its quotes. */
char *cursor_name(const struct cursor *cursor, struct arena *arena);
struct location cursor_location(const struct cursor *cursor, const struct migration *migration);

/* What a name of a statement stands for, by where it stands. */
enum name_role {
    NAME_NONE,
    NAME_OBJECT,  /* what CREATE or DROP is about */
    NAME_TABLE,   /* a table or view that is used */
    NAME_DEFINED, /* a column, where it is defined; what RENAME TO gives */
    NAME_TARGET,  /* a column that is written: of INSERT or SET */
    NAME_COLUMN,  /* a column that is read; keywords too, which nobody looks for */
    NAME_FUNCTION,
    NAME_COLLATION,
    NAME_MODULE,
    NAME_ALIAS, /* also a type */
    NAME_OTHER
};

/* Goes through the names of a step. */
struct name_walk {
    struct cursor name, qualifier; /* of size 0: there is none */
    enum name_role role;
    struct cursor before, next;      /* the tokens around the name, and its qualifier */
    enum name_role lists[64];        /* what the commas at each depth separate */
    size_t depth;                    /* of parentheses */
    bool makes_table, adds, inserts; /* CREATE TABLE; ADD was seen; INTO was, and no end of it */
    bool awaits_on;                  /* the ON of an index or trigger is still to come */
};

struct name_walk names_of(const struct step *step);
bool next_name(struct name_walk *walk);

/* ------------------------------------------------- first words of a statement: opening.c */

struct opening {
    struct {
        const char *text;
        size_t size;
    } of[8];
    size_t count;
};

enum transaction_word {
    TRANSACTION_STAYS,
    TRANSACTION_BEGINS,
    TRANSACTION_COMMITS,
    TRANSACTION_ROLLS_BACK
};

struct opening read_opening(const struct step *step);
bool opening_is(const struct opening *opening, size_t i, const char *word);
enum transaction_word find_transaction_word(const struct opening *opening);
/* The index of the name of a PRAGMA that is set, or 0. */
size_t find_pragma(const struct opening *opening, const char *pragma);

#endif
