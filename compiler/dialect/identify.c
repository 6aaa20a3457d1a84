/*
 * identify.c - finds out the dialect of a folder, by its layout, then by the names of
 * its files, then by the markers in them.
 *
 * A folder that two tools would read differently is refused, with the evidence for
 * each.  One that they would read in the same way is read.
 */
#include "dialect.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The evidence for a dialect: how many files, and a copy of the first one, since the list of
 * files may grow and be sorted again. */
struct evidence {
    size_t files;
    struct found_file first;
    size_t offset, size; /* of the marker in it; size 0: its name alone */
};

/* Kinds of names of SQL files. */
enum family {
    FAMILY_PRISMA,
    FAMILY_BLUEPLANE,
    FAMILY_DIESEL,
    FAMILY_FOLDER,
    FAMILY_DIRECTION,
    FAMILY_SQLDELIGHT,
    FAMILY_PAIR,
    FAMILY_VERSION,
    FAMILY_NUMBER,
    FAMILY_PREFIX,
    FAMILY_OTHER,
    FAMILY_RELEASE,
    FAMILY_COUNT
};

struct family_row {
    const char *const forms[7]; /* any of them */
    const char *dialect;        /* that the names indicate; for FAMILY_NUMBER markers decide */
};

static const struct family_row families[FAMILY_COUNT] = {
    {{"*/migration.sql"}, "prisma"},
    {{"V#__*/up.sql"}, "blueplane"},
    {{"^_*/up.sql", "#-*/up.sql"}, "diesel"},
    {{"#~/up.sql", "@#~/up.sql"}, "folders"},
    {{"up/#~.sql", "up/@#~.sql", "deploy/#~.sql"}, "directions"},
    {{"#.sqm", "#_~.sqm", "@#~.sqm"}, "sqldelight"},
    {{"#~.up.sql", "#~.down.sql", "#~.up.sqlite"}, "golang-migrate"},
    {{"V%__*.sql", "U%__*.sql", "B%__*.sql"}, "flyway"},
    {{"#~.sql"}, "plain"},
    {{"@#~.sql"}, "prefixed"},
    {{"*.sql"}, "sql-migrate"},
    {{"%/#~.sql", "v%/#~.sql", "V%/#~.sql", "#_*/#~.sql", "#-*/#~.sql", "# */#~.sql", "%/*.sql"},
     "releases"},
};

struct identification {
    struct folder *folder;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct evidence families[FAMILY_COUNT];
    struct evidence *dialects; /* in the order of the table, by their markers */
    struct evidence own;       /* what only migc reads: keys, calls, VERIFY and TEST */
    struct evidence not_own;   /* what migc does not read: "-- Up", "3-name.sql" */
    struct evidence unknown;   /* "-- +word Up", "-- word:down" of a tool not listed */
    const char *limit;         /* of the file that is being read */
    bool has_long_marker;
    bool has_text;        /* a file has more than comments and blanks */
    bool has_near_marker; /* a comment is nearly a marker of migc's own */
};

static const struct dialect *named(const char *name) {
    const char *nearest;
    return find_dialect(name, &nearest);
}

static enum family find_family(const char *path) {
    struct name_parts parts;
    for (unsigned family = 0; family < FAMILY_COUNT; family++)
        for (size_t i = 0; i < COUNT_OF(families[family].forms); i++) {
            const char *form = families[family].forms[i];
            if (form && fits_form(&parts, form, path))
                return (enum family)family;
        }
    return FAMILY_COUNT;
}

static void add_evidence(struct evidence *evidence, const struct found_file *item, size_t offset,
                         size_t size) {
    if (evidence->files > 0 && evidence->first.path == item->path)
        return;
    if (evidence->files == 0)
        *evidence = (struct evidence){0, *item, offset, size};
    evidence->files++;
}

/* ------------------------------------------------------------------- markers */

/* How certain it is that a file is native: by migc's own long markers, or by short ones, which
 * may be prose in the file of another tool. */
enum nativeness { NOT_NATIVE, PERHAPS_NATIVE, SURELY_NATIVE };

static enum nativeness read_native_marker(const char *text, size_t size) {
    while (size > 0 && is_blank(text[size - 1]))
        size--;
    if (same_word(text, size, "-- === UP MIGRATION ===") ||
        same_word(text, size, "-- === DOWN MIGRATION ==="))
        return SURELY_NATIVE;
    return same_word(text, size, "-- up") || same_word(text, size, "-- down") ? PERHAPS_NATIVE
                                                                              : NOT_NATIVE;
}

