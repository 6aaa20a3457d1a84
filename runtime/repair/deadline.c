/*
 * deadline.c - applies options->progress to checks and repairs, as run.c does to a run, so the
 * deadline holds there, too.  An object file of its own, since some of them need nothing else of
 * each other.
 */
#include "repair.h"

migc_code migci_enter_progress(migci_session *session) {
    const migc_progress_part *progress = session->options->progress;
    return progress ? progress->enter(session) : MIGC_OK;
}

void migci_leave_progress(migci_session *session) {
    if (session->options->progress)
        session->options->progress->leave(session);
}
