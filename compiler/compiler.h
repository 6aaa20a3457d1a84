/*
 * compiler.h - the inside of migc, in the order in which data flows through it:
 *
 *     scan -> lex -> parse -> check -> prove -> emit
 *
 * Each stage takes what the one before returns.  What is wrong with the input
 * is collected in struct diagnostics and printed by main at the end; memory
 * comes from one arena and lives until main frees it.
 */
#ifndef COMPILER_H
#define COMPILER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#ifndef MIGC_VERSION
#define MIGC_VERSION "0.1.0"
#endif

#if defined(__GNUC__)
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#else
#define PRINTF_LIKE(text, first)
#endif

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum status { STATUS_DONE, STATUS_INPUT, STATUS_USAGE, STATUS_SYSTEM };

/* ------------------------------------------------------------------- memory: arena.c */

/* Never returns NULL: without memory migc says so and exits. */
struct arena {
    struct arena_block *blocks;
};

void *must_have(void *memory); /* for memory that others allocate */
void *arena_take(struct arena *arena, size_t size);
char *arena_copy(struct arena *arena, const char *text, size_t size);
char *arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vformat(struct arena *arena, const char *format, va_list arguments);
void arena_free(struct arena *arena);

/* A growable run of bytes; a zeroed struct is empty. */
struct buffer {
    char *bytes;
    size_t size, capacity;
};

void buffer_add(struct buffer *buffer, const char *bytes, size_t size);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
void buffer_free(struct buffer *buffer);

/* Returns `items`, moved where needed, with room for one more than `count`. */
void *grow_items(void *items, size_t count, size_t *capacity, size_t item_size);

/* --------------------------------------------------------------------- text: text.c */

/* ASCII only, whatever the locale. */
bool is_digit(char c);
bool is_letter(char c);
bool is_word(char c); /* letter, digit or '_' */
bool is_blank(char c);
char to_lower(char c);
char to_upper(char c);
bool same_text(const char *text, size_t size, const char *other);
bool same_word(const char *text, size_t size, const char *other); /* in any case */
/* Digits and nothing else, as many as a version may have. */
bool read_number(const char *text, size_t size, int64_t *number);

/* How many letters are wrong, missing, added or swapped, in any case. */
size_t edit_distance(const char *a, size_t a_size, const char *b, size_t b_size);

/* The length of the valid UTF-8 sequence at `text`, or 0. */
size_t utf8_length(const char *text, const char *end);

/* -------------------------------------------------------------- C names: symbol.c */

bool is_identifier(const char *text, size_t size);

/* Why the emitted C cannot use this name ("is a keyword of C or C++"), or NULL. */
const char *symbol_problem(const char *text, size_t size);

/* ------------------------------------------------------------------ sources: source.c */

/* The bytes of one file: without BOM, CRLF made LF, two spare NULs behind them. */
struct source {
    const char *path; /* as messages show it: the folder as given, and the file */
    size_t order;     /* the place of its diagnostics among those of others */
    char *text;
    size_t size;
    uint64_t allowed; /* warnings that its header allows, a bit each */
};

/* A range of a source; `size` may reach over the end of the line. */
struct location {
    const struct source *source;
    size_t offset, size;
};

#define WHOLE_FILE SIZE_MAX /* as an offset: about the file, not one of its lines */

struct diagnostics;

/* The bytes as they are on disk; `expected` of them, as scan saw it.  False: failure reported. */
bool load_bytes(struct source *source, struct arena *arena, int folder, const char *file,
                size_t expected, struct diagnostics *diagnostics);
/* The same, without BOM and with LF alone. */
bool load_source(struct source *source, struct arena *arena, int folder, const char *file,
                 size_t expected, struct diagnostics *diagnostics);

/* Reports NUL bytes and invalid UTF-8, each once.  False: the text is not fit for the lexer. */
bool validate_source(const struct source *source, struct diagnostics *diagnostics);

/* A file that need not be there: its text is NULL then.  False: failure reported. */
bool load_optional(struct source *source, struct arena *arena, int folder, const char *file,
                   struct diagnostics *diagnostics);

/* The next line behind *line that says something: no blank one, none that begins with '#'.
 * Blanks around it are not part of it.  A line without source is before the first one. */
bool next_line(const struct source *source, struct location *line);

