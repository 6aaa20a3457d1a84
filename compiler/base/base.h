/*
 * base.h - what all rooms of the compiler use: memory, text, hashes, sources and locations in them,
 * diagnostics, and output files that appear complete or not at all.
 */
#ifndef BASE_H
#define BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#if defined(__GNUC__)
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#else
#define PRINTF_LIKE(text, first)
#endif

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum status { STATUS_DONE, STATUS_INPUT, STATUS_USAGE, STATUS_SYSTEM };

/* What migc ends with where memory is out or something cannot be read or written: STATUS_SYSTEM,
 * or what was set where that number has another meaning. */
enum status failure_status(void);
void set_failure_status(enum status status);

/* ------------------------------------------------------------------- memory: arena.c */

/* Never returns NULL: without memory migc reports it and exits. */
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
/* The text as a JSON string, valid whatever its bytes are. */
void buffer_json(struct buffer *buffer, const char *text);
void buffer_free(struct buffer *buffer);

/* Returns `items`, moved where needed, with room for one more than `count`. */
void *grow_items(void *items, size_t count, size_t *capacity, size_t item_size);

/* ------------------------------------------------- numbers and texts as bytes: decoder.c */

void buffer_number(struct buffer *buffer, uint64_t number);
void buffer_block(struct buffer *buffer, const char *bytes, size_t size);
void buffer_string(struct buffer *buffer, const char *text); /* or NULL */

/* Texts are not copied, so the bytes must outlive what is read. */
struct decoder {
    const char *at, *end;
    bool bad; /* something was missing or wrong: all that is read from then on is 0 or empty */
};

uint64_t read_u64(struct decoder *decoder);
uint64_t read_below(struct decoder *decoder, uint64_t limit);
const char *read_block(struct decoder *decoder, size_t *size);
const char *read_string(struct decoder *decoder);

/* --------------------------------------------------------------------- text: text.c */

/* ASCII only, whatever the locale. */
bool is_digit(char c);
bool is_letter(char c);
bool is_word(char c); /* letter, digit or '_' */
bool is_blank(char c);
char to_lower(char c);
char to_upper(char c);
bool same_text(const char *text, size_t size, const char *other);
bool same_word(const char *text, size_t size, const char *other);    /* in any case */
bool contains_text(const char *text, size_t size, const char *part); /* in any case */
#define VERSION_DIGITS 18                                            /* of the longest version */
/* Digits and nothing else, as many as a version may have. */
bool read_number(const char *text, size_t size, int64_t *number);

/* How many letters are wrong, missing, added or swapped.  Case does not count. */
size_t edit_distance(const char *a, size_t a_size, const char *b, size_t b_size);

/* The length of the valid UTF-8 sequence at `text`, or 0. */
size_t utf8_length(const char *text, const char *end);

/* --------------------------------------------------------------------- hashes: hash.c */

#define HASH_SIZE sizeof("xxh3:0123456789abcdef0123456789abcdef")

/* XXH3-128 over tokens, as text. */
struct hasher;

struct hasher *create_hasher(void);
void free_hasher(struct hasher *hasher);
void hash_reset(struct hasher *hasher);
void hash_bytes(struct hasher *hasher, const char *bytes, size_t size);
void hash_token(struct hasher *hasher, const char *token, size_t size); /* and a NUL */
void hash_finish(struct hasher *hasher, char text[HASH_SIZE]);

/* ---------------------------------------------------- misspelled names: nearest.c */

/* The name that a word most likely means, of those that were considered. */
struct nearest {
    const char *text; /* the word */
    size_t size;
    const char *name; /* NULL: no name is near */
    size_t distance;
};

void consider_name(struct nearest *nearest, const char *name);
/* " (did you mean 'name'?)", or nothing where `name` is NULL. */
const char *did_you_mean(const char *name, struct arena *arena);

/* -------------------------------------------------------------- C names: symbol.c */

bool is_identifier(const char *text, size_t size);

/* Why the emitted C cannot use this name, as in "is a keyword of C or C++"; or NULL. */
const char *symbol_problem(const char *text, size_t size);

/* ------------------------------------------------------------------ sources: source.c */

