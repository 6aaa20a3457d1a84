/*
 * name_form.c - matches the name of a file with the forms of a dialect, and finds its
 * parts.
 *
 * Each character of a form takes what it can from the name.  A '*' takes as much as
 * possible so that the rest still matches: the name of "001_a.b.sql" is "a.b".
 */
#include "dialect.h"

#include <assert.h>
#include <string.h>

/* What may come before ".up.sql" in a folder for several databases. */
static const char *const own_drivers[] = {".sqlite3", ".sqlite"};
static const char *const other_drivers[] = {".mysql",      ".mariadb",   ".postgres",
                                            ".postgresql", ".cockroach", ".pg",
                                            ".pglite",     ".mssql",     ".sqlserver"};

static bool is_version_character(char kind, char c) {
    switch (kind) {
    case '#':
    case '$':
        return is_digit(c);
    case '%':
        return is_digit(c) || c == '.' || c == '_';
    default:
        return is_letter(c) || is_digit(c) || c == '-';
    }
}

/* Names become parts of C and of messages, so they have nothing that is quoted or invisible
 * there. */
static bool may_be_named(char c) {
    return (unsigned char)c >= 0x20 && c != 0x7F && c != '/' && c != '"' && c != '\\' && c != '?' &&
           c != '*';
}

bool may_be_path(const char *path) {
    while (*path == '/' || may_be_named(*path))
        path++;
    return *path == '\0';
}

static bool match_rest_of_form(struct name_parts *parts, const char *form, const char *name);

/* Whether one or two digits are there, of a number from `first` to `last`; *size is their count. */
static bool match_number(const char *text, size_t *size, int first, int last) {
    *size = !is_digit(text[0]) ? 0 : is_digit(text[1]) ? 2 : 1;
    int number = *size == 0   ? -1
                 : *size == 1 ? text[0] - '0'
                              : (text[0] - '0') * 10 + (text[1] - '0');
    return number >= first && number <= last;
}

/* The size of "T16-52-04", "T1652", "_165204": the time after a date; 0: there is none. */
static size_t match_time(const char *text) {
    bool is_marked = text[0] == 'T';
    size_t at = 3, digits, parts = 1;
    if ((!is_marked && text[0] != '_' && text[0] != '-') ||
        !match_number(text + 1, &digits, 0, 23) || digits != 2)
        return 0;
    char separator = is_marked && text[at] && strchr("-._", text[at]) ? text[at] : '\0';
    for (size_t gap = separator != '\0'; parts < 3 && (!gap || text[at] == separator); parts++) {
        if (!match_number(text + at + gap, &digits, 0, 59) || digits != 2)
            break;
        at += gap + 2;
    }
    return is_digit(text[at]) || parts < (is_marked ? 2 : 3) ? 0 : at;
}

/* "2024-01-31", "2024_1_31", "2024.01.31T16.52.04", "20240131T1652"; "0001-10-20_x" has the
 * number 1, and "20240131" is one. */
static size_t match_whole_date(const char *name) {
    size_t size = strspn(name, "0123456789"), month, day, time;
    if (strncmp(name, "19", 2) != 0 && strncmp(name, "20", 2) != 0)
        return 0;
    size_t gap = size == 4 ? 1 : 0;
    if ((gap ? !name[4] || !strchr("-._", name[4]) : size != 8) ||
        !match_number(name + 4 + gap, &month, 1, 12) || (gap && name[5 + month] != name[4]) ||
        !match_number(name + 4 + gap + month + gap, &day, 1, 31))
        return 0;
    size = 4 + gap + month + gap + day;
    time = match_time(name + size);
    if (is_digit(name[size]) || (!gap && (!time || name[size] != 'T')) ||
        (!time && day == 1 && is_letter(name[size])))
        return 0;
    return size + time;
}

/* "2024-01-31-16-52-04" of "2024_1_31T165204". */
char *spell_date(struct arena *arena, struct name_piece date) {
    char *spelled = arena_take(arena, DATE_SIZE);
    const char *end = date.text + date.size;
    size_t at = 0, digits;
    for (const char *text = date.text; text < end; text += digits) {
        digits = !is_digit(*text) ? 1 : at == 0 ? 4 : 1 + (text + 1 < end && is_digit(text[1]));
        if (!is_digit(*text))
            continue;
        assert(at + 3 < DATE_SIZE);
        if (at > 0)
            spelled[at++] = '-';
        if (digits == 1)
            spelled[at++] = '0';
        memcpy(spelled + at, text, digits);
        at += digits;
    }
    spelled[at] = '\0';
    return spelled;
}

