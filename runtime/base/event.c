/*
 * event.c - hands events to the host's callback.
 */
#include "base/core.h"

#include <assert.h>

int migci_emit(migci_session *session, const migc_event *event) {
    const migc_options *options = session->options;
    return options->on_event ? options->on_event(event, options->event_user) : 0;
}

static void describe(const migci_session *session, size_t index, migc_event *event) {
    event->set = session->known;
    event->index = session->total_before + index + 1;
    event->count = session->total_before + session->plan.count;
    if (index < session->plan.count) {
        event->migration = session->plan.actions[index].migration;
        event->down = session->plan.actions[index].down;
    }
}

int migci_emit_action(migci_session *session, migc_event_type type, size_t index,
                      int64_t duration_us, const char *detail) {
    migc_event event = {0};
    event.type = type;
    event.duration_us = duration_us;
    event.detail = detail;
    if (type == MIGC_EVENT_WAITING)
        event.code = session->driver.failure.code;
    describe(session, index, &event);
    return migci_emit(session, &event);
}

int migci_emit_step(migci_session *session, size_t index, unsigned number, int64_t duration_us) {
    migc_event event = {0};
    assert(index < session->plan.count && number > 0);
    event.type = MIGC_EVENT_STEP;
    event.duration_us = duration_us;
    event.step = number;
    event.statement =
        migci_action_steps(&session->plan.actions[index], &event.step_count) + number - 1;
    describe(session, index, &event);
    return migci_emit(session, &event);
}
