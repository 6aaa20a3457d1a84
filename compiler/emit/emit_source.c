/*
 * emit_source.c - writes the set as C: data, never code, the same bytes for the same
 * input on any machine.
 *
 * The order of the fields is that of migc.h.  Initialisers are positional, so
 * that the file is C++ too; files come complete or not at all through output.c.
 */
#include "emit.h"

#include <migc.h>
#include <stdlib.h>
#include <string.h>

/* The longest literal that every C99 compiler takes without a warning. */
enum { LITERAL_LIMIT = 4095, LINE_WIDTH = 100, FIELD_INDENT = 6 };

#define QUOTED_NUMBER_(number) #number
#define QUOTED_NUMBER(number) QUOTED_NUMBER_(number)
#define ABI_TEXT QUOTED_NUMBER(MIGC_ABI)

static const struct {
    enum section_kind kind;
    const char *comment;
} emitted_sections[] = {
    {SECTION_UP, "up"},
    {SECTION_DOWN, "down"},
    {SECTION_VERIFY, "verify"},
};

/* The fields behind `steps`, in migc.h's order. */
static const enum key emitted_keys[] = {
    KEY_DESCRIPTION,  KEY_AUTHOR, KEY_DATE,     KEY_TAGS,  KEY_DEPENDS,
    KEY_IRREVERSIBLE, KEY_LOSSY,  KEY_DURATION, KEY_NOTES,
};

static size_t count_steps(const struct migration *migration) {
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(emitted_sections); i++)
        count += migration->sections[emitted_sections[i].kind].count;
    return count;
}

/* "m003": the number as in the file's name; "r1" for the first of the repeatables. */
static void put_steps_name(struct output *output, const struct migration *migration) {
    put_char(output, migration->number ? 'r' : 'm');
    if (migration->number)
        put_number(output, migration->number);
    else
        put_bytes(output, migration->entry->file, migration->entry->digits);
}

static void put_table_name(struct output *output, const char *name) {
    put_text(output, name);
    put_text(output, "_migrations");
}

static unsigned count_digits(unsigned number) {
    unsigned digits = 1;
    while (number >= 10) {
        number /= 10;
        digits++;
    }
    return digits;
}

static void put_step(struct output *output, const struct step *step) {
    put_text(output, "    { ");
    put_number(output, step->line);
    put_text(output, ", ");
    put_literal(output, step->text, step->size, 8 + count_digits(step->line));
    put_text(output, ", ");
    if (step->is_call)
        put_bytes(output, step->text, step->size);
    else
        put_text(output, "NULL");
    put_text(output, " },\n");
}

static void put_section(struct output *output, const struct section *section, const char *comment) {
    if (section->count == 0)
        return;
    put_text(output, "    /* ");
    put_text(output, comment);
    put_text(output, " */\n");
    for (size_t i = 0; i < section->count; i++)
        put_step(output, &section->steps[i]);
}

static void put_steps(struct output *output, const struct migration *migration) {
    if (count_steps(migration) == 0)
        return;
    put_text(output, "/* ");
    put_text(output, migration->entry->file);
    put_text(output, " */\nstatic const migc_step ");
    put_steps_name(output, migration);
    put_text(output, "[] = {\n");
    for (size_t i = 0; i < COUNT_OF(emitted_sections); i++) {
        put_section(output, &migration->sections[emitted_sections[i].kind],
                    emitted_sections[i].comment);
    }
    put_text(output, "};\n\n");
}

struct flag {
    bool set;
    const char *name;
};

static void put_flags(struct output *output, const struct flag *flags, size_t count) {
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (!flags[i].set)
            continue;
        put_text(output, any ? " | " : "");
        put_text(output, flags[i].name);
        any = true;
    }
    put_text(output, any ? "" : "0");
}

static void put_migration_flags(struct output *output, const struct migration *migration) {
    const char *foreign_keys = migration->fields[KEY_FOREIGN_KEYS].value;
    const struct flag flags[] = {
        {migration->fields[KEY_TRANSACTION].value != NULL, "MIGC_NO_TRANSACTION"},
        {foreign_keys && same_word(foreign_keys, strlen(foreign_keys), "on"),
         "MIGC_FOREIGN_KEYS_ON"},
        {migration->of_the_moment, "MIGC_NONDETERMINISTIC"},
        {migration->number > 0, "MIGC_REPEATABLE"},
    };
    put_flags(output, flags, COUNT_OF(flags));
}

