/*
 * dialect.h - the folders of different tools: how each tool finds and names its files,
 * in which order they run, and what marks their sections.
 *
 * A dialect is a row of a table (dialects.c); migc's own is the first.  The room above
 * (read) reads what the files contain.
 */
#ifndef DIALECT_H
#define DIALECT_H

#include "base/base.h"

/* ------------------------------------------------------------- the table: dialects.c */

/* The role of a file in its migration. */
enum file_role {
    ROLE_NONE,
    ROLE_WHOLE,      /* has sections, if the dialect has markers; else it is UP */
    ROLE_UP,         /* only UP */
    ROLE_DOWN,       /* only DOWN */
    ROLE_VERIFY,     /* only VERIFY */
    ROLE_UNDO,       /* DOWN if there is an UP of its version, else a migration of its own */
    ROLE_METADATA,   /* what is in the header in other dialects */
    ROLE_REPEATABLE, /* a migration without a number */
    ROLE_BASELINE,   /* UP, in place of all up to its version */
    ROLE_CODE,       /* written in another language: a step in C here */
    ROLE_IGNORED     /* a file of the tool itself, not a misspelled one */
};

/*
 * The form of a name.  In `form`:
 *     #  a number
 *     %  a number with dots or '_' in it
 *     ^  a text of letters, digits and '-'
 *     $  a date such as 2024-01-31, 2024_1_31 or 2024-01-31T165204; else a number
 *     @  words before a number
 *     *  a name
 *     ~  a name or nothing
 * Anything else stands for itself.  A '/' separates a folder from a file in it; both may have a
 * number.
 */
struct name_form {
    const char *form;
    enum file_role role;
};

enum layout { LAYOUT_FILES, LAYOUT_FOLDERS, LAYOUT_JOURNAL, LAYOUT_PLAN };

/* How versions are ordered. */
enum version_order {
    ORDER_NUMBER, /* as numbers, however long */
    ORDER_DATED,  /* the same where some are dates: 20240131 is 2024-01-31 */
    ORDER_DOTTED, /* number by number, "1.10" after "1.9" */
    ORDER_TEXT,   /* as text */
    ORDER_NAME,   /* by the number that the name begins with, then by the name */
    ORDER_FOLDER, /* by the dotted version of the folder, then by the name of the file in it */
    ORDER_LISTED  /* as a file of the folder lists them */
};

/* What a line comment means in another tool's file. */
enum mark {
    MARK_NONE,
    MARK_UP,
    MARK_DOWN,
    MARK_STATEMENT_BEGIN, /* one statement up to its end, whatever semicolons it has */
    MARK_STATEMENT_END,
    MARK_NO_TRANSACTION,
    MARK_EXPAND, /* placeholders are replaced from here on */
    MARK_VERBATIM
};

struct mark_row {
    const char *text; /* words after the dashes, without regard to case */
    enum mark mark;
};

enum dialect_flag {
    DIALECT_NATIVE = 1,          /* migc's own: what is wrong in it is an error */
    DIALECT_WRAPS = 2,           /* the tool runs a file inside a transaction */
    DIALECT_UP_ONLY = 4,         /* there is no DOWN */
    DIALECT_ALTERNATES = 8,      /* sections may come again; DOWNs run last one first */
    DIALECT_PLACEHOLDERS = 16,   /* ${name} is a placeholder everywhere */
    DIALECT_DUPLICATES = 32,     /* a version may be given twice: names tell them apart */
    DIALECT_DRIVERS = 64,        /* names may say for which database a file is */
    DIALECT_OWN_MARKERS = 128,   /* the markers of native files */
    DIALECT_BARE = 256,          /* a file without any marker is UP */
    DIALECT_AGAIN = 512,         /* sections may come again, and are joined */
    DIALECT_BEGINS_UP = 65536,   /* what stands above the first marker is UP */
    DIALECT_JUMPS = 131072,      /* "-- v0 -> v16" stands for all up to 16 */
    DIALECT_HASH_LINES = 262144, /* "# --- !Ups" is a marker, and ";;" a ';' in a statement */
    DIALECT_FIRST_BYTES = 2048,  /* "-- no-transaction" as the first bytes */
    DIALECT_UNDO_STEPS = 4096,   /* an undo file without an UP of its version is a step forward */
    DIALECT_TWINS = 8192,        /* "3_a.rollback.sql", "3_a_down.sql" are the DOWN of "3_a.sql" */
    DIALECT_NESTED = 16384,      /* folders only sort the files */
    DIALECT_PRINTED = 32768,     /* files may be what a tool has printed that keeps no SQL itself */
    DIALECT_VERIFY_RUNS = 1024   /* VERIFY fails where SQLite refuses it, not where it finds rows */
};

