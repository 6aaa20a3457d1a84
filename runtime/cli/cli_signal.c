/*
 * cli_signal.c - Ctrl-C, SIGTERM and a closed terminal while migrations run: the run is rolled
 * back in order instead of being killed.
 *
 * A signal is for the whole process, so this file has the only variable of libmigc.  Only the
 * command line uses it.
 */
#include "cli.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t came;

static const struct {
    int number;
    const char *name;
} signals[MIGCI_SIGNALS] = {{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"}};

static void note_signal_number(int number) {
    came = number;
}

/* An ignored signal stays ignored: nohup(1) and shells, for jobs in the background, rely on it. */
void migci_signals_enter(migci_cli *cli) {
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = note_signal_number;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    came = 0;
    for (int i = 0; i < MIGCI_SIGNALS; i++) {
        sigaction(signals[i].number, NULL, &cli->signals[i]);
        if (cli->signals[i].sa_handler != SIG_IGN)
            sigaction(signals[i].number, &action, NULL);
    }
}

int migci_signal_came(void) {
    return came;
}

/* A signal that came after the commit had nothing left to stop. */
void migci_signals_leave(migci_cli *cli) {
    char message[sizeof(cli->error.message)];
    const char *name = "";
    for (int i = 0; i < MIGCI_SIGNALS; i++) {
        sigaction(signals[i].number, &cli->signals[i], NULL);
        if (signals[i].number == came)
            name = signals[i].name;
    }
    if (!came || cli->error.code != MIGC_STOPPED)
        return;
    cli->signal = came;
    memcpy(message, cli->error.message, sizeof(message));
    snprintf(cli->error.message, sizeof(cli->error.message), "%s: %.1000s", name, message);
}
