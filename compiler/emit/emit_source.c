/*
 * emit_source.c - writes the lowered set as C: data, never code, the same bytes for the same
 * input on any machine.
 *
 * The order of the fields is that of migc.h.  Initialisers are positional, so
 * that the file is C++ too; files come complete or not at all through output.c.
 */
#include "emit.h"

#include <assert.h>
#include <string.h>

/* The longest literal that every C99 compiler takes without a warning. */
enum { LITERAL_LIMIT = 4095, LINE_WIDTH = 100, FIELD_INDENT = 6 };

#define QUOTED_NUMBER_(number) #number
#define QUOTED_NUMBER(number) QUOTED_NUMBER_(number)
#define ABI_TEXT QUOTED_NUMBER(MIGC_ABI)

static unsigned count_steps(const migc_migration *migration) {
    return migration->up_count + migration->down_count + migration->verify_count;
}

/* -------------------------------------------------------------------- steps */

static unsigned count_digits(unsigned number) {
    unsigned digits = 1;
    while (number >= 10) {
        number /= 10;
        digits++;
    }
    return digits;
}

static void put_step(struct output *output, const migc_step *step) {
    put_text(output, "    { ");
    put_number(output, step->line);
    put_text(output, ", ");
    put_literal(output, step->text, strlen(step->text), 8 + count_digits(step->line));
    put_text(output, ", ");
    put_text(output, step->call ? step->text : "NULL");
    put_text(output, " },\n");
}

static const migc_step *put_section_steps(struct output *output, const migc_step *steps,
                                          unsigned count, const char *comment) {
    if (count > 0) {
        put_text(output, "    /* ");
        put_text(output, comment);
        put_text(output, " */\n");
    }
    for (unsigned i = 0; i < count; i++)
        put_step(output, &steps[i]);
    return steps + count;
}

static void put_steps(struct output *output, const migc_migration *migration, size_t index) {
    if (count_steps(migration) == 0)
        return;
    put_text(output, "/* ");
    put_text(output, migration->file);
    put_text(output, " */\nstatic const migc_step ");
    put_steps_name(output, migration, index);
    put_text(output, "[] = {\n");
    const migc_step *next = migration->steps;
    next = put_section_steps(output, next, migration->up_count, "up");
    next = put_section_steps(output, next, migration->down_count, "down");
    put_section_steps(output, next, migration->verify_count, "verify");
    put_text(output, "};\n\n");
}

/* --------------------------------------------------------------- migrations */

struct flag {
    unsigned bit;
    const char *name;
};

#define FLAG(name)                                                                                 \
    { name, #name }

static const struct flag migration_flags[] = {
    FLAG(MIGC_NO_TRANSACTION),
    FLAG(MIGC_FOREIGN_KEYS_ON),
    FLAG(MIGC_NONDETERMINISTIC),
    FLAG(MIGC_REPEATABLE),
};

static const struct flag set_flags[] = {
    FLAG(MIGC_SET_MODULE),
    FLAG(MIGC_SET_NO_STAMP),
    FLAG(MIGC_SET_ALLOW_OUT_OF_ORDER),
    FLAG(MIGC_SET_SKIP_OUT_OF_ORDER),
};

static void put_flags(struct output *output, unsigned flags, const struct flag *names,
                      size_t count) {
    unsigned left = flags;
    for (size_t i = 0; i < count; i++) {
        if (!(flags & names[i].bit))
            continue;
        put_text(output, left != flags ? " | " : "");
        put_text(output, names[i].name);
        left &= ~names[i].bit;
    }
    assert(left == 0);
    put_text(output, flags ? "" : "0");
}

static void put_text_or_null(struct output *output, const char *text) {
    if (text)
        put_literal(output, text, strlen(text), FIELD_INDENT);
    else
        put_text(output, "NULL");
}

/* The header's values, as many a line as fit. */
static void put_fields(struct output *output, const migc_migration *migration) {
    const char *const fields[] = {
        migration->description, migration->author,
        migration->date,        migration->tags,
        migration->depends,     migration->irreversible,
        migration->lossy,       migration->estimated_duration,
        migration->notes,
    };
    size_t width = LINE_WIDTH;
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        size_t needed = fields[i] ? strlen(fields[i]) + strlen("\"\", ") : strlen("NULL, ");
        bool wraps = width + needed > LINE_WIDTH;
        put_text(output, i == 0 ? "" : wraps ? "," : ", ");
        put_text(output, wraps ? "\n      " : "");
        width = wraps ? FIELD_INDENT + needed : width + needed;
        put_text_or_null(output, fields[i]);
    }
}

static void put_step_counts(struct output *output, const migc_migration *migration, size_t index) {
    const unsigned counts[] = {migration->up_count, migration->down_count, migration->verify_count};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        put_text(output, ", ");
        put_number(output, counts[i]);
    }
    put_text(output, ", ");
    if (count_steps(migration) > 0)
        put_steps_name(output, migration, index);
    else
        put_text(output, "NULL");
}

