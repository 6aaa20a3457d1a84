/*
 * schema_again.c - reads a schema again after something changed it.  What has the same text in
 * sqlite_schema as before is taken from the earlier reading.
 *
 * A table has one mark together with its indexes and triggers: a sum of hashes.  If there are
 * virtual tables, before or now, all is read again, since only SQLite knows which tables are
 * their shadow tables.
 */
#include "schema.h"

#include <string.h>

/* An open table by the hash of the lower-case name; `name` 0 is free. */
typedef struct migci_marks {
    struct mark {
        uint64_t name, sum;
    } * items;
    size_t size, count;
    bool any_virtual;
} migci_marks;

typedef struct migci_again {
    migci_reader reader;
    migci_memory *frame; /* for what only this reading needs */
    const migci_schema *old;
    migci_marks *marks;
    size_t room;
} migci_again;

static uint64_t mix_mark(uint64_t hash, const unsigned char *bytes, size_t size) {
    uint64_t word;
    hash ^= size * UINT64_C(0xA0761D6478BD642F);
    for (; size >= sizeof(word); bytes += sizeof(word), size -= sizeof(word)) {
        memcpy(&word, bytes, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    for (word = 0; size > 0; size--)
        word = word << 8 | bytes[size - 1];
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 32;
}

static uint64_t hash_key(const unsigned char *name) {
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (; name && *name; name++) {
        unsigned char c = *name >= 'A' && *name <= 'Z' ? (unsigned char)(*name + 32) : *name;
        hash = (hash ^ c) * UINT64_C(0x100000001B3);
    }
    return hash ? hash : 1;
}

static struct mark *find_mark(const migci_marks *marks, uint64_t name) {
    size_t at = (size_t)name & (marks->size - 1);
    while (marks->items[at].name && marks->items[at].name != name)
        at = (at + 1) & (marks->size - 1);
    return &marks->items[at];
}

static sqlite3_stmt *prepare_entries(migci_reader *reader) {
    sqlite3_stmt *statement = NULL;
    if (reader->code == SQLITE_OK)
        reader->code = sqlite3_prepare_v2(reader->db,
                                          "SELECT type, name, tbl_name, sql FROM main.sqlite_schema"
                                          " WHERE sql IS NOT NULL",
                                          -1, &statement, NULL);
    return statement;
}

static void *take_frame(migci_again *again, size_t size) {
    void *taken = migci_allocate(again->frame, size);
    if (!taken && again->reader.code == SQLITE_OK)
        again->reader.code = SQLITE_NOMEM;
    return taken;
}

static bool grow_marks(migci_again *again, migci_marks *marks) {
    migci_marks larger = {.size = marks->size ? marks->size * 2 : 16, .count = marks->count};
    larger.items = take_frame(again, larger.size * sizeof(*larger.items));
    if (!larger.items)
        return false;
    for (size_t i = 0; i < marks->size; i++)
        if (marks->items[i].name)
            *find_mark(&larger, marks->items[i].name) = marks->items[i];
    larger.any_virtual = marks->any_virtual;
    *marks = larger;
    return true;
}

static void read_marks(migci_again *again, migci_marks *marks) {
    migci_reader *reader = &again->reader;
    sqlite3_stmt *row = prepare_entries(reader);
    while (migci_reader_step(reader, row)) {
        const char *sql = (const char *)sqlite3_column_text(row, 3);
        if (marks->count * 2 >= marks->size && !grow_marks(again, marks))
            break;
        uint64_t name = hash_key(sqlite3_column_text(row, 2));
        struct mark *mark = find_mark(marks, name);
        marks->count += mark->name == 0;
        mark->name = name;
        uint64_t hash = 1;
        for (int i = 0; i < 4; i++) {
            const unsigned char *text = sqlite3_column_text(row, i);
            hash = mix_mark(hash, text ? text : (const unsigned char *)"",
                            (size_t)sqlite3_column_bytes(row, i));
        }
        mark->sum += hash;
        marks->any_virtual |= sql && sqlite3_strnicmp(sql, "CREATE VIRTUAL", 14) == 0;
    }
    sqlite3_finalize(row);
}

static bool is_changed(const migci_marks *old, const migci_marks *now, uint64_t name) {
    const struct mark *was = find_mark(old, name), *is = find_mark(now, name);
    return was->name != is->name || was->sum != is->sum;
}

/* --------------------------------------------------------- what has to be read */

/* Most often it was listed last: an index stands behind its table. */
bool migci_schema_changed(const migci_schema *schema, const char *key) {
    for (size_t i = schema->changed_count; i-- > 0;)
        if (strcmp(schema->changed[i], key) == 0)
            return true;
    return false;
}

static void list_changed(migci_again *again, const char *name) {
    migci_schema *schema = again->reader.schema;
    const char *key = migci_reader_lower(&again->reader, name);
    if (again->reader.code != SQLITE_OK || migci_schema_changed(schema, key))
        return;
    if (schema->changed_count == again->room) {
        size_t room = again->room ? again->room * 2 : 8;
        const char **larger = take_frame(again, room * sizeof(*larger));
        if (!larger)
            return;
        if (schema->changed_count)
            memcpy(larger, schema->changed, schema->changed_count * sizeof(*larger));
        schema->changed = larger;
        again->room = room;
    }
    schema->changed[schema->changed_count++] = key;
}

/* Reads the entries of what changed, or those of the names from `first` on. */
static void read_changed_entries(migci_again *again, migci_entry **entries, const size_t *first) {
    migci_schema *schema = again->reader.schema;
    sqlite3_stmt *row = prepare_entries(&again->reader);
    while (migci_reader_step(&again->reader, row)) {
        const char *table = (const char *)sqlite3_column_text(row, 2);
        bool wanted = false;
        if (!first)
            wanted =
                is_changed(again->old->marks, again->marks, hash_key((const unsigned char *)table));
        for (size_t i = first ? *first : schema->changed_count; i < schema->changed_count; i++)
            wanted |= table && sqlite3_stricmp(schema->changed[i], table) == 0;
        if (!wanted)
            continue;
        if (!first)
            list_changed(again, table);
        migci_read_entry(&again->reader, row, entries);
    }
    sqlite3_finalize(row);
}

static void find_changed(migci_again *again, migci_entry **entries) {
    read_changed_entries(again, entries, NULL);
    /* What is gone counts as changed. */
    for (size_t i = 0; i < again->old->count; i++) {
        const migci_object *object = again->old->objects[i];
        if ((object->type == MIGCI_TABLE || object->type == MIGCI_VIEW) &&
            is_changed(again->old->marks, again->marks,
                       hash_key((const unsigned char *)object->home)))
            list_changed(again, object->home);
    }
    /* A foreign key to a changed table may refer to other columns now. */
    const migci_schema *schema = again->reader.schema;
    size_t known = schema->changed_count;
    for (size_t i = 0; i < again->old->count; i++) {
        const migci_object *object = again->old->objects[i];
        bool is_key = object->type == MIGCI_FOREIGN_KEY;
        size_t size;
        const char *parent = is_key ? migci_key_parent(object, &size) : NULL;
        for (size_t c = 0; parent && c < schema->changed_count; c++)
            if (strlen(schema->changed[c]) == size && memcmp(parent, schema->changed[c], size) == 0)
                list_changed(again, object->home);
    }
    if (schema->changed_count > known)
        read_changed_entries(again, entries, &known);
}

/* ---------------------------------------------------------------------- reading */

static void keep_tables(migci_again *again) {
    migci_schema *schema = again->reader.schema;
    schema->tables =
        migci_reader_take(&again->reader, (again->old->table_count + 1) * sizeof(migci_table *));
    for (size_t i = 0; schema->tables && i < again->old->table_count; i++)
        if (!migci_schema_changed(schema, again->old->tables[i]->key))
            schema->tables[schema->table_count++] = again->old->tables[i];
}

/* Merges what was read now into what was there. */
static void merge_objects(migci_again *again) {
    migci_schema *schema = again->reader.schema;
    size_t new = 0, count = 0;
    migci_object **all =
        take_frame(again, (schema->count + again->old->count + 1) * sizeof(migci_object *));
    if (!all)
        return;
    for (size_t i = 0; i < again->old->count; i++) {
        migci_object *object = again->old->objects[i];
        if (migci_schema_changed(schema, object->home))
            continue;
        while (new < schema->count && migci_object_order_whole(&schema->objects[new], &object) < 0)
            all[count++] = schema->objects[new ++];
        all[count++] = object;
    }
    while (new < schema->count)
        all[count++] = schema->objects[new ++];
    schema->objects = all;
    schema->count = count;
}

bool migci_schema_same(const migci_schema *a, const migci_schema *b) {
    if (!a->marks || !b->marks || a->marks->count != b->marks->count)
        return false;
    for (size_t i = 0; i < a->marks->size; i++)
        if (a->marks->items[i].name && is_changed(a->marks, b->marks, a->marks->items[i].name))
            return false;
    return true;
}

/* The lists are copied, since the old ones are freed with their frame. */
static int copy_old(migci_again *again) {
    migci_schema *schema = again->reader.schema;
    size_t objects = again->old->count * sizeof(migci_object *);
    size_t tables = again->old->table_count * sizeof(migci_table *);
    schema->objects = take_frame(again, objects + 1);
    schema->tables = take_frame(again, tables + 1);
    if (!schema->objects || !schema->tables)
        return again->reader.code;
    if (objects)
        memcpy(schema->objects, again->old->objects, objects);
    if (tables)
        memcpy(schema->tables, again->old->tables, tables);
    schema->count = again->old->count;
    schema->table_count = again->old->table_count;
    return SQLITE_OK;
}

int migci_schema_read_again(sqlite3 *db, migci_memory *memory, migci_memory *frame,
                            const migci_schema *old, migci_schema *schema) {
    migci_again again = {
        .reader = {.db = db, .memory = memory, .schema = schema}, .frame = frame, .old = old};
    migci_reader *reader = &again.reader;
    *schema = (migci_schema){0};
    again.marks = take_frame(&again, sizeof(*again.marks));
    if (again.marks && grow_marks(&again, again.marks))
        read_marks(&again, again.marks);
    if (reader->code != SQLITE_OK)
        return reader->code;
    schema->marks = again.marks;
    /* With virtual tables everything is in the old frame, and is freed with it. */
    if (old->marks && !old->marks->any_virtual && migci_schema_same(old, schema))
        return copy_old(&again);
    if (!old->marks || again.marks->any_virtual || old->marks->any_virtual) {
        int code = migci_schema_read(db, again.marks->any_virtual ? frame : memory, schema);
        schema->marks = again.marks;
        schema->changed = take_frame(&again, (schema->table_count + 1) * sizeof(*schema->changed));
        for (size_t i = 0; schema->changed && i < schema->table_count; i++)
            schema->changed[schema->changed_count++] = schema->tables[i]->key;
        return code == SQLITE_OK ? reader->code : code;
    }
    migci_entry *entries = NULL;
    find_changed(&again, &entries);
    keep_tables(&again);
    migci_list_tables(reader, entries);
    migci_read_entries(reader, entries);
    migci_sort_objects(reader);
    merge_objects(&again);
    migci_reader_finish(reader);
    return reader->code;
}
