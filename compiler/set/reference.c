/*
 * reference.c - the names in a "Depends:".  depends.c checks those of this set, needs.c those of
 * another.
 */
#include "set.h"

#include <string.h>

bool next_reference(struct location *rest, struct location *reference) {
    const char *text = rest->source->text, *at = text + rest->offset, *end = at + rest->size;
    while (at < end && (is_blank(*at) || *at == ','))
        at++;
    const char *comma = memchr(at, ',', (size_t)(end - at));
    const char *stop = comma ? comma : end;
    *rest = location_at(rest->source, stop, (size_t)(end - stop));
    while (stop > at && is_blank(stop[-1]))
        stop--;
    *reference = location_at(rest->source, at, (size_t)(stop - at));
    return reference->size > 0;
}

bool names_other_set(struct location reference) {
    return memchr(reference.source->text + reference.offset, '/', reference.size) != NULL;
}
