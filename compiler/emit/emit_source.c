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

#define QUOTED_NUMBER_(number) #number
#define QUOTED_NUMBER(number) QUOTED_NUMBER_(number)
#define ABI_TEXT QUOTED_NUMBER(MIGC_ABI)

static const struct flag set_flags[] = {
    FLAG(MIGC_SET_MODULE),
    FLAG(MIGC_SET_NO_STAMP),
    FLAG(MIGC_SET_ALLOW_OUT_OF_ORDER),
    FLAG(MIGC_SET_SKIP_OUT_OF_ORDER),
};

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
    put_flags(output, set->flags, set_flags, COUNT_OF(set_flags), 0);
    put_text(output, ", \"");
    put_text(output, set->name);
    put_text(output, "\", ");
    put_number(output, set->count);
    put_text(output, ", NULL");
    put_text(output, set->no_transaction ? ", &migc_no_transaction" : ", NULL");
    put_part(output, set->repeatables != NULL, set, EMITTED_REPEAT);
    put_part(output, set->needs != NULL, set, EMITTED_NEEDS);
    put_part(output, set->snapshot != NULL, set, EMITTED_SNAPSHOT);
    put_text(output, set->ignore ? ", " : ", NULL");
    if (set->ignore)
        put_set_name(output, set->name, EMITTED_IGNORE);
    put_part(output, true, set, EMITTED_PACKED);
    put_text(output, " };\n");
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void put_top(struct output *output, const migc_set *set, const char *header) {
    put_text(output, "/*\n * ");
    put_number(output, set->count);
    put_text(output, set->count == 1 ? " migration" : " migrations");
    if (set->repeatables) {
        put_text(output, " and ");
        put_number(output, set->repeatables->count);
        put_text(output, set->repeatables->count == 1 ? " repeatable" : " repeatables");
    }
    put_text(output, ", emitted by migc.  Edit the SQL, not this file: it is written again\n"
                     " * whenever the SQL changes.\n */\n#include ");
    put_literal(output, base_name(header), strlen(base_name(header)), 0);
    put_text(output, "\n\n#if MIGC_ABI != " ABI_TEXT "\n"
                     "#error \"emitted for another migc.h: run migc of the same version again\"\n"
                     "#endif\n\n");
}

void emit_source(struct output *output, const migc_set *set, const struct emission *emission) {
    assert(set->abi == MIGC_ABI && set->count > 0 && set->migrations && emission->header);
    put_top(output, set, emission->header);
    emit_packed(output, set);
    if (set->repeatables) { /* behind the numbered ones in the tables */
        put_text(output, "static const migc_repeatables ");
        put_set_name(output, set->name, EMITTED_REPEAT);
        put_text(output, " = { &migc_run_repeatables, ");
        put_number(output, set->repeatables->count);
        put_text(output, ", NULL,\n    \"");
        put_text(output, set->repeatables->chain);
        put_text(output, "\" };\n\n");
    }
    put_needs(output, set);
    if (set->ignore) {
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