/* Checksums that tools keep of what they applied, over the original bytes. */
enum original {
    ORIGINAL_NONE,
    ORIGINAL_SHA1,
    ORIGINAL_SHA256,
    ORIGINAL_SHA384,
    ORIGINAL_CRC32 /* of the lines, without their ends */
};

struct dialect {
    const char *name;
    const char *files;             /* for people */
    const char *markers;           /* likewise */
    const struct name_form *forms; /* the last has no form */
    enum layout layout;
    enum version_order order;
    const struct mark_row *marks; /* the last has no text; NULL: migc's own, or none */
    const char *option; /* after a marker: without a transaction; "": any text may be there */
    unsigned flags;
    enum original original;
    const char *table; /* with the history of its tool; NULL: it has none */
};

extern const struct dialect dialects[];
extern const size_t dialect_count;

#define DIALECT_LIMIT 32 /* there are never more */

/* The dialect of this name, without regard to case, or NULL; then *nearest is a similar one, or
 * NULL. */
const struct dialect *find_dialect(const char *name, const char **nearest);
bool is_native(const struct dialect *dialect);

/* --------------------------------------------------------------- names: name_form.c */

struct name_piece {
    const char *text;
    size_t size;
};

/* What the parts of a form stand for in a name. */
struct name_parts {
    struct name_piece version, name, prefix;
    struct name_piece within; /* the number of a file whose folder has the version */
    struct name_piece stem;   /* the name without its end: "003_a" of "003_a.up.sql" */
    bool has_driver;
};

enum { DATE_SIZE = sizeof("####-##-##-##-##-##") };

/* A date as a form finds it, with '-' between its parts, of two digits each but the year. */
char *spell_date(struct arena *arena, struct name_piece date);
/* Whether it needs no quotes anywhere. */
bool may_be_path(const char *path);
bool fits_form(struct name_parts *parts, const char *form, const char *name);
/* The first form of the dialect that the name fits, or NULL. */
const struct name_form *find_form(struct name_parts *parts, const struct dialect *dialect,
                                  const char *name);
/* The direction that a name has in it: -1 down, as in "a.rollback" and "a_down", 1 up, or 0.
 * *name is then without it. */
int read_direction(struct name_piece *name);
/* Whether it has only letters, digits, '_', '-', '.' and '@', and so needs no quotes anywhere. */
char *copy_stem(struct arena *arena, const char *text, size_t size);
/* What follows the last '/'. */
const char *base_of_path(const char *path);
/* Whether two labels are one number, as 1 and 01 are, or one date: 2024-01-31 and 20240131. */
bool same_version(const char *label, const char *other);
/* Whether `name` is for another database, and `own` is the same for SQLite: "1_a_mysql",
 * "1_a_sqlite". */
bool is_for_another_database(const struct name_piece *name, const struct name_piece *own);
/* Why a name does not fit this dialect. */
const char *explain_name(const struct dialect *dialect, const char *name, struct arena *arena);

/* ---------------------------------------------------------- folders: folder.c, scan.c */

enum part_kind { PART_UP, PART_DOWN, PART_VERIFY, PART_METADATA, PART_COUNT };

/* A file of a migration; `text` is NULL until it is read. */
struct part {
    const char *file; /* from the folder: "003_a.sql", "V003__a/up.sql"; NULL: there is none */
    size_t size;      /* as on the disk */
    char *text;       /* its bytes, and room after them as load_bytes() leaves it */
};

/* What the names of files say of a migration. */
struct entry {
    int64_t version;   /* its place in the order: the number that people wrote, if possible */
    unsigned digits;   /* of the version, with leading zeros; 0: it was assigned */
    const char *label; /* the version as people wrote it; "" for a repeatable */
    const char *file;  /* "003_add_user_prefs.sql": where its UP is */
    const char *stem;  /* "003_add_user_prefs" */
    const char *name;  /* "add_user_prefs" */
    size_t size;
    bool repeatable; /* "R_name.sql", without a version */
    bool up_only;    /* nobody expects a DOWN */
    bool is_code;    /* in another language: its UP is a step in C */
    struct part parts[PART_COUNT];
    const struct listed *listed; /* its line of a plan or entry of a journal, or NULL */
};

/* A file of a folder whose dialect is not known yet. */
struct found_file {
    const char *path; /* from the folder */
    size_t size;
    bool is_folder, is_file;
    char *text; /* where it was read */
};

struct found_files {
    struct found_file *of;
    size_t count, capacity;
};

