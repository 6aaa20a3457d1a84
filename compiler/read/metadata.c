/*
 * metadata.c - what other tools say of a migration in files beside it becomes
 * the fields of a header: metadata.yaml of Blueplane, metadata.toml of diesel,
 * the lines of sqitch.plan.
 */
#include "read.h"

#include <assert.h>
#include <string.h>
#include <yaml.h>

struct describing {
    struct migration *migration;
    struct arena *arena;
    struct diagnostics *diagnostics;
};

/* The value stands in a text of its own, on the line it came from: messages about it say where. */
static void set_described(const struct describing *work, enum key key, const char *value,
                          const char *path, size_t line) {
    struct buffer text = {0};
    struct source *source;
    size_t size = strlen(value);
    if (size == 0 || work->migration->fields[key].value)
        return;
    for (size_t i = 1; i < line; i++)
        buffer_text(&text, "\n");
    buffer_add(&text, value, size);
    buffer_add(&text, "\0", 2);
    source = arena_take(work->arena, sizeof(*source));
    *source = work->migration->source;
    source->path = path;
    source->size = text.size - 2;
    source->text = arena_copy(work->arena, text.bytes, text.size);
    size_t offset = text.size - 2 - size;
    work->migration->fields[key] = (struct field){source->text + offset, source, offset, size};
    buffer_free(&text);
}

/* ------------------------------------------------------------ metadata.yaml */

/* The keys of metadata.yaml that are a key of the header as they stand. */
static const struct {
    const char *name;
    enum key key;
} yaml_keys[] = {
    {"description", KEY_DESCRIPTION}, {"author", KEY_AUTHOR}, {"created", KEY_DATE},
    {"dependencies", KEY_DEPENDS},    {"tags", KEY_TAGS},     {"notes", KEY_NOTES},
};

static const char *scalar_of(const yaml_node_t *node) {
    return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : "";
}

/* One line: what is emitted and shown has no others. */
static char *one_line(struct arena *arena, const char *text) {
    char *line = arena_copy(arena, text, strlen(text)), *end = line + strlen(line);
    for (char *at = line; *at; at++)
        if ((unsigned char)*at < 0x20)
            *at = ' ';
    while (end > line && end[-1] == ' ')
        *--end = '\0';
    return line;
}

/* "[V001, 2]", with the letter left out where a dependency is a version. */
static const char *join_items(struct arena *arena, yaml_document_t *document,
                              const yaml_node_t *node, bool versions) {
    const char *list = "";
    if (node->type != YAML_SEQUENCE_NODE)
        return one_line(arena, scalar_of(node));
    for (const yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top; item++) {
        const char *text = scalar_of(yaml_document_get_node(document, *item));
        if (versions && (text[0] == 'V' || text[0] == 'v') && is_digit(text[1]))
            text += strspn(text + 1, "0123456789_") > 0;
        if (versions && is_digit(text[0]))
            text = arena_copy(arena, text, strspn(text, "0123456789"));
        if (*text)
            list = *list ? arena_format(arena, "%s, %s", list, text) : text;
    }
    return one_line(arena, list);
}

static void take_yaml_pair(const struct describing *work, const struct source *source,
                           yaml_document_t *document, const yaml_node_t *key,
                           const yaml_node_t *value) {
    const char *name = scalar_of(key);
    size_t line = key->start_mark.line + 1;
    for (size_t i = 0; value && i < COUNT_OF(yaml_keys); i++)
        if (strcmp(name, yaml_keys[i].name) == 0)
            set_described(work, yaml_keys[i].key,
                          join_items(work->arena, document, value, yaml_keys[i].key == KEY_DEPENDS),
                          source->path, line);
    if (strcmp(name, "estimated_duration_ms") == 0 && *scalar_of(value))
        set_described(work, KEY_DURATION, arena_format(work->arena, "%s ms", scalar_of(value)),
                      source->path, line);
    if (strcmp(name, "reversible") == 0 && same_word(scalar_of(value), 5, "false") &&
        strlen(scalar_of(value)) == 5)
        set_described(work, KEY_IRREVERSIBLE, "metadata.yaml says reversible: false", source->path,
                      line);
}

static void read_yaml(const struct describing *work, const struct source *source) {
    yaml_parser_t parser;
    yaml_document_t document;
    if (!yaml_parser_initialize(&parser))
        must_have(NULL);
    yaml_parser_set_input_string(&parser, (const unsigned char *)source->text, source->size);
    if (!yaml_parser_load(&parser, &document)) {
        size_t offset =
            parser.problem_mark.index < source->size ? parser.problem_mark.index : source->size;
        report_error(work->diagnostics, location_at(source, source->text + offset, 1),
                     "is no YAML: %s", parser.problem ? parser.problem : "it cannot be read");
        yaml_parser_delete(&parser);
        return;
    }
    const yaml_node_t *root = yaml_document_get_root_node(&document);
    if (root && root->type == YAML_MAPPING_NODE)
        for (const yaml_node_pair_t *pair = root->data.mapping.pairs.start;
             pair < root->data.mapping.pairs.top; pair++)
            take_yaml_pair(work, source, &document, yaml_document_get_node(&document, pair->key),
                           yaml_document_get_node(&document, pair->value));
    yaml_document_delete(&document);
    yaml_parser_delete(&parser);
}

/* ------------------------------------------------------------ metadata.toml */

/* "run_in_transaction = false" is all there is to say. */
static void read_toml(const struct describing *work, const struct source *source) {
    static const char key[] = "run_in_transaction";
    struct location line = {0};
    while (next_line(source, &line)) {
        const char *text = source->text + line.offset, *end = text + line.size;
        if (line.size < sizeof(key) || memcmp(text, key, sizeof(key) - 1) != 0)
            continue;
        text += sizeof(key) - 1;
        while (text < end && (is_blank(*text) || *text == '='))
            text++;
        if (end - text >= 5 && same_word(text, 5, "false"))
            for (int kind = SECTION_UP; kind <= SECTION_DOWN; kind++)
                set_transaction(work->migration, (enum section_kind)kind, false, line);
    }
}

/* ------------------------------------------------------------------- a plan */

void read_metadata(struct migration *migration, const char *folder, struct arena *arena,
                   struct diagnostics *diagnostics) {
    struct describing work = {migration, arena, diagnostics};
    const struct source *source = migration->others[PART_METADATA];
    const struct entry *entry = migration->entry;
    size_t size = source ? strlen(source->path) : 0;
    if (entry->listed) {
        const struct {
            enum key key;
            const char *value;
        } fields[] = {{KEY_DESCRIPTION, entry->listed->note},
                      {KEY_AUTHOR, entry->listed->author},
                      {KEY_DATE, entry->listed->date},
                      {KEY_DEPENDS, entry->listed->depends}};
        const char *path = arena_format(arena, "%s/sqitch.plan", folder);
        for (size_t i = 0; i < COUNT_OF(fields); i++)
            if (fields[i].value)
                set_described(&work, fields[i].key, fields[i].value, path, entry->listed->line);
    }
    if (!source || !validate_source(source, diagnostics))
        return;
    assert(size > 5);
    if (strcmp(source->path + size - 5, ".toml") == 0)
        read_toml(&work, source);
    else
        read_yaml(&work, source);
}