/* "-- == UP ==", "--- down ---": the author meant a native file. */
static bool is_nearly_native(const char *text, size_t size) {
    static const char *const words[] = {"up", "down", "verify"};
    const char *end = text + size;
    while (text < end && !is_letter(*text) && !is_digit(*text))
        text++;
    while (end > text && !is_letter(end[-1]))
        end--;
    size_t length = 0;
    while (text + length < end && is_letter(text[length]))
        length++;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (same_word(text, length, words[i]))
            return text + length == end || same_word(text + length + 1, 9, "MIGRATION");
    return false;
}

/* What no other tool has beside "-- up" and "-- down". */
static bool is_own_line(const char *text, size_t size) {
    static const char *const beginnings[] = {"call:",        "verify",        "test",
                                             "Depends:",     "Irreversible:", "Lossy:",
                                             "Transaction:", "Foreign-Keys:", "Allow:"};
    const char *end = text + size;
    for (text += 2; text < end && is_blank(*text);)
        text++;
    while (end > text && is_blank(end[-1]))
        end--;
    for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
        size_t length = strlen(beginnings[i]);
        bool is_key = beginnings[i][length - 1] == ':';
        if ((size_t)(end - text) >= length && same_word(text, length, beginnings[i]) &&
            (is_key || text + length == end))
            return true;
    }
    return false;
}

/* "rollback", "Migrate Down", "2 down": only such words and numbers, of which one is a direction.
 * Nothing is marked before it. */
static bool is_of_marker_words(const char *text, const char *end) {
    static const char *const words[] = {"up",        "down",     "rollback",  "undo",    "revert",
                                        "downgrade", "backward", "backwards", "upgrade", "migrate",
                                        "migration", "script",   "section"};
    enum { DIRECTIONS = 8 };
    bool has_direction = false;
    while (text < end) {
        size_t size = 0, i = 0;
        while (text + size < end && is_word(text[size]))
            size++;
        while (size > 0 && i < COUNT_OF(words) && !same_word(text, size, words[i]))
            i++;
        if (i == COUNT_OF(words) && !is_digit(*text))
            return false;
        has_direction = has_direction || (size > 0 && i < DIRECTIONS);
        text += size + (size == 0);
    }
    return has_direction;
}

/* Whether a comment on a line of its own is followed by SQL.  If comments follow, they may be
 * notes on how to revert, or come before SQL that reverts, unless that is commented out. */
static bool is_above_sql(const char *behind, const char *limit) {
    const char *at = behind;
    while (at < limit && strchr(" \t\f\v\r\n-=*#_~", *at)) /* a frame around it is a comment, too */
        at++;
    while (at > behind && at[-1] != '\n')
        at--;
    while (at < limit && is_blank(*at))
        at++;
    if (at < limit && *at != '-' && *at != '/')
        return true;
    while (at + 1 < limit && at[0] == '-' && at[1] == '-') {
        for (; at < limit && *at != '\n'; at++)
            if (*at == ';')
                return false;
        while (at < limit && (is_blank(*at) || *at == '\n'))
            at++;
    }
    /* How SQL that reverts begins. */
    static const char *const words[] = {"DROP", "DELETE", "ALTER"};
    size_t size = 0;
    while (at + size < limit && is_letter(at[size]))
        size++;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (same_word(at, size, words[i]))
            return true;
    return false;
}

/* The word at or behind `at`; of no size at the end of the line. */
static struct name_piece word_behind(const char *at, const char *end) {
    while (at < end && is_blank(*at))
        at++;
    struct name_piece word = {at, 0};
    while (at + word.size < end && !is_blank(at[word.size]))
        word.size++;
    return word;
}

/* "--liquibase formatted sql", "--changeset author:1 runOnChange:true".  Not prose, nor
 * "-- Changeset a.xml::1::author", which stands above what Liquibase has printed as SQL. */
static bool is_of_liquibase(const char *text, size_t size) {
    const char *end = text + size;
    struct name_piece word = word_behind(text + 2, end);
    struct name_piece next = word_behind(word.text + word.size, end);
    struct name_piece last = word_behind(next.text + next.size, end);
    if (same_word(word.text, word.size, "liquibase"))
        return same_word(next.text, next.size, "formatted") &&
               same_word(last.text, last.size, "sql");
    const char *colon = memchr(next.text, ':', next.size);
    return same_word(word.text, word.size, "changeset") && colon && colon > next.text &&
           colon + 1 < next.text + next.size && colon[1] != ':';
}

