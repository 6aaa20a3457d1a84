/*
 * conf.c - what a set says of the program it is for: which SQLite that runs
 * with at least, and which functions, collations, modules and extensions it
 * has.  From migc.conf in the folder, one "Key: value" a line, and from
 * options of the same meaning.
 *
 * Whether the proof gets along with these is for prove.
 */
#include "read.h"

#include <string.h>

enum {
    SQLITE_OLDEST = 3038000, /* that libmigc runs with */
    MOST_ARGUMENTS = 127     /* SQLite's own limit */
};

static const char *const provision_keys[PROVISION_COUNT] = {
#define PROVISION_KEY(id, key) key,
    PROVISIONS(PROVISION_KEY)
#undef PROVISION_KEY
};

static const char sqlite_key[] = "Sqlite", order_key[] = "Out-Of-Order", dialect_key[] = "Dialect";

/* What the program does with a pending migration that sorts before an applied one. */
static const char *const orders[] = {"linear", "allow", "skip"};
#define ORDERS "'linear', 'allow' and 'skip'"

/* "Key: value": the line taken apart. */
struct setting {
    struct location key, value;
};

struct reader {
    struct conf *conf;
    const struct folder *folder;
    struct arena *arena;
    struct diagnostics *diagnostics;
};

static const char *text_of_conf(const struct location *location) {
    return location->source->text + location->offset;
}

static bool is_conf_key(const struct location *location, const char *key) {
    return same_word(text_of_conf(location), location->size, key);
}

const char *read_provision(struct provision *provision, enum provision_kind kind, const char *text,
                           size_t size, struct arena *arena) {
    *provision = (struct provision){.kind = kind};
    if (size == 0)
        return "needs a value";
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return "has a control character in it";
    if (kind == PROVISION_FUNCTION) { /* "slug/2"; -1 and an asterisk stand for any number */
        size_t slash = size;
        while (slash > 0 && text[slash - 1] != '/')
            slash--;
        if (slash < 2)
            return "needs a name and its number of arguments, as in slug/1 (slug/*: any number)";
        const char *count = text + slash;
        size_t count_size = size - slash;
        int64_t arguments = -1;
        bool any = same_text(count, count_size, "*") || same_text(count, count_size, "-1");
        if (!any && (!read_number(count, count_size, &arguments) || arguments > MOST_ARGUMENTS))
            return "needs a number of arguments from 0 to 127 behind the '/', or '*' for any "
                   "number";
        provision->arguments = (int)arguments;
        size = slash - 1;
    }
    provision->name = arena_copy(arena, text, size);
    return NULL;
}

void add_provision(struct provisions *provisions, struct arena *arena,
                   const struct provision *provision) {
    if (provisions->count == provisions->capacity) {
        size_t capacity = provisions->capacity ? 2 * provisions->capacity : 8;
        struct provision *items = arena_take(arena, capacity * sizeof(*items));
        if (provisions->count > 0)
            memcpy(items, provisions->items, provisions->count * sizeof(*items));
        provisions->items = items;
        provisions->capacity = capacity;
    }
    provisions->items[provisions->count++] = *provision;
}

/* "3.38" or "3.38.5" as 3038000 or 3038005; 0: neither. */
static int read_sqlite_version(const char *text, size_t size) {
    static const int weights[] = {1000000, 1000, 1};
    const char *end = text + size;
    size_t parts = 0;
    int version = 0;
    for (; text < end && parts < COUNT_OF(weights); parts++) {
        int64_t part;
        const char *dot = memchr(text, '.', (size_t)(end - text));
        const char *stop = dot ? dot : end;
        if (!read_number(text, (size_t)(stop - text), &part) || part > 999 || dot == end - 1)
            return 0;
        version += (int)part * weights[parts];
        text = dot ? dot + 1 : end;
    }
    return text == end && parts >= 2 ? version : 0;
}

static void set_sqlite(const struct reader *reader, const struct setting *setting) {
    struct conf *conf = reader->conf;
    int version = read_sqlite_version(text_of_conf(&setting->value), setting->value.size);
    if (conf->sqlite_location.source) {
        report_error(reader->diagnostics, setting->key, "%s: is given twice", sqlite_key);
        report_note(reader->diagnostics, conf->sqlite_location, "the first one is here");
        return;
    }
    conf->sqlite_location = setting->value;
    conf->sqlite = version;
    if (version / 1000000 != 3) {
        report_error(reader->diagnostics, setting->value,
                     "%s: needs a version of SQLite, such as 3.38", sqlite_key);
    } else if (version < SQLITE_OLDEST) {
        report_error(reader->diagnostics, setting->value,
                     "%s: libmigc itself needs SQLite 3.38 or newer", sqlite_key);
    }
}