struct folder {
    const char *path; /* as given, without slashes at its end */
    int fd;
    bool is_deep; /* list_deeper() has run */
    const struct dialect *dialect;
    const struct dialect
        *other;            /* that the folder may be of as well, more strictly read; or NULL */
    struct entry *entries; /* in ascending order of version, then the repeatables by name */
    size_t count, capacity;
    size_t repeatable_count;  /* behind `count` */
    struct found_files items; /* all files, in the order of their names */
};

#define TIMESTAMP_DIGITS 14 /* YYYYMMDDHHMMSS */
#define FILE_NAME_FORM "001_name.sql"
#define REPEATABLE_PREFIX "R_"
#define CONF_FILE "migc.conf"
#define LOCK_FILE "migc.lock"
#define ORIGINALS_FILE "migc.originals"

/* False: there is no such folder; reported. */
bool open_folder(struct folder *folder, struct arena *arena, const char *path,
                 struct diagnostics *diagnostics);
/* Reads the names, identifies the dialect if `dialect` is NULL, and puts the migrations into their
 * order.  False: the folder cannot be read; reported. */
bool scan_folder(struct folder *folder, struct arena *arena, const struct dialect *dialect,
                 struct diagnostics *diagnostics);
struct location location_of_folder(const struct folder *folder, struct arena *arena);
struct location location_of_path(const struct folder *folder, struct arena *arena,
                                 const char *file);
void close_folder(struct folder *folder);

/* Waits until no other migc works on the folder; closing the result lets the next one in.  -1 if
 * the file system cannot do that. */
int hold_folder(const char *path);

/* All files of the folder, and those of folders in it.  False: failure reported. */
bool list_files(struct folder *folder, struct arena *arena, struct diagnostics *diagnostics);
/* The item of this path, or NULL. */
struct found_file *look_up_file(const struct folder *folder, const char *path);
/* Adds the files of deeper folders. */
bool list_deeper(struct folder *folder, struct arena *arena, struct diagnostics *diagnostics);
/* Other folders with SQL: "; there is SQL in a/sqlite and a/mysql ...", or "". */
const char *describe_folders(const struct folder *folder, struct arena *arena);
/* Reads it once.  False: failure reported. */
bool load_file(struct found_file *item, const struct folder *folder, struct arena *arena,
               struct diagnostics *diagnostics);

/* ---------------------------------------------------------- identifying: identify.c */

/* The dialect of a folder: by its layout, then by names, then by markers.  NULL: reported. */
const struct dialect *identify_dialect(struct folder *folder, struct arena *arena,
                                       struct diagnostics *diagnostics);
/* Adds to that report, unless it is SIZE_MAX, which tool may read the folder less strictly. */
void name_other_dialect(const struct folder *folder, size_t report, struct arena *arena,
                        struct diagnostics *diagnostics);

/* ----------------------------------------- from files to migrations: arrange.c */

/* Makes the folder's entries from its items.  False: failure or error reported. */
bool arrange_entries(struct folder *folder, struct arena *arena, struct diagnostics *diagnostics);

/* ---------------------------------------------- lists of migrations: plan.c, journal.c */

/* A line of a plan, an entry of a journal. */
struct listed {
    const char *name; /* of the change, and of its files */
    const char *stem; /* the same, or "name@tag" if it was reworked later */
    const char *note, *author, *date, *depends; /* each may be NULL */
    unsigned line;
};

struct listed_changes {
    struct listed *of;
    size_t count, capacity;
};

/* False: failure or error reported. */
bool read_change_plan(struct listed_changes *list, struct folder *folder, struct arena *arena,
                      struct diagnostics *diagnostics);
bool read_journal(struct listed_changes *list, struct folder *folder, struct arena *arena,
                  struct diagnostics *diagnostics);

/* ---------------------------------------------------------------- markers: mark.c */

struct marking {
    enum mark mark;
    bool no_transaction; /* by an option after a marker */
};

/* What a line comment, with its dashes, means in this dialect. */
struct marking read_mark(const struct dialect *dialect, const char *text, size_t size);
/* "# --- !Ups", "#!Downs": a marker of Play as most files have it. */
bool is_hash_marker(const char *text, size_t size);
/* How statements end where no ';' does: "--> statement-breakpoint". */
bool is_breakpoint(const char *text, size_t size);
/* The digits of 16 if a file begins with "-- v0 -> v16", else an empty piece. */
struct name_piece read_jump(const char *text, size_t size);
/* "-- no-transaction" as the first bytes of a file. */
bool begins_without_transaction(const char *text, size_t size);

#endif