/* "+other Up", "other:down", "name: down", "rollback". */
static bool is_unknown_marker(const char *text, size_t size, const char *limit, bool has_sql) {
    static const char *const directions[] = {"up", "down"};
    const char *end = text + size;
    if (has_sql && is_above_sql(end, limit) && is_of_marker_words(text, end) &&
        !is_nearly_native(text, size))
        return true;
    if (is_of_liquibase(text, size))
        return true;
    for (text += 2; text < end && is_blank(*text);)
        text++;
    bool begins_with_sign = text < end && (*text == '+' || *text == '@');
    for (size_t i = 0; i < COUNT_OF(directions); i++) {
        size_t length = strlen(directions[i]);
        const char *word = end - length, *before = word;
        if ((size_t)(end - text) <= length || !same_word(word, length, directions[i]))
            continue;
        while (before > text && is_blank(before[-1]))
            before--;
        if (before > text && (before[-1] == ':' || before[-1] == '@' || begins_with_sign))
            return strcspn(text, " \t\r\f\v\n") >= (size_t)(before - 1 - text);
    }
    return false;
}

/* The evidence in the comments of one file: the first marker of each dialect. */
struct markers {
    struct name_piece of[DIALECT_LIMIT];
    struct name_piece own, not_own, unknown;
    enum nativeness nativeness;
    bool is_foreign, has_sql;
    char open; /* at the beginning of the line, as in skip_line() */
};

/* A line of a file that begins with two dashes. */
static void look_at_comment(struct identification *id, struct markers *markers, const char *text,
                            size_t size) {
    enum nativeness nativeness = read_native_marker(text, size);
    if (nativeness > markers->nativeness) {
        markers->nativeness = nativeness;
        markers->of[0] = (struct name_piece){text, size};
    }
    if (!markers->own.text && is_own_line(text, size))
        markers->own = (struct name_piece){text, size};
    if (!markers->not_own.text && nativeness == PERHAPS_NATIVE &&
        (text[3] == 'U' || text[3] == 'D'))
        markers->not_own = (struct name_piece){text, size};
    id->has_near_marker |= is_nearly_native(text, size);
    while (size > 0 && is_blank(text[size - 1]))
        size--;
    if (!markers->unknown.text && !markers->open &&
        is_unknown_marker(text, size, id->limit, markers->has_sql))
        markers->unknown = (struct name_piece){text, size};
    size_t word = 2;
    while (word < size && is_blank(text[word]))
        word++;
    const char *beginnings = markers->open ? "+mMrR" : "+mMrR!/-@";
    if (word == size || !strchr(beginnings, text[word])) /* no marker begins like this */
        return;
    for (size_t i = 0; i < dialect_count && nativeness == NOT_NATIVE; i++) {
        const struct dialect *dialect = &dialects[i];
        if (!dialect->marks || (dialect->flags & DIALECT_BARE) || markers->of[i].text)
            continue;
        enum mark mark = read_mark(dialect, text, size).mark;
        if (mark == MARK_UP || mark == MARK_DOWN) {
            markers->of[i] = (struct name_piece){text, size};
            markers->is_foreign = true;
        }
    }
}

static void add_marker(struct evidence *evidence, const struct found_file *item,
                       struct name_piece marker) {
    if (marker.text)
        add_evidence(evidence, item, (size_t)(marker.text - item->text), marker.size);
}

/* What is open at the end of a line: '*' for a comment, the closing quote or ']', or NUL. */
static char skip_line(char open, const char *text, const char *stop) {
    for (; text < stop; text++) {
        bool is_pair = text + 1 < stop;
        if (open == '*' && is_pair && text[0] == '*' && text[1] == '/') {
            open = '\0';
            text++;
        } else if (open && *text == open && open != '*') {
            open = '\0';
        } else if (!open && is_pair && text[0] == '-' && text[1] == '-') {
            break;
        } else if (!open && is_pair && text[0] == '/' && text[1] == '*') {
            open = '*';
            text++;
        } else if (!open && strchr("'\"`[", *text)) {
            open = *text;
            if (open == '[')
                open = ']';
        }
    }
    return open;
}

/* A comment of Play, which SQLite has none of. */
static void look_at_hash_line(struct markers *markers, const char *text, size_t size) {
    struct name_piece *first = &markers->of[named("play") - dialects];
    if (!is_hash_marker(text, size))
        return;
    markers->is_foreign = true;
    if (!first->text)
        *first = (struct name_piece){text, size};
}