static void put_migration_row(struct output *output, const migc_migration *migration,
                              size_t index) {
    put_text(output, "    { ");
    put_number(output, (uint64_t)migration->version);
    put_text(output, ", \"");
    put_text(output, migration->name);
    put_text(output, "\", \"");
    put_text(output, migration->file);
    put_text(output, "\",\n      \"");
    put_text(output, migration->checksum);
    put_text(output, "\",\n      \"");
    put_text(output, migration->chain);
    put_text(output, "\",\n      ");
    put_flags(output, migration->flags, migration_flags, COUNT_OF(migration_flags));
    put_step_counts(output, migration, index);
    put_char(output, ',');
    put_fields(output, migration);
    put_text(output, ",\n      ");
    put_text_or_null(output, migration->effects);
    put_text(output, ",\n      ");
    put_text_or_null(output, migration->touched);
    put_text(output, " },\n");
}

static void put_migration_table(struct output *output, const migc_set *set) {
    put_text(output,
             "/* version, name, file,\n"
             "   checksum,\n"
             "   chain,\n"
             "   flags, up, down and verify steps, steps,\n"
             "   description, author, date, tags, depends, irreversible, lossy, duration, notes,\n"
             "   effects,\n"
             "   touched */\n"
             "static const migc_migration ");
    put_set_name(output, set->name, EMITTED_MIGRATIONS);
    put_text(output, "[] = {\n");
    for (size_t i = 0; i < set->count; i++)
        put_migration_row(output, &set->migrations[i], i);
    put_text(output, "};\n\n");
}

/* The repeatables' own table, and the set's reference to it. */
static void put_repeatables(struct output *output, const migc_set *set) {
    const migc_repeatables *repeatables = set->repeatables;
    if (!repeatables)
        return;
    put_text(output,
             "/* likewise, in the order in which they run */\nstatic const migc_migration ");
    put_set_name(output, set->name, EMITTED_REPEATABLES);
    put_text(output, "[] = {\n");
    for (size_t i = 0; i < repeatables->count; i++)
        put_migration_row(output, &repeatables->migrations[i], i);
    put_text(output, "};\n\nstatic const migc_repeatables ");
    put_set_name(output, set->name, EMITTED_REPEAT);
    put_text(output, " = { &migc_run_repeatables, ");
    put_number(output, repeatables->count);
    put_text(output, ", ");
    put_set_name(output, set->name, EMITTED_REPEATABLES);
    put_text(output, ",\n    \"");
    put_text(output, repeatables->chain);
    put_text(output, "\" };\n\n");
}

static void put_needs(struct output *output, const migc_set *set) {
    const migc_needs *needs = set->needs;
    if (!needs)
        return;
    put_text(output, "/* version, what it needs: set, migration */\nstatic const migc_need ");
    put_set_name(output, set->name, EMITTED_NEEDED);
    put_text(output, "[] = {\n");
    for (size_t i = 0; i < needs->count; i++) {
        put_text(output, "    { ");
        put_number(output, (uint64_t)needs->needs[i].version);
        put_text(output, ", \"");
        put_text(output, needs->needs[i].set);
        put_text(output, "\", \"");
        put_text(output, needs->needs[i].name);
        put_text(output, "\" },\n");
    }
    put_text(output, "};\n\nstatic const migc_needs ");
    put_set_name(output, set->name, EMITTED_NEEDS);
    put_text(output, " = { &migc_needs_of_sets, ");
    put_number(output, needs->count);
    put_text(output, ", ");
    put_set_name(output, set->name, EMITTED_NEEDED);
    put_text(output, " };\n\n");
}

/* ------------------------------------------------------------------ the set */

static void put_originals(struct output *output, const migc_set *set) {
    const migc_originals *originals = set->originals;
    if (!originals)
        return;
    put_text(output, "/* version, file, version and checksum as another tool has them */\n"
                     "static const migc_original ");
    put_set_name(output, set->name, EMITTED_FILES);
    put_text(output, "[] = {\n");
    for (size_t i = 0; i < originals->count; i++) {
        const migc_original *original = &originals->originals[i];
        const char *const texts[] = {original->file, original->label, original->checksums};
        put_text(output, "    { ");
        put_number(output, (uint64_t)original->version);
        for (size_t t = 0; t < COUNT_OF(texts); t++) {
            put_text(output, t == 2 && texts[t] ? ",\n      " : ", ");
            if (texts[t])
                put_literal(output, texts[t], strlen(texts[t]), 6);
            else
                put_text(output, "NULL");
        }
        put_text(output, " },\n");
    }
    put_text(output, "};\n\nstatic const migc_originals ");
    put_set_name(output, set->name, EMITTED_ORIGINALS);
    put_text(output, " = { ");
    put_number(output, originals->count);
    put_text(output, ", ");
    put_set_name(output, set->name, EMITTED_FILES);
    put_text(output, " };\n\n");
}