struct location location_at(const struct source *source, const char *text, size_t size);
struct location location_of_file(const struct source *source);

/* ------------------------------------------------------- diagnostics: diag.c, warning.c */

enum severity { SEVERITY_IGNORED, SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

/* What -W can name: its name, its severity unless told otherwise, and what it is about. */
#define WARNINGS(X)                                                                                \
    X(UNTAKEN, "untaken", WARNING, "a file of the folder that is no migration")                    \
    X(NEAR_MARKER, "near-marker", WARNING, "a comment that nearly is a marker")                    \
    X(NEAR_KEY, "near-key", WARNING, "a comment that nearly is a key of the header")               \
    X(EMPTY, "empty", WARNING, "a migration without an UP")                                        \
    X(GAP, "gap", WARNING, "numbers that are missing in sequential numbering")                     \
    X(MISSING_DOWN, "missing-down", ERROR, "an UP without DOWN (a warning beside '-- up')")        \
    X(TRANSACTION_STATEMENT, "transaction-statement", ERROR,                                       \
      "BEGIN, COMMIT, END, ROLLBACK or a PRAGMA journal_mode inside migc's transaction")           \
    X(PRAGMA_FOREIGN_KEYS, "pragma-foreign-keys", WARNING,                                         \
      "PRAGMA foreign_keys inside a transaction, where it does nothing")                           \
    X(OWN_TABLE, "own-table", ERROR, "a change to migc_migrations or migc_events, migc's own")     \
    X(REPEATABLE_DOWN, "repeatable-down", WARNING,                                                 \
      "a repeatable without DOWN, which stays when the others are taken back")                     \
    X(OUT_OF_ORDER, "out-of-order", WARNING,                                                       \
      "a new migration before a released one, where Out-Of-Order lets it pass")                    \
    X(IRREVERSIBLE_DOWN, "irreversible-down", WARNING, "a DOWN in an irreversible migration")      \
    X(EMPTY_SECTION, "empty-section", WARNING, "a VERIFY or TEST marker with nothing below")       \
    X(DESTRUCTIVE, "destructive", WARNING,                                                         \
      "data that is dropped or overwritten without a word in the header")                          \
    X(CONSTRAINT_ON_ROWS, "constraint-on-rows", WARNING,                                           \
      "a new constraint that rows from before may violate")                                        \
    X(REBUILD_LOSES, "rebuild-loses", WARNING,                                                     \
      "a table made anew that loses what the old one had")                                         \
    X(CREATE_AS_SELECT, "create-as-select", WARNING,                                               \
      "CREATE TABLE AS SELECT, which keeps names and values alone")                                \
    X(QUOTED_STRING, "quoted-string", WARNING, "a string in double quotes, which are for names")   \
    X(FOREIGN_KEY_TARGET, "foreign-key-target", WARNING,                                           \
      "a foreign key to a table that is not there")                                                \
    X(FOREIGN_KEY_INDEX, "foreign-key-index", WARNING,                                             \
      "a foreign key with ON DELETE or ON UPDATE, but no index")                                   \
    X(TYPE_NAME, "type-name", WARNING, "a type that SQLite takes for another than it seems")       \
    X(PRIMARY_KEY, "primary-key", WARNING, "a primary key that looks like the rowid and is not")   \
    X(PRIMARY_KEY_NULL, "primary-key-null", IGNORED, "a primary key that may hold NULL")           \
    X(DUPLICATE_INDEX, "duplicate-index", WARNING, "an index that another one makes needless")     \
    X(BROKEN_VIEW, "broken-view", WARNING, "a view or trigger that names what is not there")       \
    X(PRAGMA_WITHOUT_EFFECT, "pragma-without-effect", WARNING,                                     \
      "a PRAGMA that changes nothing in the database")                                             \
    X(RENAME, "rename", IGNORED, "a rename, which breaks an older program that still runs")        \
    X(MOMENT, "moment", NOTE, "values that depend on the moment at which they are written")        \
    X(REPLAY, "replay", IGNORED, "a set whose new database is made by replaying it")               \
    X(UNPROVEN, "unproven", WARNING, "the proof was left out (--no-prove)")                        \
    X(SKIPPED_CALL, "skipped-call", NOTE, "a step in C, which the proof cannot run")

enum warning {
#define WARNING_ENUM(id, name, severity, about) WARNING_##id,
    WARNINGS(WARNING_ENUM)
#undef WARNING_ENUM
        WARNING_COUNT
};

struct warning_row {
    const char *name;
    enum severity severity;
    const char *about;
};

extern const struct warning_row warning_rows[WARNING_COUNT];

/* What the -W options asked for. */
struct warning_flags {
    bool all_errors;
    struct {
        bool on, off, error, no_error;
    } of[WARNING_COUNT];
};

/* The warning of this name, or WARNING_COUNT; *nearest is the closest name then. */
enum warning find_warning(const char *name, size_t size, const char **nearest);
/* Takes what follows -W.  False: no such warning; *nearest is the closest name. */
bool set_warning_flag(struct warning_flags *flags, const char *text, const char **nearest);
enum severity warning_severity(const struct warning_flags *flags, enum warning warning,
                               enum severity normal);

struct diagnostics {
    struct arena *arena;
    struct warning_flags flags;
    struct diagnostic *items;
    size_t count, capacity;
    size_t errors;
    bool last_ignored;   /* notes about it are ignored too */
    const char *failure; /* what could not be read or written */
};

void report_error(struct diagnostics *diagnostics, struct location location, const char *format,
                  ...) PRINTF_LIKE(3, 4);
void report_warning(struct diagnostics *diagnostics, enum warning warning, struct location location,
                    const char *format, ...) PRINTF_LIKE(4, 5);
/* The same where the rule, not the table, knows the severity. */
void report_warning_as(struct diagnostics *diagnostics, enum warning warning,
                       enum severity severity, struct location location, const char *format, ...)
    PRINTF_LIKE(5, 6);
/* Belongs to what was reported last. */
void report_note(struct diagnostics *diagnostics, struct location location, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* Something that could not be read or written; the first one is kept.  Returns false. */
bool report_failure(struct diagnostics *diagnostics, const char *format, ...) PRINTF_LIKE(2, 3);

enum status diagnostics_status(const struct diagnostics *diagnostics);
void print_diagnostics(struct diagnostics *diagnostics);
void free_diagnostics(struct diagnostics *diagnostics);

/* -------------------------------------------------------------------- scan: scan.c */

/* A file that is taken for a migration, by its name. */
struct entry {
    int64_t version;
    unsigned digits;  /* of the version, zeros in front included */
    const char *file; /* "003_add_user_prefs.sql" */
    const char *stem; /* "003_add_user_prefs" */
    const char *name; /* "add_user_prefs" */
    size_t size;
    bool repeatable; /* "R_name.sql": it has no version */
};

struct folder {
    const char *path; /* as given, without slashes at its end */
    int fd;
    struct entry *entries; /* in ascending order of version, then the repeatables by name */
    size_t count, capacity;
    size_t repeatable_count; /* behind `count` */
};

#define VERSION_DIGITS 18   /* of the longest version */
#define TIMESTAMP_DIGITS 14 /* YYYYMMDDHHMMSS */
#define FILE_NAME_FORM "001_name.sql"
#define REPEATABLE_PREFIX "R_"

/* False: the folder cannot be read, which is reported. */
bool scan_folder(struct folder *folder, struct arena *arena, const char *path,
                 struct diagnostics *diagnostics);
struct location location_of_folder(const struct folder *folder, struct arena *arena);
void close_folder(struct folder *folder);

/* Waits until no other migc works on the folder; closing the result lets the next one in.
 * -1 where the file system cannot do that. */
int hold_folder(const char *path);

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

struct options;

struct conf {
    struct source source; /* its text is NULL where there is no file */
    int sqlite;           /* the oldest SQLite the program runs with, as 3038000; 0: not said */
    struct location sqlite_location;
    const char *order; /* of Out-Of-Order: "linear", "allow", "skip"; NULL: not said */
    struct location order_location;
    struct provisions provisions; /* of the options, then of the file */
};

#define CONF_FILE "migc.conf"

/* The policy of this name as one of three static strings, or NULL. */
const char *find_order(const char *text, size_t size);
/* Whether a migration may be applied behind later ones, or is left out then. */
bool allows_any_order(const struct conf *conf);

/* False: the file cannot be read, which is reported. */
bool read_conf(struct conf *conf, const struct folder *folder, const struct options *options,
               struct arena *arena, struct diagnostics *diagnostics);

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
    X(IRREVERSIBLE, "Irreversible", REASON)                                                        \
    X(LOSSY, "Lossy", REASON)                                                                      \
    X(ALLOW, "Allow", WARNINGS)                                                                    \
    X(TRANSACTION, "Transaction", NONE_ONLY)                                                       \
    X(FOREIGN_KEYS, "Foreign-Keys", ON_OR_OFF)

enum key {
#define KEY_ENUM(id, name, value) KEY_##id,
    KEYS(KEY_ENUM)
#undef KEY_ENUM
        KEY_COUNT
};

struct field {
    const char *value; /* NULL: not given */
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
    size_t offset, size; /* of its marker; size 0: the file has no such section */
};

/* "core/003_users" in a "Depends:": a migration of another set of the same database. */
struct need {
    const char *set;
    const char *stem;
    struct location location;
};

#define HASH_SIZE sizeof("xxh3:0123456789abcdef0123456789abcdef")

struct migration {
    const struct entry *entry;
    const struct lock_line *locked; /* its line, or NULL; see attach_lock() */
    struct source source;
    bool broken;        /* has errors: rules about its contents would mislead */
    bool short_markers; /* its UP is marked by "-- up" */
    bool foreign;       /* of another set: there for the proof, and not to be judged */
    struct need *needs;
    size_t need_count;
    struct section sections[SECTION_COUNT];
    struct field fields[KEY_COUNT];
    char checksum[HASH_SIZE];
    char chain[HASH_SIZE];
    const char *effects; /* what prove saw UP do, in words; NULL: not proven */
    bool of_the_moment;  /* it writes values that depend on the moment */
    const char *touched; /* a JSON array of the tables it touches, likewise */
    size_t number;       /* of a repeatable, in the order in which they run, from 1; else 0 */
};

/* A database file, packed as migc.h says. */
struct image {
    size_t size; /* of the file */
    struct buffer packed;
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
    bool foreign;       /* it is one of those */
    size_t order;       /* of its first file among all */
    struct image image; /* of the finished database; of size 0 where there is none */
};

size_t count_all(const struct set *set); /* repeatables included */

/* Reads and parses every file.  False: one cannot be read, which is reported. */
bool parse_folder(struct set *set, struct arena *arena, const struct folder *folder,
                  struct diagnostics *diagnostics);

/* Takes a line comment that stands before the first marker. */
void read_header_line(struct migration *migration, const char *text, size_t size,
                      struct arena *arena, struct diagnostics *diagnostics);

/* Takes the value of an "Allow:" of the header: names, a colon, a reason. */
void read_allow(struct migration *migration, struct location value,
                struct diagnostics *diagnostics);

struct location marker_location(const struct migration *migration, enum section_kind kind);
struct location field_location(const struct migration *migration, enum key key);
struct location step_location(const struct migration *migration, const struct step *step);

/* The statement that parse is in; SQLite says where it ends. */
struct statement {
    char *start;            /* its first token, or NULL between statements */
    char *end;              /* behind its last token */
    bool is_trigger;        /* a ';' did not end it */
    bool has_error;         /* one of its tokens was reported */
    unsigned semicolon_end; /* how much of "; END" its last tokens are */
};

void add_to_statement(struct statement *statement, enum token token, char *text, size_t size);

/* Whether the statement ends with the ';' at (or, at the file's end, put at) `semicolon`. */
bool ends_statement(struct statement *statement, char *semicolon);

/* ------------------------------------------ the lock: lock.c, lock_check.c, lock_write.c */

#define LOCK_FILE "migc.lock"

/* "003 add_orders xxh3:...": a migration that is released. */
struct lock_line {
    int64_t version;
    const char *stem; /* "003_add_orders" */
    const char *name;
    const char *checksum;
    struct location location;
    const struct migration *file; /* that has it now, perhaps renamed; NULL: it is gone */
};

struct lock {
    struct source source;    /* its text is NULL where there is no file */
    struct lock_line *lines; /* in ascending order of version */
    size_t count;
    bool broken; /* has errors: what it says is not used */
};

/* False: the file cannot be read, which is reported. */
bool read_lock(struct lock *lock, const struct folder *folder, struct arena *arena,
               struct diagnostics *diagnostics);
/* Sets set->lock, and tells lines and migrations of each other: those of the same number and
 * name, then those of the same checksum, which were renamed. */
void attach_lock(struct set *set, struct lock *lock);
const struct lock_line *last_lock_line(const struct lock *lock); /* or NULL */

/* Refuses what changes a released migration; with `all`, also what is not in the lock. */
void check_lock(const struct set *set, bool all, struct arena *arena,
                struct diagnostics *diagnostics);

/* Adds what is not in the lock yet, and prints it. */
void extend_lock(const struct set *set, struct arena *arena, struct diagnostics *diagnostics);

/* ------------------------------------------------------------ check: check.c, depends.c, repeat.c */

void check_set(const struct set *set, struct arena *arena, struct diagnostics *diagnostics);
void check_dependencies(const struct set *set, struct arena *arena,
                        struct diagnostics *diagnostics);

/* Whether a name of a "Depends:" is one of another set. */
bool is_outside_reference(struct location reference);
/* Orders the repeatables: by name, but behind those they depend on; and chains them.  The
 * migrations move to a new table; what was reported before still points into the old one. */
void order_repeatables(struct set *set, struct arena *arena);
/* Rules about one repeatable, and about two of one name. */
void check_repeatable(const struct migration *migration, struct diagnostics *diagnostics);
void check_repeatable_names(const struct set *set, struct diagnostics *diagnostics);

/* Takes the next name of a "Depends:" from *rest.  False: there is no more. */
bool next_reference(struct location *rest, struct location *reference);

/* ------------------------------------------------------- other sets: needs.c, module.c */

/* Another set whose migrations run in the proof, from --after. */
struct module {
    const char *name;
    struct folder folder;
    struct conf conf;
    struct set set;
};

/* Takes what "Depends:" says of other sets into the migrations' needs. */
void read_needs(struct set *set, struct arena *arena, struct diagnostics *diagnostics);

/* Reads the folders of --after.  False: one cannot be read, which is reported. */
bool read_modules(struct set *set, const struct options *options, struct arena *arena,
                  struct diagnostics *diagnostics);
/* Refuses needs that the modules do not have, and sets that wait for each other. */
void check_modules(const struct set *set, struct arena *arena, struct diagnostics *diagnostics);
/* The set with its modules, in the order in which a program brings them up together. */
struct set merge_modules(const struct set *set, struct arena *arena);
/* The set of this name, or NULL: nobody told of it. */
const struct set *find_set(const struct set *set, const char *name);
void close_modules(struct set *set);

/* --------------------------------------------------------------- checksums: checksum.c */

/* Hashes the tokens of one UP at a time, while they are parsed. */
struct hasher;

struct hasher *create_hasher(void);
void free_hasher(struct hasher *hasher);
void hash_reset(struct hasher *hasher);
void hash_bytes(struct hasher *hasher, const char *bytes, size_t size);
void hash_token(struct hasher *hasher, const char *token, size_t size); /* and a NUL */
void hash_finish(struct hasher *hasher, char text[HASH_SIZE]);

void chain_set(struct set *set);
void chain_repeatables(struct set *set);

/* ------------------------------------------------------------- prove: prove/prove.c */

struct options;

/* What the SQLite that migc.conf declares does not know. */
void check_versions(const struct set *set, struct diagnostics *diagnostics);

/* Runs the set in memory: UP, DOWN and UP again of each migration, then the whole chain. */
void prove_set(struct set *set, const struct options *options, struct arena *arena,
               struct diagnostics *diagnostics);

/* --------------------------------------------- image: emit/image.c, emit/pack.c */

/* Makes the set's image where running it gives the same bytes in any circumstances and they
 * are worth their room; else says why not, with -Wreplay. */
void make_image(struct set *set, struct arena *arena, struct diagnostics *diagnostics);

/* Appends what migc.h's struct migc_image describes. */
void pack_bytes(struct buffer *packed, const unsigned char *bytes, size_t size);

/* -------------------------------------------------- emit: emit/, output.c, depfile.c */

/* A file in the making; appears under its name when it is complete, or not at all. */
struct output {
    const char *path;
    char *temporary;
    int fd;
    int error;      /* errno of the first write that failed */
    bool exclusive; /* never replaces a file that is there */
    bool placed;    /* under its name */
    size_t used;
    char pending[1 << 16];
};

void open_output(struct output *output, struct arena *arena, const char *path);
void put_bytes(struct output *output, const char *bytes, size_t size);
void put_text(struct output *output, const char *text);
void put_char(struct output *output, char c);
void put_number(struct output *output, uint64_t number);

/* Renames all into place, or removes what was written and reports why.  The first goes last:
 * whoever sees the new source finds the header that it needs. */
bool commit_outputs(struct output *outputs, size_t count, struct diagnostics *diagnostics);

/* Bytes that are no text as C string literals, over as many lines as it takes. */
void put_byte_literal(struct output *output, const char *bytes, size_t size, unsigned indent);

/* One C string literal a line of text, all but the first indented by `indent`. */
void put_literal(struct output *output, const char *text, size_t size, unsigned indent);

struct options;

void emit_source(struct output *output, const struct set *set, const struct options *options);
/* The finished database of the set; nothing when it has none. */
void emit_image(struct output *output, const struct image *image, const char *name);
void emit_header(struct output *output, const struct set *set, const struct options *options);

/* Refuses C steps whose names clash with what is emitted. */
void check_symbols(const struct set *set, const char *name, struct diagnostics *diagnostics);

void write_depfile(struct output *output, const struct set *set, const struct options *options);

/* --------------------------------------------------- command line: options.c, help.c, main.c */

#define PROVE_LIMIT 1000 /* where --prove-limit is not given */

/* --after core=../core/migrations */
struct after {
    const char *name, *path;
};

struct options {
    const char *operands[2];
    int operand_count;
    const char *output;  /* FILE.c */
    const char *header;  /* FILE.h */
    const char *name;    /* of the set */
    const char *depfile; /* or NULL */
    const char *author;  /* or NULL */
    const char *order;   /* of --out-of-order, or NULL */
    bool with_main, module, no_stamp, make_depfile, timestamp, repeatable, help;
    struct after *after; /* --after, in the order given */
    size_t after_count;
    bool no_prove;    /* leave the proof out */
    bool no_image;    /* do not emit the finished database */
    long prove_limit; /* million SQLite instructions for one statement, 0: none */
    bool all_locked;  /* --locked */
    struct provisions provisions;
    struct warning_flags warnings;
};

enum option_kind {
    OPTION_FLAG,
    OPTION_VALUE,
    OPTION_NUMBER,
    OPTION_WARNING,
    OPTION_PROVISION,
    OPTION_AFTER
};

struct option_row {
    const char *spelling; /* "-o", "--author" */
    const char *value;    /* how the help calls its value */
    enum option_kind kind;
    size_t field; /* offset in struct options; of OPTION_PROVISION, which kind */
    const char *about;
};

struct verb {
    const char *name;
    const char *synopsis;
    const char *about;
    const char *details;                     /* what the help says below the options */
    const struct option_row *const *options; /* ends in NULL */
    int operands, operands_needed;
    const char *operand_names[2];
    enum status (*run)(struct options *options, struct arena *arena);
};

extern const struct verb verbs[];
extern const size_t verb_count;
extern const struct option_row *const build_options[],
    *const check_options[], *const lock_options[], *const create_options[],
                                                       *const renumber_options[],
                                                           *const help_options[];

const struct verb *find_verb(const char *name);
/* STATUS_DONE, or STATUS_USAGE after saying what is wrong. */
enum status parse_options(struct options *options, const struct verb *verb, int argc, char **argv,
                          struct arena *arena);
enum status finish_build_options(struct options *options, const struct verb *verb,
                                 struct arena *arena);
enum status usage_error(const struct verb *verb, const char *format, ...) PRINTF_LIKE(2, 3);

void print_help(void);
void print_verb_help(const struct verb *verb);
enum status run_help(struct options *options, struct arena *arena);

/* ------------------------------------------------------ create: create.c, renumber.c */

#define LAST_VERSION INT64_C(999999999999999999)

/* Sets version and digits to the next after `latest` (or NULL), by date where that is. */
void choose_version(struct entry *entry, const struct entry *latest, bool timestamp,
                    const struct tm *now);

enum status run_create(struct options *options, struct arena *arena);
enum status run_renumber(struct options *options, struct arena *arena);

#endif