/* Any other line: SQL, or a comment between slashes such as that of a marker. */
static void look_at_text(struct identification *id, struct markers *markers, const char *text,
                         const char *stop) {
    size_t size = (size_t)(stop - text);
    id->has_text = true;
    while (size > 0 && is_blank(text[size - 1]))
        size--;
    bool is_comment = !markers->open && size > 4 && memcmp(text, "/*", 2) == 0;
    markers->has_sql |= !markers->open && !is_comment;
    if (is_comment && markers->has_sql && !markers->unknown.text &&
        memcmp(text + size - 2, "*/", 2) == 0 && is_above_sql(stop, id->limit) &&
        is_of_marker_words(text, text + size))
        markers->unknown = (struct name_piece){text, size};
}

static void look_into(struct identification *id, const struct found_file *item) {
    struct markers markers;
    const char *at = item->text, *end = at + item->size;
    memset(&markers, 0, sizeof(markers));
    id->limit = end;
    if (begins_without_transaction(at, item->size))
        add_evidence(&id->dialects[named("sqlx") - dialects], item, 0, item->size);
    if (read_jump(at, item->size).size > 0)
        add_evidence(&id->dialects[named("mautrix") - dialects], item, 0, strcspn(at, "\n"));
    if (item->size >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const char *text = at;
        stop = stop ? stop : end;
        while (text < stop && is_blank(*text))
            text++;
        if (stop - text > 2 && text[0] == '-' && text[1] == '-')
            look_at_comment(id, &markers, text, (size_t)(stop - text));
        else if (text < stop && *text == '#' && !markers.open)
            look_at_hash_line(&markers, text, (size_t)(stop - text));
        else if (text < stop)
            look_at_text(id, &markers, text, stop);
        markers.open = skip_line(markers.open, text, stop);
        at = stop + (stop < end);
    }
    id->has_long_marker |= markers.nativeness == SURELY_NATIVE;
    add_marker(&id->own, item, markers.own);
    add_marker(&id->not_own, item, markers.not_own);
    if (!markers.is_foreign && markers.nativeness == NOT_NATIVE)
        add_marker(&id->unknown, item, markers.unknown);
    for (size_t i = 0; i < dialect_count; i++) {
        bool counts = i == 0 ? markers.nativeness == SURELY_NATIVE || !markers.is_foreign
                             : markers.nativeness != SURELY_NATIVE;
        if (counts)
            add_marker(&id->dialects[i], item, markers.of[i]);
    }
}

/* ------------------------------------------------------------------- deciding */

/* Two tools would read it differently: reports the evidence for each. */
static const struct dialect *refuse_doubtful_folder(struct identification *id,
                                                    const struct evidence *const evidence[],
                                                    const char *const names[], size_t count) {
    const char *list = names[0];
    for (size_t i = 1; i < count; i++)
        list = arena_format(id->arena, "%s%s%s", list, i + 1 == count ? " or " : ", ", names[i]);
    report_error(id->diagnostics, location_of_folder(id->folder, id->arena),
                 "could be of %s; say which with '--dialect NAME' ('migc dialects' lists them)",
                 list);
    for (size_t i = 0; i < count; i++) {
        const struct evidence *one = evidence[i];
        const char *path = arena_format(id->arena, "%s/%s", id->folder->path, one->first.path);
        struct source *source = arena_take(id->arena, sizeof(*source));
        *source = (struct source){.path = path};
        if (one->size > 0)
            *source =
                (struct source){.path = path, .text = one->first.text, .size = one->first.size};
        report_note(id->diagnostics,
                    one->size > 0 ? location_at(source, one->first.text + one->offset, one->size)
                                  : location_of_file(source),
                    "%s: %zu %s %s, such as this", names[i], one->files,
                    one->files == 1 ? "file has" : "files have",
                    one->size > 0 ? "its markers" : "its names");
    }
    return NULL;
}

/* Other tools have the markers of native files, too.  What only one of them has decides.
 * Otherwise the folder is read in the stricter way, and if that refuses it, the message names
 * the other one. */
