/*
 * print.c - the ready-made event function that writes lines to a stream.
 */
#include "base/core.h"

#include <stdio.h>

int migc_print_event(const migc_event *event, void *user) {
    char text[1400];
    if (*migc_event_text(event, text, sizeof(text)))
        fprintf(user ? (FILE *)user : stderr, "%s\n", text);
    return 0;
}