/* The header's values, as many a line as fit. */
static void put_fields(struct output *output, const struct migration *migration) {
    size_t width = LINE_WIDTH;
    for (size_t i = 0; i < COUNT_OF(emitted_keys); i++) {
        const char *value = migration->fields[emitted_keys[i]].value;
        size_t length = value ? strlen(value) : 0;
        size_t needed = value ? length + strlen("\"\", ") : strlen("NULL, ");
        bool wraps = width + needed > LINE_WIDTH;
        put_text(output, i == 0 ? "" : wraps ? "," : ", ");
        put_text(output, wraps ? "\n      " : "");
        width = wraps ? FIELD_INDENT + needed : width + needed;
        if (value)
            put_literal(output, value, length, FIELD_INDENT);
        else
            put_text(output, "NULL");
    }
}

static void put_proof(struct output *output, const char *text) {
    put_text(output, ",\n      ");
    if (text)
        put_literal(output, text, strlen(text), FIELD_INDENT);
    else
        put_text(output, "NULL");
}

static void put_counts(struct output *output, const struct migration *migration) {
    for (size_t i = 0; i < COUNT_OF(emitted_sections); i++) {
        put_text(output, ", ");
        put_number(output, migration->sections[emitted_sections[i].kind].count);
    }
    put_text(output, ", ");
    if (count_steps(migration) > 0)
        put_steps_name(output, migration);
    else
        put_text(output, "NULL");
}

static void put_migration(struct output *output, const struct migration *migration) {
    put_text(output, "    { ");
    put_number(output, (uint64_t)migration->entry->version);
    put_text(output, ", \"");
    put_text(output, migration->entry->stem);
    put_text(output, "\", \"");
    put_text(output, migration->entry->file);
    put_text(output, "\",\n      \"");
    put_text(output, migration->checksum);
    put_text(output, "\",\n      \"");
    put_text(output, migration->chain);
    put_text(output, "\",\n      ");
    put_migration_flags(output, migration);
    put_counts(output, migration);
    put_char(output, ',');
    put_fields(output, migration);
    put_proof(output, migration->effects);
    put_proof(output, migration->touched);
    put_text(output, " },\n");
}

static void put_table(struct output *output, const struct set *set, const char *name) {
    put_text(output,
             "/* version, name, file,\n"
             "   checksum,\n"
             "   chain,\n"
             "   flags, up, down and verify steps, steps,\n"
             "   description, author, date, tags, depends, irreversible, lossy, duration, notes,\n"
             "   effects,\n"
             "   touched */\n"
             "static const migc_migration ");
    put_table_name(output, name);
    put_text(output, "[] = {\n");
    for (size_t i = 0; i < set->count; i++)
        put_migration(output, &set->migrations[i]);
    put_text(output, "};\n\n");
}

/* The repeatables' own table, and the set's reference to it. */
static void put_repeatables(struct output *output, const struct set *set, const char *name) {
    if (set->repeatable_count == 0)
        return;
    put_text(output,
             "/* likewise, in the order in which they run */\nstatic const migc_migration ");
    put_text(output, name);
    put_text(output, "_repeatables[] = {\n");
    for (size_t i = set->count; i < count_all(set); i++)
        put_migration(output, &set->migrations[i]);
    put_text(output, "};\n\nstatic const migc_repeatables ");
    put_text(output, name);
    put_text(output, "_repeat = { &migc_run_repeatables, ");
    put_number(output, set->repeatable_count);
    put_text(output, ", ");
    put_text(output, name);
    put_text(output, "_repeatables,\n    \"");
    put_text(output, set->repeat_chain);
    put_text(output, "\" };\n\n");
}

static size_t count_needs(const struct set *set) {
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        count += set->migrations[i].need_count;
    return count;
}

static void put_need(struct output *output, const struct migration *migration,
                     const struct need *need) {
    put_text(output, "    { ");
    put_number(output, (uint64_t)migration->entry->version);
    put_text(output, ", \"");
    put_text(output, need->set);
    put_text(output, "\", \"");
    put_text(output, need->stem);
    put_text(output, "\" },\n");
}

static void put_needs(struct output *output, const struct set *set, const char *name) {
    if (count_needs(set) == 0)
        return;
    put_text(output, "/* version, what it needs: set, migration */\nstatic const migc_need ");
    put_text(output, name);
    put_text(output, "_needed[] = {\n");
    for (size_t i = 0; i < set->count; i++)
        for (size_t n = 0; n < set->migrations[i].need_count; n++)
            put_need(output, &set->migrations[i], &set->migrations[i].needs[n]);
    put_text(output, "};\n\nstatic const migc_needs ");
    put_text(output, name);
    put_text(output, "_needs = { &migc_needs_of_sets, ");
    put_number(output, count_needs(set));
    put_text(output, ", ");
    put_text(output, name);
    put_text(output, "_needed };\n\n");
}

