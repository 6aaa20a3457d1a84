/*
 * deadline.c - options->progress around what looks and puts right, as run.c has it around a
 * run: the deadline holds there too.  An object file of its own, since some of them need
 * nothing else of each other.
 */
#include "repair.h"

void migci_enter_progress(migci_session *session) {
    if (session->options->progress)
        session->options->progress->enter(session);
}

void migci_leave_progress(migci_session *session) {
    if (session->options->progress)
        session->options->progress->leave(session);
}