/* "v" of "v1", "schema_v" of "schema_v2", "migration" of "migration_001". */
static bool match_prefix(struct name_parts *parts, const char *form, const char *name) {
    static const char separators[] = "_-. ";
    size_t size = 0, length;
    while (is_letter(name[size]) || (size > 0 && name[size] && strchr(separators, name[size])))
        size++;
    for (length = size; length > 0 && strchr(separators, name[length - 1]);)
        length--;
    if (length == 0)
        return false;
    parts->prefix = (struct name_piece){name, length};
    return match_rest_of_form(parts, form + 1, name + size);
}

/* "V1.2__a": the '_' that separates belongs to the form, not to the version. */
static bool match_version(struct name_parts *parts, const char *form, const char *name) {
    size_t size = 0;
    while (is_version_character(*form, name[size]))
        size++;
    if (*form == '%' && !is_digit(name[0]))
        return false;
    for (; size > 0; size--) {
        bool cuts_a_number = (*form == '#' || *form == '$') && is_digit(name[size]);
        bool ends_open = *form == '%' && !is_digit(name[size - 1]);
        if (!cuts_a_number && !ends_open && match_rest_of_form(parts, form + 1, name + size)) {
            parts->within = parts->version;
            parts->version = (struct name_piece){name, size};
            return true;
        }
    }
    return false;
}

static bool match_date_or_number(struct name_parts *parts, const char *form, const char *name) {
    size_t size = match_whole_date(name);
    if (size == 0 || !match_rest_of_form(parts, form + 1, name + size))
        return match_version(parts, form, name);
    parts->version = (struct name_piece){name, size};
    return true;
}

static bool match_name(struct name_parts *parts, const char *form, const char *name) {
    size_t size = 0, least = *form == '*' ? 1 : 0;
    while (may_be_named(name[size]))
        size++;
    for (size_t at = size + 1; at-- > least;) {
        if (match_rest_of_form(parts, form + 1, name + at)) {
            if (!parts->name.text) /* of the file, not of its folder */
                parts->name = (struct name_piece){name, at};
            return true;
        }
    }
    return false;
}

static bool match_rest_of_form(struct name_parts *parts, const char *form, const char *name) {
    for (; *form; form++, name++) {
        if (*form == '#' || *form == '%' || *form == '^')
            return match_version(parts, form, name);
        if (*form == '$')
            return match_date_or_number(parts, form, name);
        if (*form == '@')
            return match_prefix(parts, form, name);
        if (*form == '*' || *form == '~')
            return match_name(parts, form, name);
        if (*form != *name)
            return false;
    }
    return *name == '\0';
}

/* The name of the folder that has the version, or of the file up to the end of its name part; if
 * each has a part of the version, both. */
static struct name_piece find_stem_of_name(const struct name_parts *parts, const char *name) {
    const char *slash = strchr(name, '/'), *dot = strrchr(name, '.');
    if (slash && parts->version.text > slash) {
        name = slash + 1;
        slash = NULL;
    }
    bool is_of_folder =
        slash && !parts->within.text && (!parts->name.text || parts->name.text < slash);
    if (is_of_folder)
        return (struct name_piece){name, (size_t)(slash - name)};
    if (parts->name.text)
        return (struct name_piece){name, (size_t)(parts->name.text - name) + parts->name.size};
    return (struct name_piece){name, dot ? (size_t)(dot - name) : strlen(name)};
}

/* Most names are ruled out by their ends, where characters that stand for themselves must match. */
static bool ends_alike(const char *form, const char *name) {
    const char *form_end = form + strlen(form), *name_end = name + strlen(name);
    while (form_end > form && !strchr("#%^$@*~", form_end[-1])) {
        if (name_end == name || name_end[-1] != form_end[-1])
            return false;
        form_end--;
        name_end--;
    }
    return true;
}

bool fits_form(struct name_parts *parts, const char *form, const char *name) {
    *parts = (struct name_parts){0};
    if (!ends_alike(form, name) || !match_rest_of_form(parts, form, name))
        return false;
    parts->stem = find_stem_of_name(parts, name);
    return true;
}

static bool piece_ends_with(const struct name_piece *piece, const char *end) {
    size_t size = strlen(end);
    return piece->size >= size && memcmp(piece->text + piece->size - size, end, size) == 0;
}

/* "001_a.sqlite3" is "001_a" for SQLite. */
static void cut_driver(struct name_parts *parts) {
    static const char autocommit[] = ".autocommit";
    if (piece_ends_with(&parts->stem, autocommit)) {
        parts->stem.size -= sizeof(autocommit) - 1;
        parts->name.size -= sizeof(autocommit) - 1;
    }
    for (size_t i = 0; i < COUNT_OF(own_drivers); i++) {
        if (piece_ends_with(&parts->stem, own_drivers[i])) {
            parts->stem.size -= strlen(own_drivers[i]);
            parts->name.size -= strlen(own_drivers[i]);
            parts->has_driver = true;
            return;
        }
    }
}

