/*
 * cli_print.c - words and colours of the command line, and how it fails.
 */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int migci_is_terminal(FILE *stream) {
    const char *terminal = getenv("TERM");
    return isatty(fileno(stream)) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

int migci_takes_colour(FILE *stream) {
    const char *no_colour = getenv("NO_COLOR");
    return !(no_colour && *no_colour) && migci_is_terminal(stream);
}

const char *migci_paint(const migci_cli *cli, int colour) {
    static const char *const codes[] = {
        [MIGCI_GREEN] = "\033[32m",
        [MIGCI_YELLOW] = "\033[33m",
        [MIGCI_RED] = "\033[1;31m",
        [MIGCI_PLAIN] = "\033[0m",
    };
    return cli->colour ? codes[colour] : "";
}

/* Those of one byte, and of two bytes in UTF-8 (U+0080 to U+009F). */
void migci_tame(char *text) {
    unsigned char *at = (unsigned char *)text;
    for (; *at; at++)
        if ((*at < ' ' && *at != '\n' && *at != '\t' && !(*at == '\r' && at[1] == '\n')) ||
            *at == 0x7f || (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0))
            *at = '?';
}

void migci_print_tame(FILE *stream, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : sqlite3_malloc64((sqlite3_uint64)length + 1);
    if (!text)
        return;
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    migci_tame(text);
    fputs(text, stream);
    sqlite3_free(text);
}

const char *migci_duration(int64_t duration_us, char buffer[32]) {
    double ms = (double)duration_us / 1000;
    if (ms < 10)
        snprintf(buffer, 32, "%.1f ms", ms);
    else if (ms < 10000)
        snprintf(buffer, 32, "%.0f ms", ms);
    else
        snprintf(buffer, 32, "%.1f s", ms / 1000);
    return buffer;
}

void migci_print_backup(const migci_cli *cli, const migc_event *event) {
    char size[32], duration[32];
    int shown = !cli->json && !cli->quiet, terminal = shown && isatty(fileno(stderr));
    migci_size(event->total, size);
    if (terminal && !event->detail && event->done)
        fprintf(stderr, "\r%3.0f%% of %s copied",
                event->total ? 100.0 * (double)event->done / (double)event->total : 100.0, size);
    if (terminal && (event->detail || event->done == event->total))
        fprintf(stderr, "\r\033[K");
    if (shown && event->detail && !event->done)
        printf("Backup: %s  (%s, made before; nothing has changed since)\n", event->detail, size);
    else if (shown && event->detail)
        printf("Backup: %s  (%s, %s)\n", event->detail, size,
               migci_duration(event->duration_us, duration));
}

static int skips(const migci_cli *cli) {
    return (migci_flags(cli->set, &cli->options) & MIGC_SKIP_OUT_OF_ORDER) != 0;
}

void migci_print_order(const migci_cli *cli, int64_t version) {
    const migc_migration *applied = migci_find(cli->set, version);
    printf("  %s: sorts before %s, which is applied", skips(cli) ? "skipped" : "out of order",
           applied ? applied->name : "one");
}

const char *migci_order_word(const migci_cli *cli) {
    if (skips(cli))
        return "skipped";
    return migci_flags(cli->set, &cli->options) & MIGC_ALLOW_OUT_OF_ORDER ? "allowed" : "refused";
}

const char *migci_name_at(const migc_set *set, int64_t version) {
    const migc_migration *migration = migci_find(set, version);
    return migration ? migration->name : "the beginning";
}

void migci_print_steps(const migc_step *step, unsigned count) {
    for (unsigned i = 0; i < count; i++, step++)
        if (step->call)
            printf("-- call: %s\n", step->text);
        else if (isatty(STDOUT_FILENO))
            migci_print_tame(stdout, "%s;\n", step->text);
        else /* a file wants it as it is */
            printf("%s;\n", step->text);
}

int migci_cli_yes(void) {
    char answer[16] = "";
    printf("Go on? [y/N] ");
    fflush(stdout);
    if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
        return 1;
    printf("Nothing was changed.\n");
    return 0;
}

int migci_exit_status(migc_code code) {
    static const unsigned char statuses[] = {
#define STATUS_ROW(name, status, text, advice) status,
        MIGC_CODES(STATUS_ROW)
#undef STATUS_ROW
    };
    return statuses[code];
}

int migci_cli_fail(migci_cli *cli) {
    const char *where = cli->path ? cli->path : "";
    const char *set = cli->several && !cli->joint ? cli->set->name : "";
    fflush(stdout);
    migci_print_tame(stderr, "%s: %s%s%s%s%s\n", cli->program, where, *where ? ": " : "", set,
                     *set ? ": " : "", cli->error.message);
    return cli->signal ? 128 + cli->signal : migci_exit_status(cli->error.code);
}

static void complain(const migci_cli *cli, const char *format, va_list arguments) {
    fflush(stdout);
    fprintf(stderr, "%s: ", cli->program);
    vfprintf(stderr, format, arguments);
}

int migci_cli_usage(migci_cli *cli, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    complain(cli, format, arguments);
    va_end(arguments);
    fprintf(stderr, "; see '%s help'\n", cli->program);
    return MIGCI_USAGE;
}

int migci_cli_refuse(migci_cli *cli, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    complain(cli, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    return MIGCI_USAGE;
}
