/*
 * names.c - every name in what is emitted, so that no function or set of the host's
 * has one of them: they are made here, and checked here.
 *
 * Which names C itself cannot have is symbol.c's.
 */
#include "emit.h"

#include <assert.h>
#include <string.h>

static const char *const endings[EMITTED_COUNT] = {
#define EMITTED_ENDING(id, ending) ending,
    EMITTED_NAMES(EMITTED_ENDING)
#undef EMITTED_ENDING
};

/* In --main. */
static const char *const names_in_main[] = {"argc", "argv", "options"};

/* Macros are in capitals, all else is as the set's name. */
static char name_char(enum emitted_name name, char c) {
    return name >= EMITTED_GUARD ? to_upper(c) : c;
}

void put_set_name(struct output *output, const char *set, enum emitted_name name) {
    assert(set && name < EMITTED_COUNT);
    for (; *set; set++)
        put_char(output, name_char(name, *set));
    put_text(output, endings[name]);
}

void put_member_name(struct output *output, const migc_migration *migration, size_t index) {
    bool repeatable = (migration->flags & MIGC_REPEATABLE) != 0;
    size_t digits = strspn(migration->file, "0123456789");
    int64_t number;
    put_char(output, repeatable ? 'r' : 'm');
    if (repeatable)
        put_number(output, index + 1);
    else if (read_number(migration->file, digits, &number) && number == migration->version)
        put_bytes(output, migration->file, digits);
    else
        put_number(output, (uint64_t)migration->version);
}

/* ------------------------------------------------------------------- collisions */

static const char own_name[] = "is a name that migc itself uses in what it emits";

static void check_call_name(const struct migration *migration, const struct step *step,
                            const char *name, struct diagnostics *diagnostics) {
    bool of_set = false;
    size_t length = name ? strlen(name) : 0;
    for (int i = 0; name && i < EMITTED_COUNT && step->size >= length; i++) {
        size_t same = 0;
        while (same < length && step->text[same] == name_char((enum emitted_name)i, name[same]))
            same++;
        of_set |= same == length && same_text(step->text + length, step->size - length, endings[i]);
    }
    if (of_set)
        report_error(diagnostics, step_location(migration, step),
                     "'%.*s' %s; rename the function, or give the set another name with -n",
                     (int)step->size, step->text, own_name);
}

const char *set_name_problem(const char *name, bool with_main) {
    size_t size = strlen(name);
    for (size_t i = 0; with_main && i < COUNT_OF(names_in_main); i++)
        if (same_text(name, size, names_in_main[i]))
            return own_name;
    return symbol_problem(name, size);
}

void check_symbols(const struct set *set, struct diagnostics *diagnostics) {
    for (size_t i = 0; i < count_all(set); i++)
        for (unsigned kind = 0; kind < SECTION_COUNT; kind++) {
            const struct section *section = &set->migrations[i].sections[kind];
            for (size_t j = 0; j < section->count; j++)
                if (section->steps[j].is_call)
                    check_call_name(&set->migrations[i], &section->steps[j], set->name,
                                    diagnostics);
        }
}
