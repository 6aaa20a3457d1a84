/*
 * syslog.c - the ready event function for programs that tell the system's log.
 */
#include "internal.h"

#include <syslog.h>

int migc_syslog_event(const migc_event *event, void *user) {
    char text[512];
    (void)user;
    if (*migc_event_text(event, text, sizeof text))
        syslog(event->type == MIGC_EVENT_ROLLED_BACK ? LOG_ERR : LOG_INFO, "%s", text);
    return 0;
}
