/*
 * diag_keep.c - keeps reports as bytes, so that another run with the same sources can report them again.
 */
#include "diag.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool keep_location(struct buffer *kept, const struct location *location,
                          const struct source_list *sources) {
    size_t i = 0;
    while (i < sources->count && sources->items[i] != location->source)
        i++;
    buffer_number(kept, i);
    buffer_number(kept, location->offset);
    buffer_number(kept, location->size);
    return i < sources->count;
}

bool keep_reports(struct buffer *kept, const struct diagnostics *diagnostics, size_t first,
                  const struct source_list *sources) {
    assert(first <= diagnostics->count);
    buffer_number(kept, diagnostics->count - first);
    for (size_t i = first; i < diagnostics->count; i++) {
        const struct diagnostic *item = &diagnostics->items[i];
        buffer_number(kept, item->severity);
        buffer_string(kept, item->flag);
        buffer_string(kept, item->text);
        if (item->severity == SEVERITY_ERROR)
            return false;
        /* A note may belong to a report of before those that are kept, which is found again by its
         * text and place. */
        buffer_number(kept, item->group < first ? 0 : item->group - first + 1);
        if (item->group < first) {
            const struct diagnostic *earlier = &diagnostics->items[item->group];
            buffer_string(kept, earlier->text);
            if (!keep_location(kept, &earlier->location, sources))
                return false;
        }
        if (!keep_location(kept, &item->location, sources) ||
            !keep_location(kept, &item->sort, sources))
            return false;
    }
    return true;
}

static struct location read_location(struct decoder *decoder, const struct source_list *sources) {
    struct location location;
    location.source = sources->items[read_below(decoder, sources->count)];
    location.offset = (size_t)read_u64(decoder);
    location.size = (size_t)read_u64(decoder);
    decoder->bad |= location.offset != WHOLE_FILE && location.offset > location.source->size;
    return location;
}

bool report_kept(struct decoder *decoder, struct diagnostics *diagnostics,
                 const struct source_list *sources) {
    size_t first = diagnostics->count;
    for (uint64_t count = read_u64(decoder); count > 0 && !decoder->bad; count--) {
        struct diagnostic item = {.sequence = diagnostics->count};
        item.severity = (enum severity)read_below(decoder, SEVERITY_ERROR);
        item.flag = read_string(decoder);
        item.text = read_string(decoder);
        size_t group = (size_t)read_below(decoder, diagnostics->count - first + 2);
        item.group = group > 0 ? first + group - 1 : 0;
        if (group == 0) {
            const char *text = read_string(decoder);
            struct location location = read_location(decoder, sources);
            while (item.group < first && text &&
                   (diagnostics->items[item.group].location.source != location.source ||
                    diagnostics->items[item.group].location.offset != location.offset ||
                    strcmp(diagnostics->items[item.group].text, text) != 0))
                item.group++;
            decoder->bad |= !text || item.group == first;
        }
        item.location = read_location(decoder, sources);
        item.sort = read_location(decoder, sources);
        decoder->bad |= !item.text;
        diagnostics->items = grow_items(diagnostics->items, diagnostics->count,
                                        &diagnostics->capacity, sizeof(*diagnostics->items));
        diagnostics->items[diagnostics->count++] = item;
    }
    if (decoder->bad)
        diagnostics->count = first;
    return !decoder->bad;
}