static bool has_outside(const struct set *set) {
    for (size_t i = 0; i < set->count; i++)
        if (set->migrations[i].fields[KEY_TRANSACTION].value)
            return true;
    return false;
}

/* A reference to what stands above. */
static void put_part(struct output *output, bool present, const char *name, const char *end) {
    put_text(output, present ? ", &" : ", NULL");
    if (present) {
        put_text(output, name);
        put_text(output, end);
    }
}

/* The ABI as a number: the object must tell what it was emitted for. */
static void put_set(struct output *output, const struct set *set) {
    put_text(output, "const migc_set ");
    put_text(output, set->name);
    put_text(output, " = { " ABI_TEXT ", ");
    const struct flag flags[] = {
        {set->is_module, "MIGC_SET_MODULE"},
        {set->no_stamp, "MIGC_SET_NO_STAMP"},
        {set->conf->order && strcmp(set->conf->order, "allow") == 0, "MIGC_SET_ALLOW_OUT_OF_ORDER"},
        {set->conf->order && strcmp(set->conf->order, "skip") == 0, "MIGC_SET_SKIP_OUT_OF_ORDER"},
    };
    put_flags(output, flags, COUNT_OF(flags));
    put_text(output, ", \"");
    put_text(output, set->name);
    put_text(output, "\", ");
    put_number(output, set->count);
    put_text(output, ", ");
    put_table_name(output, set->name);
    put_text(output, has_outside(set) ? ", &migc_no_transaction" : ", NULL");
    put_part(output, set->repeatable_count > 0, set->name, "_repeat");
    put_part(output, count_needs(set) > 0, set->name, "_needs");
    put_part(output, set->snapshot.size > 0, set->name, "_snapshot");
    put_text(output, " };\n");
}

static bool has_long_literal(const struct set *set) {
    for (size_t i = 0; i < count_all(set); i++) {
        const struct migration *migration = &set->migrations[i];
        for (size_t j = 0; j < COUNT_OF(emitted_sections); j++) {
            const struct section *section = &migration->sections[emitted_sections[j].kind];
            for (size_t k = 0; k < section->count; k++)
                if (section->steps[k].size > LITERAL_LIMIT)
                    return true;
        }
        for (size_t j = 0; j < COUNT_OF(emitted_keys); j++)
            if (migration->fields[emitted_keys[j]].size > LITERAL_LIMIT)
                return true;
    }
    return false;
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void put_count(struct output *output, const struct set *set) {
    put_number(output, set->count);
    put_text(output, set->count == 1 ? " migration" : " migrations");
    if (set->repeatable_count > 0) {
        put_text(output, " and ");
        put_number(output, set->repeatable_count);
        put_text(output, set->repeatable_count == 1 ? " repeatable" : " repeatables");
    }
}

static void put_top(struct output *output, const struct set *set, const char *header) {
    put_text(output, "/*\n * ");
    put_count(output, set);
    put_text(output, ", emitted by migc.  Edit the SQL, not this file: it is written again\n"
                     " * whenever the SQL changes.\n */\n#include ");
    put_literal(output, base_name(header), strlen(base_name(header)), 0);
    put_text(output, "\n\n#if MIGC_ABI != " ABI_TEXT "\n"
                     "#error \"emitted for another migc.h: run migc of the same version again\"\n"
                     "#endif\n\n");
    if (has_long_literal(set)) {
        put_text(output, "/* Some statements are longer than what C99 promises to take. */\n"
                         "#if defined(__clang__) || (defined(__GNUC__) && !defined(__TINYC__) && "
                         "!defined(__cplusplus))\n"
                         "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
                         "#endif\n\n");
    }
}

void emit_source(struct output *output, const struct set *set, const struct emission *emission) {
    put_top(output, set, emission->header);
    for (size_t i = 0; i < count_all(set); i++)
        put_steps(output, &set->migrations[i]);
    put_table(output, set, set->name);
    put_repeatables(output, set, set->name);
    put_needs(output, set, set->name);
    emit_snapshot(output, &set->snapshot, set->name);
    put_set(output, set);
    if (emission->with_main) {
        put_text(output, "\nint main(int argc, char **argv) {\n"
                         "    static migc_options options;\n"
                         "    options.verbs = migc_verbs_all;\n"
                         "    return migc_main(argc, argv, &");
        put_text(output, set->name);
        put_text(output, ", NULL, &options);\n}\n");
    }
}
