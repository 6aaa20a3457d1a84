/*
 * unpack.c - makes migrations from a packed set, in one block of a call's memory.
 *
 * The migrations point into the texts of the set.  Only texts that are too long for one string are
 * joined, at the end of that block.
 */
#include "base/core.h"

#include <string.h>

enum { GOES_ON = '\1' }; /* ends a string whose text goes on in the next */

/* A migration always has four texts, and those that its row has a bit for. */
enum { ALWAYS = 4, FIRST = offsetof(migc_migration, name) };

/* A migration begins like its row, and ends with its texts in order. */
typedef char migci_same_order[offsetof(migc_migration, flags) == offsetof(migc_row, flags) &&
                                      sizeof(migc_migration) ==
                                          FIRST + (ALWAYS + MIGC_TEXT_COUNT) * sizeof(char *)
                                  ? 1
                                  : -1];

struct unpacking {
    const char *at; /* the next string */
    migc_function *const *calls;
    migc_step *step; /* the next one to fill */
    char *room;      /* for what is joined */
};

static const char *take_text(struct unpacking *from) {
    const char *text = from->at, *end = text;
    do
        end += strlen(end) + 1;
    while (end - text > 1 && end[-2] == GOES_ON);
    from->at = end;
    if (text + strlen(text) + 1 == end)
        return text;
    char *joined = from->room;
    for (; text < end; text++)
        if (*text && (*text != GOES_ON || text[1]))
            *from->room++ = *text;
    *from->room++ = '\0';
    return joined;
}

static void unpack_migration(struct unpacking *from, const migc_row *row, migc_migration *made) {
    unsigned count = row->up_count + row->down_count + row->verify_count;
    memcpy(made, row, sizeof(*row));
    made->flags %= MIGC_HAS_DESCRIPTION;
    if (count)
        made->steps = from->step;
    const char **field = (const char **)(void *)((char *)made + FIRST);
    unsigned which = (row->flags / MIGC_HAS_DESCRIPTION + 1) * (1 << ALWAYS) - 1;
    for (; which; which >>= 1, field++)
        if (which & 1)
            *field = take_text(from);
    while (count-- > 0) {
        const char *text = take_text(from);
        migc_step *step = from->step++;
        for (; *text >= '0' && *text <= '9'; text++)
            step->line = step->line * 10 + (unsigned)(*text - '0');
        if (*text == ' ') {
            step->call = *from->calls++;
            text = strchr(text, ':');
        }
        step->text = text + 1;
    }
}

const migc_set *migci_unpack_set(const migc_set *set, migci_memory *memory) {
    const migc_packed *packed = set->packed;
    if (set->migrations || !packed)
        return set;
    struct {
        migc_set set;
        migc_repeatables repeatables;
        migc_migration migrations[];
    } *made =
        migci_allocate(memory, sizeof(*made) + packed->count * sizeof(migc_migration) +
                                   packed->step_count * sizeof(migc_step) + packed->joined_size);
    if (!made)
        return NULL;
    struct unpacking from = {packed->texts, packed->calls,
                             (migc_step *)(void *)(made->migrations + packed->count), NULL};
    from.room = (char *)(from.step + packed->step_count);
    for (size_t i = 0; i < packed->count; i++)
        unpack_migration(&from, &packed->rows[i], &made->migrations[i]);
    made->set = *set;
    made->set.packed = NULL;
    made->set.migrations = made->migrations;
    if (set->repeatables) {
        made->repeatables = *set->repeatables;
        made->repeatables.migrations = made->migrations + set->count;
        made->set.repeatables = &made->repeatables;
    }
    return &made->set;
}