static const struct dialect *decide_native(struct identification *id) {
    const struct evidence *const evidence[] = {&id->own, &id->not_own};
    static const char *const own_files[] = {LOCK_FILE, CONF_FILE};
    const char *const names[] = {"native", "up-down"};
    if (id->own.files > 0) /* then certainly */
        id->not_own.files = 0;
    if (!id->has_long_marker) {
        /* If migc would take less than half of the files by their names, the names are another
         * tool's. */
        struct evidence others = {0};
        size_t taken = 0;
        for (size_t i = 0; i < id->folder->items.count; i++) {
            const struct found_file *item = &id->folder->items.of[i];
            struct name_parts parts;
            if (!item->is_file || find_family(item->path) != FAMILY_NUMBER)
                continue;
            if (find_form(&parts, &dialects[0], item->path))
                taken++;
            else if (find_form(&parts, named("up-down"), item->path))
                add_evidence(&others, item, 0, 0);
        }
        if (taken < others.files)
            id->not_own = others;
    }
    if (id->not_own.files > 0 && id->own.files > 0)
        return refuse_doubtful_folder(id, evidence, names, COUNT_OF(names));
    if (id->not_own.files > 0 && !id->has_long_marker)
        return named("up-down");
    bool has_own_file = false;
    struct stat state;
    for (size_t i = 0; i < COUNT_OF(own_files); i++)
        has_own_file |= fstatat(id->folder->fd, own_files[i], &state, 0) == 0;
    if (id->own.files == 0 && !has_own_file)
        id->folder->other = named(id->has_long_marker ? "visionflow" : "up-down");
    return &dialects[0];
}

/* "-- 2 down": one file has all versions, and no folder of files is what its tool reads. */
static bool has_version_of_mojolicious(const char *text, size_t size) {
    const char *end = text + size;
    for (text += 2; text < end && is_blank(*text);)
        text++;
    const char *digits = text;
    while (text < end && is_digit(*text))
        text++;
    bool has_number = text > digits && text < end && is_blank(*text);
    while (text < end && is_blank(*text))
        text++;
    size_t word = 0;
    while (text + word < end && is_letter(text[word]))
        word++;
    return has_number && (same_word(text, word, "up") || same_word(text, word, "down"));
}

/* As plain files, what is below it would run as UP. */
static const struct dialect *refuse_unknown_marker(const struct identification *id,
                                                   const struct dialect *dialect) {
    const struct evidence *unknown = &id->unknown;
    struct source *source = arena_take(id->arena, sizeof(*source));
    *source = (struct source){
        .path = arena_format(id->arena, "%s/%s", id->folder->path, unknown->first.path),
        .text = unknown->first.text,
        .size = unknown->first.size};
    struct location location =
        location_at(source, unknown->first.text + unknown->offset, unknown->size);
    if (is_of_liquibase(unknown->first.text + unknown->offset, unknown->size))
        report_error(id->diagnostics, location,
                     "is Liquibase's, whose changesets migc does not read: give each a file of its "
                     "own, as " FILE_NAME_FORM
                     ", with '-- up', and with '-- down' above what follows '--rollback'");
    else if (has_version_of_mojolicious(unknown->first.text + unknown->offset, unknown->size))
        report_error(
            id->diagnostics, location,
            "one file has all versions, as Mojolicious keeps them: give each a file of its "
            "own, as " FILE_NAME_FORM ", with '-- up' and '-- down' in place of its number");
    else if (dialect->marks)
        report_error(id->diagnostics, location,
                     "is no marker of %s, which runs what is below it as UP: write it as one (%s), "
                     "or say '--dialect %s' where it is a mere comment",
                     dialect->name, dialect->markers, dialect->name);
    else
        report_error(id->diagnostics, location,
                     "seems to be a marker of a tool that migc does not know ('migc dialects' "
                     "lists them): '--dialect %s' runs all of each file as UP; else %s",
                     dialect->name,
                     dialect->layout == LAYOUT_FILES
                         ? "write '-- up' and '-- down'"
                         : "give what is below it a file of its own, as 001_a.down.sql");
    return NULL;
}

/* Only "v1.sql", "v2.sql" and such that go "down": nobody knows what a number after another word
 * means, or when a file without a number runs. */
