/*
 * cli_watch.c - while the library runs: prints what happens, remembers it for the summary, and
 * lets a signal stop it.
 */
#include "cli.h"

#include <assert.h>

static int remember_ran(migci_cli *cli, const migc_event *event) {
    assert(event->migration && cli->ran_count <= cli->ran_room);
    if (cli->ran_count == cli->ran_room) {
        size_t room = cli->ran_room ? cli->ran_room * 2 : 64;
        migci_ran *grown = sqlite3_realloc64(cli->ran, room * sizeof(*grown));
        if (!grown)
            return 1;
        cli->ran = grown;
        cli->ran_room = room;
    }
    cli->ran[cli->ran_count++] =
        (migci_ran){{event->migration, event->down, 0}, event->duration_us};
    return 0;
}

static void print_finished(const migci_cli *cli, const migc_event *event) {
    char duration[32], rows[48] = "";
    const char *effects = event->down ? NULL : event->migration->effects;
    int64_t changed = 0;
    /* Outside transactions, the counted rows include those of the progress record. */
    if (cli->db && !migci_is_outside(event->migration, event->down))
        changed = sqlite3_total_changes64(cli->db) - cli->changes_before;
    if (cli->json || cli->quiet)
        return;
    if (changed > 0)
        sqlite3_snprintf(sizeof(rows), rows, ", %,lld row%s", (long long)changed,
                         changed == 1 ? "" : "s");
    migci_print_mark(cli, event->down ? MIGCI_YELLOW : MIGCI_GREEN, event->down ? ' ' : 'x');
    migci_print("%s  (%s%s%s)%s%s\n", event->migration->name, event->down ? "reverted, " : "",
                migci_duration(event->duration_us, duration), rows, effects && *effects ? "  " : "",
                effects ? effects : "");
}

/* Returns 0 to go on. */
static int note_event(migci_cli *cli, const migc_event *event) {
    migc_action action = {event->migration, event->down, 0};
    bool is_printed = !cli->json && !cli->quiet;
    unsigned count;
    switch (event->type) {
    case MIGC_EVENT_PLANNED:
        if (is_printed) {
            const migc_step *steps = migci_action_steps(&action, &count);
            migci_print("-- %s %s (%s)\n", event->down ? "down" : "up", event->migration->name,
                        event->migration->file);
            migci_print_steps(steps, count);
            migci_print("\n");
        }
        return remember_ran(cli, event);
    case MIGC_EVENT_STARTED:
        cli->changes_before = cli->db ? sqlite3_total_changes64(cli->db) : 0;
        break;
    case MIGC_EVENT_FINISHED:
        print_finished(cli, event);
        return remember_ran(cli, event);
    case MIGC_EVENT_COMMITTED:
        cli->ran_durable = cli->ran_count;
        break;
    case MIGC_EVENT_ROLLED_BACK: /* the lines above said that these were applied */
        if (cli->ran_count > cli->ran_durable && is_printed)
            migci_print("Undone again: %zu of the above.\n", cli->ran_count - cli->ran_durable);
        cli->ran_count = cli->ran_durable;
        break;
    case MIGC_EVENT_BACKUP:
        migci_print_backup(cli, event);
        break;
    default:
        break;
    }
    return 0;
}

int migci_cli_event(const migc_event *event, void *user) {
    migci_cli *cli = user;
    migci_emit_to_terminal(cli, event);
    int stop = note_event(cli, event);
    if (event->type != MIGC_EVENT_PROGRESS)
        fflush(stdout);
    return stop || migci_signal_came();
}

void migci_cli_watch(migci_cli *cli) {
    cli->options.on_event = migci_cli_event;
    cli->options.event_user = cli;
    migci_events_enter(cli);
    migci_signals_enter(cli);
}

void migci_cli_unwatch(migci_cli *cli) {
    migci_signals_leave(cli);
    migci_bar_erase(cli);
}