/* A reference to what stands above. */
static void put_ignore(struct output *output, const migc_set *set) {
    if (!set->ignore)
        return;
    put_text(output, "/* tables of the program's own, for drift */\n"
                     "static const char *const ");
    put_set_name(output, set->name, EMITTED_IGNORE);
    put_text(output, "[] = { ");
    for (const char *const *pattern = set->ignore; *pattern; pattern++) {
        put_literal(output, *pattern, strlen(*pattern), 4);
        put_text(output, ", ");
    }
    put_text(output, "NULL };\n\n");
}

static void put_part(struct output *output, bool present, const migc_set *set,
                     enum emitted_name name) {
    put_text(output, present ? ", &" : ", NULL");
    if (present)
        put_set_name(output, set->name, name);
}

/* The ABI as a number: the object must show what it was emitted for. */
static void put_set(struct output *output, const migc_set *set) {
    put_text(output, "const migc_set ");
    put_set_name(output, set->name, EMITTED_SET);
    put_text(output, " = { " ABI_TEXT ", ");
    put_flags(output, set->flags, set_flags, COUNT_OF(set_flags));
    put_text(output, ", \"");
    put_text(output, set->name);
    put_text(output, "\", ");
    put_number(output, set->count);
    put_text(output, ", ");
    put_set_name(output, set->name, EMITTED_MIGRATIONS);
    put_text(output, set->no_transaction ? ", &migc_no_transaction" : ", NULL");
    put_part(output, set->repeatables != NULL, set, EMITTED_REPEAT);
    put_part(output, set->needs != NULL, set, EMITTED_NEEDS);
    put_part(output, set->snapshot != NULL, set, EMITTED_SNAPSHOT);
    put_part(output, set->originals != NULL, set, EMITTED_ORIGINALS);
    put_text(output, set->ignore ? ", " : ", NULL");
    if (set->ignore)
        put_set_name(output, set->name, EMITTED_IGNORE);
    put_text(output, " };\n");
}

static bool is_long(const char *text) {
    return text && strlen(text) > LITERAL_LIMIT;
}

static bool has_long_literal(const migc_migration *migrations, size_t count) {
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        const migc_migration *migration = &migrations[i];
        for (unsigned s = 0; s < count_steps(migration); s++)
            found |= is_long(migration->steps[s].text);
        found |= is_long(migration->description) || is_long(migration->author) ||
                 is_long(migration->date) || is_long(migration->tags) ||
                 is_long(migration->depends) || is_long(migration->irreversible) ||
                 is_long(migration->lossy) || is_long(migration->estimated_duration) ||
                 is_long(migration->notes) || is_long(migration->effects) ||
                 is_long(migration->touched);
    }
    return found;
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void put_count(struct output *output, const migc_set *set) {
    put_number(output, set->count);
    put_text(output, set->count == 1 ? " migration" : " migrations");
    if (set->repeatables) {
        put_text(output, " and ");
        put_number(output, set->repeatables->count);
        put_text(output, set->repeatables->count == 1 ? " repeatable" : " repeatables");
    }
}

static void put_top(struct output *output, const migc_set *set, const char *header) {
    put_text(output, "/*\n * ");
    put_count(output, set);
    put_text(output, ", emitted by migc.  Edit the SQL, not this file: it is written again\n"
                     " * whenever the SQL changes.\n */\n#include ");
    put_literal(output, base_name(header), strlen(base_name(header)), 0);
    put_text(output, "\n\n#if MIGC_ABI != " ABI_TEXT "\n"
                     "#error \"emitted for another migc.h: run migc of the same version again\"\n"
                     "#endif\n\n");
    if (has_long_literal(set->migrations, set->count) ||
        (set->repeatables &&
         has_long_literal(set->repeatables->migrations, set->repeatables->count))) {
        put_text(output, "/* Some statements are longer than what C99 promises to take. */\n"
                         "#if defined(__clang__) || (defined(__GNUC__) && !defined(__TINYC__) && "
                         "!defined(__cplusplus))\n"
                         "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
                         "#endif\n\n");
    }
}

void emit_source(struct output *output, const migc_set *set, const struct emission *emission) {
    put_top(output, set, emission->header);
    for (size_t i = 0; i < set->count; i++)
        put_steps(output, &set->migrations[i], i);
    for (size_t i = 0; set->repeatables && i < set->repeatables->count; i++)
        put_steps(output, &set->repeatables->migrations[i], i);
    put_migration_table(output, set);
    put_repeatables(output, set);
    put_needs(output, set);
    put_originals(output, set);
    put_ignore(output, set);
    emit_snapshot(output, set->snapshot, set->name);
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