/* The bytes of one file: without BOM, CRLF made LF, two spare NULs after them. */
struct source {
    const char *path; /* as messages show it: the folder as given, and the file */
    size_t order;     /* diagnostics are printed by this */
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

bool is_folder(const char *path);
/* Reads the bytes as they are on the disk; `expected` is the size that scan saw.  False: reported. */
bool load_bytes(struct source *source, struct arena *arena, int folder, const char *file,
                size_t expected, struct diagnostics *diagnostics);
/* Removes a BOM, makes CRLF LF, and puts two NULs after the text. */
void clean_source(struct source *source);
/* Both. */
bool load_source(struct source *source, struct arena *arena, int folder, const char *file,
                 size_t expected, struct diagnostics *diagnostics);

/* Reports the first NUL byte and the first invalid UTF-8.  False: the lexer cannot read the text. */
bool validate_source(const struct source *source, struct diagnostics *diagnostics);

/* Loads a file that need not exist; without it the text is NULL.  False: reported. */
bool load_optional(struct source *source, struct arena *arena, int folder, const char *file,
                   struct diagnostics *diagnostics);

/* Moves *line to the next line that is neither empty nor a comment ('#'), without the blanks around
 * it.  Begins with a zeroed *line. */
bool next_line(const struct source *source, struct location *line);

struct location location_at(const struct source *source, const char *text, size_t size);
struct location location_of_file(const struct source *source);

/* ------------------------------------------------------- diagnostics: diag.c, warning.c */

enum severity { SEVERITY_IGNORED, SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

/* What -W can name: its name, its severity without options, and what it is about. */
#define WARNINGS(X)                                                                                \
    X(UNTAKEN, "untaken", WARNING, "a file of the folder that is not a migration")                 \
    X(NEAR_MARKER, "near-marker", WARNING, "a comment that nearly is a marker")                    \
    X(NEAR_KEY, "near-key", WARNING, "a comment that nearly is a key of the header")               \
    X(ODD_CHARACTER, "odd-character", WARNING,                                                     \
      "a character of a name that cannot be seen, or looks like another")                          \
    X(EMPTY, "empty", WARNING, "a migration without an UP")                                        \
    X(GAP, "gap", WARNING, "numbers that are missing in sequential numbering")                     \
    X(MISSING_DOWN, "missing-down", ERROR, "an UP without DOWN (a warning beside '-- up')")        \
    X(DOWN, "down", ERROR,                                                                         \
      "a DOWN that fails, or does not restore what was there (a warning in "                       \
      "folders of other tools)")                                                                   \
    X(ADAPTED, "adapted", WARNING,                                                                 \
      "what is left out of another tool's file, or run in another way")                            \
    X(TRANSACTION_STATEMENT, "transaction-statement", ERROR,                                       \
      "BEGIN, COMMIT, END, ROLLBACK or a PRAGMA journal_mode inside migc's transaction")           \
    X(PRAGMA_FOREIGN_KEYS, "pragma-foreign-keys", WARNING,                                         \
      "PRAGMA foreign_keys inside a transaction, where it does nothing")                           \
    X(ENGINE, "engine", WARNING, "what the engine of migc.conf refuses or cannot have")            \
    X(OWN_TABLE, "own-table", ERROR, "a change to migc_migrations or migc_events, migc's own")     \
    X(REPEATABLE_DOWN, "repeatable-down", WARNING,                                                 \
      "a repeatable without DOWN, which stays when the others are reverted")                       \
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
    X(ROWS, "rows", WARNING, "what fails, or loses something, on made-up rows (errors too)")       \
    X(TRIGGER_ON_ROWS, "trigger-on-rows", IGNORED,                                                 \
      "a trigger that changes columns that UP does not name")                                      \
    X(SEQUENCE, "sequence", WARNING,                                                               \
      "a table made anew that forgets which ids AUTOINCREMENT has given")                          \
    X(UNFILLED, "unfilled", NOTE, "a table for which no row could be made up")                     \
    X(RENAME, "rename", IGNORED, "a rename, which breaks an older program that still runs")        \
    X(NONDETERMINISTIC, "nondeterministic", NOTE, "values that depend on time or on randomness")   \
    X(MAIN_LACKS, "main-lacks", WARNING,                                                           \
      "what migc.conf names, and the program of --main does not have")                             \
    X(REPLAY, "replay", IGNORED, "a set whose new database is made by replaying it")               \
    X(UNPROVEN, "unproven", WARNING, "the proof was left out (--no-prove)")                        \
    X(UNCHECKED_QUERY, "unchecked-query", IGNORED, "a query of the program that is not a literal") \
    X(QUERY_SCAN, "query-scan", IGNORED,                                                           \
      "a query that reads a whole table, or sorts, since the last release")                        \
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

/* What the -W options say, and how diagnostics are printed. */
struct warning_flags {
    const char *form;   /* of --diagnostics, as find_diagnostic_form() has it; NULL: as text */
    const char *colour; /* of --color: "auto", "always", "never"; NULL: auto */
    bool all_errors;
    struct {
        bool on, off, error, no_error;
    } of[WARNING_COUNT];
};

/* The warning of this name; or WARNING_COUNT, and *nearest is a name near it or NULL. */
enum warning find_warning(const char *name, size_t size, const char **nearest);
/* Takes what follows -W.  False: there is no such warning; *nearest is a name near it or NULL. */
bool set_warning_flag(struct warning_flags *flags, const char *text, const char **nearest);
enum severity warning_severity(const struct warning_flags *flags, enum warning warning,
                               enum severity normal);

struct diagnostics {
    struct arena *arena;
    struct warning_flags flags;
    struct diagnostic *items;
    size_t count, capacity;
    size_t errors;
    bool last_ignored; /* the last report, and so its notes */
    bool softened;     /* errors are reported as warnings of this name: */
    enum warning softer;
    const char *failure; /* what could not be read or written */
};

/* Whether the header of the source allows it. */
bool is_allowed(const struct source *source, enum warning warning);
void report_error(struct diagnostics *diagnostics, struct location location, const char *format,
                  ...) PRINTF_LIKE(3, 4);
void report_warning(struct diagnostics *diagnostics, enum warning warning, struct location location,
                    const char *format, ...) PRINTF_LIKE(4, 5);
/* The same with a severity of its own, not that of the table. */
void report_warning_as(struct diagnostics *diagnostics, enum warning warning,
                       enum severity severity, struct location location, const char *format, ...)
    PRINTF_LIKE(5, 6);
/* A note to the last report. */
void report_note(struct diagnostics *diagnostics, struct location location, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* A note to an earlier report, which find_report() has found. */
void report_note_to(struct diagnostics *diagnostics, size_t report, struct location location,
                    const char *format, ...) PRINTF_LIKE(4, 5);
/* The first report of this warning about the source whose text has the words, in any case; or
 * SIZE_MAX.  NULL: about any source, with any words. */
size_t find_report(const struct diagnostics *diagnostics, enum warning warning,
                   const struct source *source, const char *words);
/* Whether the warning was reported about the source, or is switched off there. */
bool was_reported(const struct diagnostics *diagnostics, enum warning warning,
                  const struct source *source);
/* Something could not be read or written.  Only the first failure is kept.  Returns false. */
bool report_failure(struct diagnostics *diagnostics, const char *format, ...) PRINTF_LIKE(2, 3);

struct source_list {
    const struct source **items;
    size_t count;
};

/* Keeps the reports from `first` on as bytes.  False: one is an error, or not about these sources,
 * and cannot be kept. */
bool keep_reports(struct buffer *kept, const struct diagnostics *diagnostics, size_t first,
                  const struct source_list *sources);
/* Reports them again.  False: the bytes are damaged, and nothing is reported. */
bool report_kept(struct decoder *decoder, struct diagnostics *diagnostics,
                 const struct source_list *sources);

enum status diagnostics_status(const struct diagnostics *diagnostics);
/* "text", "json", "sarif" or "github" as a static string, or NULL. */
const char *find_diagnostic_form(const char *name);
bool is_colour_choice(const char *text);
void print_diagnostics(struct diagnostics *diagnostics);
typedef void diagnostic_visitor(void *user, enum severity severity, struct location location,
                                const char *text);
/* Visits the diagnostics about one source, in the order in which they were reported. */
void visit_diagnostics(const struct diagnostics *diagnostics, const struct source *source,
                       diagnostic_visitor *visit, void *user);
void free_diagnostics(struct diagnostics *diagnostics);
/* Prints and frees them.  Returns their status. */
enum status close_diagnostics(struct diagnostics *diagnostics);

/* Puts the text without control characters, so that it cannot drive a terminal: diag_text.c. */
void put_clean(struct buffer *out, const char *text);

/* -------------------------------------------------------------------- outputs: output.c */

/* A file that is being written; it appears under its name when it is complete, or not at all.  It
 * has the mode of the one that it replaces.  What is no regular file is written to as it is. */
struct output {
    const char *path;
    const char *target; /* what the path names when its links are followed */
    char *temporary;    /* its name until all are complete */
    char *kept;         /* the second name of the file that it replaces */
    int fd;
    int error;      /* errno of the first write that failed */
    bool direct;    /* a FIFO, a device or the like: written to, not replaced */
    bool exclusive; /* never replaces a file that is there */
    bool replaces;  /* a file has its name already */
    bool placed;    /* has its name */
    size_t used;
    char pending[1 << 16];
};

void open_output(struct output *output, struct arena *arena, const char *path);
/* One that never replaces what has the name already. */
void open_new_output(struct output *output, struct arena *arena, const char *path);
void put_bytes(struct output *output, const char *bytes, size_t size);
void put_text(struct output *output, const char *text);
void put_char(struct output *output, char c);
void put_number(struct output *output, uint64_t number);

/* Gives all files their names, or none: then what was there before is put back, and the reason is
 * reported.  The first file is renamed last, so that whoever sees the new source finds the header
 * that it needs. */
bool commit_outputs(struct output *outputs, size_t count, struct diagnostics *diagnostics);

#endif
