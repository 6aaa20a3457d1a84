/*
 * syslog.c - the ready-made event function that writes to the system's log.
 */
#include "base/core.h"

#include <syslog.h>

int migc_syslog_event(const migc_event *event, void *user) {
    static const int priorities[] = {[MIGC_DEBUG] = LOG_DEBUG,
                                     [MIGC_INFO] = LOG_INFO,
                                     [MIGC_WARNING] = LOG_WARNING,
                                     [MIGC_ERROR] = LOG_ERR};
    int priority = event->type == MIGC_EVENT_ROLLED_BACK ? LOG_ERR : LOG_INFO;
    char text[1400];
    (void)user;
    if (event->type == MIGC_EVENT_LOG && event->level >= MIGC_DEBUG && event->level <= MIGC_ERROR)
        priority = priorities[event->level];
    if (*migc_event_text(event, text, sizeof(text)))
        syslog(priority, "%s", text);
    return 0;
}
