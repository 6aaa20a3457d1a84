/*
 * allow.c - "-- Allow: NAME, NAME: reason" in the header of a migration: the
 * warnings that its author has seen and means.
 *
 * Where they are left out is diag.c's.
 */
#include "read.h"

#include <string.h>

static struct location trim(struct location location) {
    const char *text = location.source->text + location.offset;
    while (location.size > 0 && is_blank(text[location.size - 1]))
        location.size--;
    while (location.size > 0 && is_blank(*text)) {
        text++;
        location.offset++;
        location.size--;
    }
    return location;
}

void read_allow(struct migration *migration, struct location value,
                struct diagnostics *diagnostics) {
    const char *text = value.source->text + value.offset, *end = text + value.size;
    const char *colon = memchr(text, ':', value.size);
    if (!colon || trim(location_at(value.source, colon + 1, (size_t)(end - colon - 1))).size == 0) {
        report_error(diagnostics, value,
                     "Allow: needs a reason, for whoever meets it later: "
                     "'-- Allow: name, name: reason'");
        migration->broken = true;
        return;
    }
    while (text < colon) {
        const char *comma = memchr(text, ',', (size_t)(colon - text));
        const char *stop = comma ? comma : colon;
        struct location name = trim(location_at(value.source, text, (size_t)(stop - text)));
        const char *nearest, *word = name.source->text + name.offset;
        enum warning warning =
            name.size > 0 ? find_warning(word, name.size, &nearest) : WARNING_COUNT;
        if (warning != WARNING_COUNT) {
            migration->source.allowed |= UINT64_C(1) << warning;
        } else if (name.size > 0) {
            report_error(diagnostics, name, "Allow: there is no warning '%.*s'%s", (int)name.size,
                         word, did_you_mean(nearest, diagnostics->arena));
            migration->broken = true;
        }
        text = stop + 1;
    }
}