static const struct dialect *decide_by_prefix(const struct identification *id) {
    struct name_parts one = {0}, parts;
    const struct found_file *first = NULL, *odd = NULL;
    for (size_t i = 0; i < id->folder->items.count && !odd; i++) {
        const struct found_file *item = &id->folder->items.of[i];
        if (!item->is_file || strchr(item->path, '/') || !fits_form(&parts, "*.sql", item->path))
            continue;
        bool has_number = fits_form(&parts, "@#~.sql", item->path);
        struct name_piece prefix = parts.prefix;
        if (has_number && read_direction(&prefix) < 0)
            continue;
        if (has_number && !first) {
            one = parts;
            first = item;
        } else if (!has_number ||
                   !same_word(parts.prefix.text, parts.prefix.size,
                              arena_copy(id->arena, one.prefix.text, one.prefix.size))) {
            odd = item;
        }
    }
    if (!odd)
        return named("prefixed");
    report_error(id->diagnostics, location_of_path(id->folder, id->arena, odd->path),
                 "nothing says when this runs, for the other files are numbered as %s is: give it "
                 "a name and a number like theirs, or leave it out with '--dialect prefixed'",
                 id->families[FAMILY_PREFIX].first.path);
    return NULL;
}

/* Files in folders with versions have no markers: what follows one would run as UP. */
static const struct dialect *decide_by_releases(struct identification *id) {
    const struct dialect *releases = named("releases");
    for (size_t i = 0; i < id->folder->items.count; i++) {
        struct found_file *item = &id->folder->items.of[i];
        if (!item->is_file || find_family(item->path) != FAMILY_RELEASE)
            continue;
        if (!load_file(item, id->folder, id->arena, id->diagnostics))
            return NULL;
        look_into(id, item);
    }
    for (size_t i = 0; i < dialect_count; i++) {
        const struct evidence *marked = &id->dialects[i];
        if (marked->files == 0)
            continue;
        const struct found_file *first = &marked->first;
        struct source *source = arena_take(id->arena, sizeof(*source));
        *source =
            (struct source){.path = arena_format(id->arena, "%s/%s", id->folder->path, first->path),
                            .text = first->text,
                            .size = first->size};
        report_error(id->diagnostics,
                     location_at(source, first->text + marked->offset, marked->size),
                     "is a marker of %s files, which are in no folders with versions: name the "
                     "folder that they are in, or say '--dialect releases', which runs all of each "
                     "file as UP",
                     dialects[i].name);
        return NULL;
    }
    if (id->unknown.files > 0)
        return refuse_unknown_marker(id, releases);
    return id->has_near_marker ? &dialects[0] : releases;
}

/* Numbered files, or any: their markers decide. */
static const struct dialect *decide_by_markers(struct identification *id) {
    const struct evidence *evidence[DIALECT_LIMIT];
    const char *names[DIALECT_LIMIT];
    size_t count = 0, found = 0;
    for (size_t i = 0; i < id->folder->items.count; i++) {
        struct found_file *item = &id->folder->items.of[i];
        enum family family = item->is_file ? find_family(item->path) : FAMILY_COUNT;
        if (family != FAMILY_NUMBER &&
            ((family != FAMILY_OTHER && family != FAMILY_PREFIX) || strchr(item->path, '/')))
            continue;
        if (!load_file(item, id->folder, id->arena, id->diagnostics))
            return NULL;
        look_into(id, item);
    }
    for (size_t i = 0; i < dialect_count; i++) {
        if (id->dialects[i].files == 0)
            continue;
        found = i;
        evidence[count] = &id->dialects[i];
        names[count++] = dialects[i].name;
    }
    if (count > 1)
        return refuse_doubtful_folder(id, evidence, names, count);
    const struct dialect *of_markers = count == 0   ? NULL
                                       : found == 0 ? decide_native(id)
                                                    : &dialects[found];
    bool may_lack_markers = !of_markers || (of_markers->flags & (DIALECT_BARE | DIALECT_BEGINS_UP));
    if (count == 1 && !of_markers)
        return NULL;
    if (id->unknown.files > 0 && may_lack_markers)
        return refuse_unknown_marker(id, of_markers ? of_markers : named("plain"));
    if (of_markers)
        return of_markers;
    if (!id->has_text || id->has_near_marker)
        return &dialects[0];
    if (id->families[FAMILY_NUMBER].files > 0)
        return named("plain");
    return id->families[FAMILY_PREFIX].files > 0 ? decide_by_prefix(id) : &dialects[0];
}

/* Only refinery has U files without a V of their version, which are migrations, and V files in
 * Rust. */
static const struct dialect *decide_by_versions(const struct identification *id) {
    struct folder *folder = id->folder;
    if (!list_deeper(folder, id->arena, id->diagnostics))
        return NULL;
    for (size_t i = 0; i < folder->items.count; i++) {
        const char *path = base_of_path(folder->items.of[i].path);
        struct name_parts parts, other;
        bool has_version = false;
        if (fits_form(&parts, "V#__*.rs", path))
            return named("refinery");
        if (!fits_form(&parts, "U#__*.sql", path))
            continue;
        for (size_t j = 0; j < folder->items.count && !has_version; j++)
            has_version = fits_form(&other, "V#__*.sql", base_of_path(folder->items.of[j].path)) &&
                          other.version.size == parts.version.size &&
                          memcmp(other.version.text, parts.version.text, parts.version.size) == 0;
        if (!has_version)
            return named("refinery");
    }
    return named("flyway");
}

