/*
 * cli_bar.c - how far a run is, on one line of a terminal that is drawn again and again.
 */
#include "cli.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    QUICK_US = 300000,
    DEFAULT_WIDTH = 80,
    LONGEST_BAR = 30,
    SHORTEST_BAR = 6,
    MOST_WIDTH = 250
};

void migci_bar_erase(migci_cli *cli) {
    if (cli->bar_shown)
        fputs("\r\033[K", stderr);
    cli->bar_shown = false;
}

/* "980", "12.3k", "4.5M" */
static const char *short_number(int64_t number, char buffer[16]) {
    if (number < 10000)
        snprintf(buffer, 16, "%d", (int)number);
    else if (number < 1000000)
        snprintf(buffer, 16, "%.1fk", (double)number / 1e3);
    else
        snprintf(buffer, 16, "%.1fM", (double)number / 1e6);
    return buffer;
}

static void describe_bar(const migc_event *event, char *text, size_t size) {
    char done[16], total[16], rate[16];
    double seconds = (double)event->duration_us / 1e6;
    int64_t per_second = seconds > 0 ? (int64_t)((double)event->done / seconds) : 0;
    const char *what = event->statement->call ? "" : " rows";
    if (event->total)
        snprintf(text, size, "%s of %s, %s/s, %.0f s", short_number(event->done, done),
                 short_number(event->total, total), short_number(per_second, rate), seconds);
    else if (event->done)
        snprintf(text, size, "%s%s, %s/s, %.0f s", short_number(event->done, done), what,
                 short_number(per_second, rate), seconds);
    else
        snprintf(text, size, "%.0f s", seconds);
}

/* Names are ASCII, so bytes are columns; the last column stays empty, or the line would wrap. */
void migci_bar_draw(migci_cli *cli, const migc_event *event) {
    char front[MOST_WIDTH], work[80];
    size_t width = DEFAULT_WIDTH - 1;
#ifdef TIOCGWINSZ
    struct winsize terminal;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &terminal) == 0 && terminal.ws_col)
        width = (terminal.ws_col < MOST_WIDTH ? terminal.ws_col : MOST_WIDTH) - 1u;
#endif
    if (!event->migration || migci_now_us() - cli->begun_us < QUICK_US)
        return;
    size_t length = (size_t)snprintf(front, sizeof(front), "[%zu/%zu] %.60s", event->index,
                                     event->count, event->migration->name);
    if (event->step)
        snprintf(front + length, sizeof(front) - length, " %u/%u", event->step, event->step_count);
    describe_bar(event, work, sizeof(work));
    size_t used = strlen(front) + strlen(work), frame = strlen(" [] ");
    migci_bar_erase(cli);
    cli->bar_shown = true;
    if (used + frame + SHORTEST_BAR > width) {
        snprintf(front + strlen(front), sizeof(front) - strlen(front), "  %s", work);
        fprintf(stderr, "%.*s", (int)width, front);
        return;
    }
    size_t room = width - used - frame, bar = room < LONGEST_BAR ? room : LONGEST_BAR;
    /* How much of the whole run is done; every statement counts the same. */
    double part = event->total > 0 ? (double)event->done / (double)event->total : 0;
    double steps = event->step ? (event->step - 1 + (part < 1 ? part : 1)) / event->step_count : 1;
    double fraction = ((double)event->index - 1 + steps) / (double)event->count;
    size_t full = (size_t)(fraction * (double)bar);
    fprintf(stderr, "%s [%s", front, cli->bar_colour ? "\033[32m" : "");
    for (size_t i = 0; i < bar; i++)
        putc(i < full ? '=' : i == full ? '>' : ' ', stderr);
    fprintf(stderr, "%s] %s", cli->bar_colour ? "\033[0m" : "", work);
}