const char *find_order(const char *text, size_t size) {
    for (size_t i = 0; i < COUNT_OF(orders); i++)
        if (same_word(text, size, orders[i]))
            return orders[i];
    return NULL;
}

bool allows_any_order(const struct conf *conf) {
    return conf && conf->order && strcmp(conf->order, orders[0]) != 0;
}

/* An option stands above the file. */
static void set_conf_order(const struct reader *reader, const struct setting *setting) {
    struct conf *conf = reader->conf;
    const char *order = find_order(text_of_conf(&setting->value), setting->value.size);
    if (conf->order_location.source) {
        report_error(reader->diagnostics, setting->key, "%s: is given twice", order_key);
        report_note(reader->diagnostics, conf->order_location, "the first one is here");
        return;
    }
    conf->order_location = setting->value;
    if (!order)
        report_error(reader->diagnostics, setting->value, "%s: takes only the values " ORDERS,
                     order_key);
    else if (!conf->order)
        conf->order = order;
}

static void set_provision(const struct reader *reader, enum provision_kind kind,
                          const struct setting *setting) {
    struct provision provision;
    const char *problem = read_provision(&provision, kind, text_of_conf(&setting->value),
                                         setting->value.size, reader->arena);
    if (problem) {
        report_error(reader->diagnostics, setting->value, "%s: %s", provision_keys[kind], problem);
        return;
    }
    provision.location = setting->value;
    if (kind == PROVISION_EXTENSION && provision.name[0] != '/')
        provision.name = arena_format(reader->arena, "%s/%s", reader->folder->path, provision.name);
    add_provision(&reader->conf->provisions, reader->arena, &provision);
}

static void set_dialect(const struct reader *reader, const struct setting *setting) {
    struct conf *conf = reader->conf;
    const char *nearest,
        *name = arena_copy(reader->arena, text_of_conf(&setting->value), setting->value.size);
    const struct dialect *dialect = find_dialect(name, &nearest);
    if (!dialect)
        report_error(reader->diagnostics, setting->value,
                     "%s: there is no dialect '%s'%s; 'migc dialects' lists them", dialect_key,
                     name, did_you_mean(nearest, reader->arena));
    else if (!conf->dialect)
        conf->dialect = dialect;
}

bool add_define(struct conf *conf, struct arena *arena, const char *text, size_t size) {
    const char *equals = memchr(text, '=', size);
    if (!equals || equals == text)
        return false;
    struct define **last = &conf->defines;
    while (*last)
        last = &(*last)->next;
    *last = arena_take(arena, sizeof(**last));
    **last =
        (struct define){arena_copy(arena, text, (size_t)(equals - text)),
                        arena_copy(arena, equals + 1, size - (size_t)(equals + 1 - text)), NULL};
    return true;
}

const char *find_define(const struct conf *conf, const char *name, size_t size) {
    for (const struct define *define = conf ? conf->defines : NULL; define; define = define->next)
        if (same_text(name, size, define->name))
            return define->value;
    return NULL;
}

static void set_define(const struct reader *reader, const struct setting *setting) {
    if (!add_define(reader->conf, reader->arena, text_of_conf(&setting->value),
                    setting->value.size))
        report_error(reader->diagnostics, setting->value,
                     "Define: needs a name and a value, as in schema=main");
}

void add_external(struct conf *conf, struct arena *arena, const char *text, size_t size) {
    struct external *external = arena_take(arena, sizeof(*external));
    *external = (struct external){arena_copy(arena, text, size), conf->externals};
    conf->externals = external;
}

static void set_external(const struct reader *reader, const struct setting *setting) {
    add_external(reader->conf, reader->arena, text_of_conf(&setting->value), setting->value.size);
}

static void set_query(const struct reader *reader, const struct setting *setting) {
    const char *text = text_of_conf(&setting->value),
               *slash = memchr(text, '/', setting->value.size);
    size_t size = slash ? (size_t)(slash - text) : 0, end = setting->value.size;
    int64_t argument;
    static const char format[] = " format";
    bool is_format = end > sizeof(format) &&
                     same_word(text + end - sizeof(format) + 1, sizeof(format) - 1, format);
    end -= is_format ? sizeof(format) - 1 : 0;
    if (!slash || !is_identifier(text, size) ||
        !read_number(slash + 1, end - size - 1, &argument) || argument < 1) {
        report_error(
            reader->diagnostics, setting->value,
            "Query: needs a function and which argument is SQL, as in db_query/2 or, where "
            "that is a format like that of sqlite3_mprintf, db_queryf/2 format");
        return;
    }
    struct query_function *function = arena_take(reader->arena, sizeof(*function));
    *function = (struct query_function){arena_copy(reader->arena, text, size), (unsigned)argument,
                                        is_format, reader->conf->query_functions};
    reader->conf->query_functions = function;
}