/* Versions of diesel are times and end with '_'; those of rusqlite_migration count from 1. */
static const struct dialect *decide_by_folders(const struct identification *id) {
    bool is_diesel = true;
    for (size_t i = 0; i < id->folder->items.count; i++) {
        struct name_parts parts;
        int64_t number;
        if (fits_form(&parts, "#-*/up.sql", id->folder->items.of[i].path) &&
            read_number(parts.version.text, parts.version.size, &number) && number == 1)
            return named("rusqlite");
        enum family family = find_family(id->folder->items.of[i].path);
        is_diesel = is_diesel && family != FAMILY_FOLDER &&
                    (family != FAMILY_DIESEL ||
                     fits_form(&parts, "^_*/up.sql", id->folder->items.of[i].path));
    }
    return named(is_diesel ? "diesel" : "folders");
}

static const struct dialect *decide_by_pairs(struct identification *id) {
    for (size_t i = 0; i < id->folder->items.count; i++) {
        struct found_file *item = &id->folder->items.of[i];
        if (!item->is_file || find_family(item->path) != FAMILY_PAIR)
            continue;
        if (!load_file(item, id->folder, id->arena, id->diagnostics))
            return NULL;
        if (begins_without_transaction(item->text, item->size))
            return named("sqlx");
    }
    return named("golang-migrate");
}

/* Whether there is "3_a.down.sql" beside "3_a.sql", or no "3_a.up.sql" at all. */
static bool are_twins(const struct identification *id) {
    struct name_parts parts;
    bool has_up = false, has_twin = false;
    if (id->families[FAMILY_NUMBER].files == 0)
        return false;
    for (size_t i = 0; i < id->folder->items.count && !has_twin; i++) {
        const char *path = id->folder->items.of[i].path;
        has_up |= fits_form(&parts, "#~.up.sql", path);
        has_twin = fits_form(&parts, "#~.down.sql", path) &&
                   look_up_file(id->folder, arena_format(id->arena, "%.*s.sql",
                                                         (int)parts.stem.size, parts.stem.text));
    }
    return has_twin || !has_up;
}

/* The dialect in which the line marks a DOWN, or NULL. */
static const struct dialect *marks_down(const char *line, size_t size) {
    for (size_t i = 0; i < dialect_count && size > 2 && line[0] == '-' && line[1] == '-'; i++)
        if (dialects[i].marks && !(dialects[i].flags & DIALECT_BARE) &&
            read_mark(&dialects[i], line, size).mark == MARK_DOWN)
            return &dialects[i];
    return NULL;
}

/* Whether a file that is UP by its name has a marker of DOWN, which is reported: both must not
 * run. */
static bool refuses_marked_ups(struct identification *id, const struct dialect *dialect,
                               enum family family) {
    for (size_t i = 0; i < id->folder->items.count; i++) {
        struct found_file *item = &id->folder->items.of[i];
        struct name_parts parts;
        if (!item->is_file || find_family(item->path) != family ||
            fits_form(&parts, "*.down.sql", item->path))
            continue;
        if (!load_file(item, id->folder, id->arena, id->diagnostics))
            return true;
        for (const char *at = item->text, *end = at + item->size; at < end;) {
            const char *stop = memchr(at, '\n', (size_t)(end - at));
            stop = stop ? stop : end;
            while (at < stop && is_blank(*at))
                at++;
            const struct dialect *marked = marks_down(at, (size_t)(stop - at));
            if (marked) {
                struct source *source = arena_take(id->arena, sizeof(*source));
                *source = (struct source){
                    .path = arena_format(id->arena, "%s/%s", id->folder->path, item->path),
                    .text = item->text,
                    .size = item->size};
                report_error(id->diagnostics, location_at(source, at, (size_t)(stop - at)),
                             "marks a DOWN for %s, but all of the file is UP by its name: give "
                             "what is below it a file of its own, or say '--dialect %s' where all "
                             "of it is UP",
                             marked->name, dialect->name);
                return true;
            }
            at = stop + (stop < end);
        }
    }
    return false;
}