static const char *find_other_driver(const struct name_parts *parts) {
    for (size_t i = 0; i < COUNT_OF(other_drivers); i++)
        if (piece_ends_with(&parts->stem, other_drivers[i]))
            return other_drivers[i] + 1;
    return NULL;
}

bool is_for_another_database(const struct name_piece *name, const struct name_piece *own) {
    for (size_t i = 0; i < COUNT_OF(own_drivers); i++) {
        size_t cut = strlen(own_drivers[i] + 1), size = own->size - cut;
        if (!piece_ends_with(own, own_drivers[i] + 1) || size == 0 || own->text[size - 1] != '_')
            continue;
        for (size_t j = 0; j < COUNT_OF(other_drivers); j++)
            if (piece_ends_with(name, other_drivers[j] + 1) &&
                name->size == size + strlen(other_drivers[j] + 1) &&
                memcmp(name->text, own->text, size) == 0)
                return true;
    }
    return false;
}

/* Whether the word is all of a name, its end after '.', '_' or '-', or its beginning before '.'. */
static bool cut_word(struct name_piece *name, const char *word) {
    size_t size = strlen(word);
    if (name->size < size)
        return false;
    const char *end = name->text + name->size - size;
    if (same_word(end, size, word) && (end == name->text || strchr("._-", end[-1]))) {
        name->size -= size + (end > name->text);
        return true;
    }
    if (name->size == size || !same_word(name->text, size, word) || name->text[size] != '.')
        return false;
    name->text += size + 1;
    name->size -= size + 1;
    return true;
}

int read_direction(struct name_piece *name) {
    static const char *const words[] = {"down",    "downgrade", "rollback", "undo",
                                        "revert",  "backward",  "up",       "upgrade",
                                        "forward", "do",        "deploy"};
    enum { UPS = 6 };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (cut_word(name, words[i]))
            return i < UPS ? -1 : 1;
    return 0;
}

char *copy_stem(struct arena *arena, const char *text, size_t size) {
    char *copy = arena_copy(arena, text, size);
    for (char *at = copy; *at; at++)
        if (!is_word(*at) && *at != '-' && *at != '.' && *at != '@')
            *at = '_';
    return copy;
}

const char *base_of_path(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* For what migc writes: letters and digits, so a name needs no quotes anywhere. */
static bool is_native_name(const struct name_parts *parts, const char *name) {
    for (; *name; name++)
        if (!is_word(*name) && *name != '.' && *name != '-')
            return false;
    return parts->version.size <= VERSION_DIGITS;
}

const struct name_form *find_form(struct name_parts *parts, const struct dialect *dialect,
                                  const char *name) {
    for (const struct name_form *row = dialect->forms; row->form; row++) {
        if (!fits_form(parts, row->form, name))
            continue;
        if (is_native(dialect) && !is_native_name(parts, name))
            return NULL;
        if (dialect->flags & DIALECT_DRIVERS) {
            cut_driver(parts);
            if (find_other_driver(parts))
                return NULL;
        }
        return row;
    }
    return NULL;
}

static const char *explain_native_name(const char *name) {
    size_t size = strlen(name), digits = 0;
    while (is_digit(name[digits]))
        digits++;
    if (size < 4 || strcmp(name + size - 4, ".sql") != 0)
        return "its name does not end in .sql";
    if (strncmp(name, REPEATABLE_PREFIX, 2) != 0 &&
        (digits == 0 || name[digits] != '_' || digits + 1 >= size - 4))
        return "its name is not a number, '_' and a name, as in " FILE_NAME_FORM;
    if (digits > VERSION_DIGITS)
        return "its number has more than 18 digits";
    return "its name has characters other than letters, digits, '_', '-' and '.'";
}

const char *explain_name(const struct dialect *dialect, const char *name, struct arena *arena) {
    struct name_parts parts;
    if (is_native(dialect))
        return explain_native_name(name);
    for (const struct name_form *row = dialect->forms; row->form; row++) {
        const char *driver =
            fits_form(&parts, row->form, name) && (dialect->flags & DIALECT_DRIVERS)
                ? find_other_driver(&parts)
                : NULL;
        if (driver)
            return arena_format(arena, "it is for %s", driver);
    }
    return arena_format(arena, "%s has files named %s", dialect->name, dialect->files);
}
