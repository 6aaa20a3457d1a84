/*
 * events.h - words for events, which the ready-made event functions and the command line share.
 */
#ifndef MIGC_EVENTS_H
#define MIGC_EVENTS_H

#include "migc.h"

/* As migc_event_text() for WAITING, PENDING, PROGRESS and LOG; "" for any other. */
char *migci_notice_text(const migc_event *event, char *buffer, size_t size);

#endif