/* Whether another layout has more evidence than the words "up", "deploy" and a number: files with
 * markers are certainly migrations, and then such folders beside them are not. */
static bool has_strict_layout(const struct identification *id) {
    for (unsigned i = 0; i < FAMILY_NUMBER; i++)
        if (id->families[i].files > 0 && i != FAMILY_FOLDER && i != FAMILY_DIRECTION &&
            i != FAMILY_SQLDELIGHT)
            return true;
    return false;
}

static const struct dialect *decide_by_names(struct identification *id) {
    const struct evidence *evidence[FAMILY_COUNT];
    const char *names[FAMILY_COUNT];
    size_t count = 0, family = FAMILY_COUNT;
    for (unsigned i = 0; i < FAMILY_PREFIX; i++) {
        if (id->families[i].files == 0 || (i == FAMILY_PAIR && are_twins(id)))
            continue;
        evidence[count] = &id->families[i];
        names[count++] = i == FAMILY_DIESEL ? decide_by_folders(id)->name : families[i].dialect;
        family = i;
    }
    if (count > 1 && family == FAMILY_NUMBER) { /* the last of them; the others would misread it */
        const struct dialect *of_files = decide_by_markers(id);
        bool is_marked = of_files && (of_files->marks || (of_files->flags & DIALECT_OWN_MARKERS));
        if (!of_files || (is_marked && !has_strict_layout(id)))
            return of_files;
        names[count - 1] = of_files->name;
    }
    if (count > 1)
        return refuse_doubtful_folder(id, evidence, names, count);
    if (count == 0 && id->families[FAMILY_RELEASE].files > 0 &&
        id->families[FAMILY_PREFIX].files == 0)
        return decide_by_releases(id);
    switch (family) {
    case FAMILY_DIESEL:
    case FAMILY_FOLDER:
        return decide_by_folders(id);
    case FAMILY_PAIR:
        return decide_by_pairs(id);
    case FAMILY_VERSION:
        return decide_by_versions(id);
    case FAMILY_NUMBER:
    case FAMILY_COUNT:
        return decide_by_markers(id);
    default:
        return named(families[family].dialect);
    }
}

const struct dialect *identify_dialect(struct folder *folder, struct arena *arena,
                                       struct diagnostics *diagnostics) {
    struct identification id = {.folder = folder, .arena = arena, .diagnostics = diagnostics};
    bool is_alone = true;
    if (look_up_file(folder, "sqitch.plan"))
        return named("sqitch");
    if (look_up_file(folder, "meta/_journal.json"))
        return named("drizzle");
    id.dialects = arena_take(arena, dialect_count * sizeof(*id.dialects));
    memset(id.dialects, 0, dialect_count * sizeof(*id.dialects));
    for (size_t i = 0; i < folder->items.count; i++) {
        const struct found_file *item = &folder->items.of[i];
        enum family family = item->is_file ? find_family(item->path) : FAMILY_COUNT;
        if (family < FAMILY_COUNT)
            add_evidence(&id.families[family], item, 0, 0);
    }
    /* Flyway's files may be in folders, and folders may have the versions.  These count if there is
     * nothing else. */
    for (unsigned i = 0; i < FAMILY_PREFIX; i++)
        is_alone &= id.families[i].files == 0;
    for (size_t i = 0; is_alone && i < folder->items.count; i++) {
        const struct found_file *item = &folder->items.of[i];
        if (item->is_file && find_family(base_of_path(item->path)) == FAMILY_VERSION)
            add_evidence(&id.families[FAMILY_VERSION], item, 0, 0);
    }
    if (is_alone && id.families[FAMILY_VERSION].files > 0)
        id.families[FAMILY_RELEASE].files = 0;
    const struct dialect *dialect = decide_by_names(&id);
    for (unsigned i = FAMILY_DIESEL; i < FAMILY_VERSION && dialect; i++)
        if (id.families[i].files > 0 && dialect != &dialects[0] && !dialect->marks &&
            refuses_marked_ups(&id, dialect, (enum family)i))
            return NULL;
    return dialect;
}

void name_other_dialect(const struct folder *folder, size_t report, struct arena *arena,
                        struct diagnostics *diagnostics) {
    if (folder->other && report != SIZE_MAX)
        report_note_to(diagnostics, report, location_of_folder(folder, arena),
                       "is read as native, for its markers are migc's own, too; where another tool "
                       "runs it, '--dialect %s' reads it as that one does",
                       folder->other->name);
}