static void set_query_setup(const struct reader *reader, const struct setting *setting) {
    struct query_setup **last = &reader->conf->query_setups;
    while (*last)
        last = &(*last)->next;
    *last = arena_take(reader->arena, sizeof(**last));
    **last = (struct query_setup){
        arena_copy(reader->arena, text_of_conf(&setting->value), setting->value.size),
        setting->value, NULL};
}

static void set_engine(const struct reader *reader, const struct setting *setting) {
    reader->conf->is_dqlite = is_conf_key(&setting->value, "dqlite");
    if (!reader->conf->is_dqlite && !is_conf_key(&setting->value, "sqlite"))
        report_error(reader->diagnostics, setting->value,
                     "Engine: takes only the values 'sqlite' and 'dqlite'");
}

/* Several patterns may stand in a line, with commas between them. */
static void set_ignore(const struct reader *reader, const struct setting *setting) {
    struct ignored **last = &reader->conf->ignored;
    const char *text = text_of_conf(&setting->value), *end = text + setting->value.size;
    while (*last)
        last = &(*last)->next;
    while (text < end) {
        size_t size = 0;
        while (text < end && (is_blank(*text) || *text == ','))
            text++;
        while (text + size < end && text[size] != ',' && !is_blank(text[size]))
            size++;
        if (size == 0)
            continue;
        *last = arena_take(reader->arena, sizeof(**last));
        **last = (struct ignored){arena_copy(reader->arena, text, size), NULL};
        last = &(*last)->next;
        text += size;
    }
}

/* The keys, but for those that say what the program provides. */
static const struct {
    const char *name;
    void (*set)(const struct reader *reader, const struct setting *setting);
} keys[] = {
    {sqlite_key, set_sqlite},         {order_key, set_conf_order}, {dialect_key, set_dialect},
    {"Define", set_define},           {"External", set_external},  {"Query", set_query},
    {"Query-Setup", set_query_setup}, {"Ignore", set_ignore},      {"Engine", set_engine},
};

#define ALL_KEYS                                                                                   \
    "Sqlite, Out-Of-Order, Function, Collation, Module, Extension, Dialect, Define, External, "    \
    "Query, "                                                                                      \
    "Query-Setup, Ignore and Engine"

static void report_conf_key(const struct reader *reader, const struct location *key) {
    struct nearest nearest = {text_of_conf(key), key->size, NULL, 0};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        consider_name(&nearest, keys[i].name);
    for (size_t i = 0; i < PROVISION_COUNT; i++)
        consider_name(&nearest, provision_keys[i]);
    if (nearest.name) {
        report_error(reader->diagnostics, *key, "there is no key '%.*s'; did you mean '%s'?",
                     (int)key->size, text_of_conf(key), nearest.name);
    } else {
        report_error(reader->diagnostics, *key, "there is no key '%.*s'; the keys are " ALL_KEYS,
                     (int)key->size, text_of_conf(key));
    }
}

static void read_conf_setting(const struct reader *reader, const struct location *line) {
    const char *text = text_of_conf(line), *end = text + line->size;
    const char *colon = memchr(text, ':', line->size), *key_end = colon, *value;
    if (!colon || colon == text) {
        report_error(reader->diagnostics, *line,
                     "not understood: expected 'Key: value', or '#' and a comment");
        return;
    }
    while (is_blank(key_end[-1]))
        key_end--;
    for (value = colon + 1; value < end && is_blank(*value);)
        value++;
    struct setting setting = {location_at(line->source, text, (size_t)(key_end - text)),
                              location_at(line->source, value, (size_t)(end - value))};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (is_conf_key(&setting.key, keys[i].name)) {
            keys[i].set(reader, &setting);
            return;
        }
    }
    unsigned kind = 0;
    while (kind < PROVISION_COUNT && !is_conf_key(&setting.key, provision_keys[kind]))
        kind++;
    if (kind < PROVISION_COUNT)
        set_provision(reader, (enum provision_kind)kind, &setting);
    else
        report_conf_key(reader, &setting.key);
}

bool read_conf(struct conf *conf, const struct folder *folder, struct arena *arena,
               struct diagnostics *diagnostics) {
    struct reader reader = {conf, folder, arena, diagnostics};
    struct location line = {0};
    conf->source = (struct source){.path = arena_format(arena, "%s/" CONF_FILE, folder->path)};
    if (!load_optional(&conf->source, arena, folder->fd, CONF_FILE, diagnostics))
        return false;
    if (conf->source.text && validate_source(&conf->source, diagnostics))
        while (next_line(&conf->source, &line))
            read_conf_setting(&reader, &line);
    return true;
}
