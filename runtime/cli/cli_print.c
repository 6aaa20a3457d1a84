/*
 * cli_print.c - how the command line prints: words, colours and errors.
 */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool migci_is_terminal(FILE *stream) {
    const char *terminal = getenv("TERM");
    return isatty(fileno(stream)) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

bool migci_takes_colour(FILE *stream) {
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

/* A long text is cut if there is no memory for it. */
static void print_tamed(FILE *stream, void tame(char *), const char *format, va_list arguments) {
    char line[1024], *text = line;
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(line, sizeof(line), format, arguments);
    if (length >= (int)sizeof(line) && (text = sqlite3_malloc64((sqlite3_uint64)length + 1)))
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    tame(text ? text : line);
    fputs(text ? text : line, stream);
    if (text != line)
        sqlite3_free(text);
}

void migci_print(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_tamed(stdout, migci_tame, format, arguments);
    va_end(arguments);
}

void migci_print_to(FILE *stream, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_tamed(stream, migci_tame, format, arguments);
    va_end(arguments);
}

void migci_print_flat(FILE *stream, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_tamed(stream, migci_tame_line, format, arguments);
    va_end(arguments);
}

void migci_print_mark(const migci_cli *cli, int colour, char mark) {
    fprintf(stdout, "%s[%c]%s ", migci_paint(cli, colour), mark, migci_paint(cli, MIGCI_PLAIN));
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
    bool shown = !cli->json && !cli->quiet, terminal = shown && isatty(fileno(stderr));
    migci_size(event->total, size);
    if (terminal && !event->detail && event->done)
        fprintf(stderr, "\r%3.0f%% of %s copied",
                event->total ? 100.0 * (double)event->done / (double)event->total : 100.0, size);
    if (terminal && (event->detail || event->done == event->total))
        fputs("\r\033[K", stderr);
    if (shown && event->detail && !event->done)
        migci_print("Backup: %s  (%s, made before; nothing has changed since)\n", event->detail,
                    size);
    else if (shown && event->detail)
        migci_print("Backup: %s  (%s, %s)\n", event->detail, size,
                    migci_duration(event->duration_us, duration));
}

static bool skips(const migci_cli *cli) {
    return (migci_flags(cli->set, &cli->options) & MIGC_SKIP_OUT_OF_ORDER) != 0;
}

void migci_print_order(const migci_cli *cli, int64_t version) {
    const migc_migration *applied = migci_find(cli->set, version);
    migci_print("  %s: sorts before %s, which is applied", skips(cli) ? "skipped" : "out of order",
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
            migci_print("-- call: %s\n", step->text);
        else if (isatty(STDOUT_FILENO))
            migci_print("%s;\n", step->text);
        else /* a file gets the bytes as they are */
            fprintf(stdout, "%s;\n", step->text);
}

bool migci_cli_yes(void) {
    char answer[16] = "";
    migci_print("Go on? [y/N] ");
    fflush(stdout);
    if (fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
        return true;
    migci_print("Nothing was changed.\n");
    return false;
}

int migci_cli_unasked(migci_cli *cli) {
    cli->error.code = MIGC_MISUSE;
    snprintf(cli->error.message, sizeof(cli->error.message),
             "Nothing was changed. Pass --yes to go on without a question.");
    migci_json_failure(cli);
    migci_print_to(stderr, "%s\n", cli->error.message);
    return MIGCI_USAGE;
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
    const char *where = cli->path && !cli->in_fleet ? cli->path : "";
    const char *program = cli->in_fleet ? "" : cli->program;
    const char *set = cli->several && !cli->all_modules ? cli->set->name : "";
    fflush(stdout);
    migci_print_flat(stderr, "%s%s%s%s%s%s%s", program, *program ? ": " : "", where,
                     *where ? ": " : "", set, *set ? ": " : "", cli->error.message);
    migci_print_to(stderr, "\n");
    return cli->signal ? 128 + cli->signal : migci_exit_status(cli->error.code);
}

void migci_cli_lack_database(migci_cli *cli, const char *action) {
    cli->error.code = MIGC_CANNOT_OPEN;
    snprintf(cli->error.message, sizeof(cli->error.message),
             "there is no such database, and so nothing to %s. Check the path.", action);
}

/* After the message. */
static int end_refusal(migci_cli *cli) {
    cli->error.code = MIGC_MISUSE;
    migci_json_failure(cli);
    fflush(stdout);
    migci_print_flat(stderr, "%s: %s", cli->program, cli->error.message);
    migci_print_to(stderr, "\n");
    return MIGCI_USAGE;
}

int migci_cli_usage(migci_cli *cli, const char *format, ...) {
    char *message = cli->error.message;
    const size_t size = sizeof(cli->error.message);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, size, format, arguments);
    va_end(arguments);
    size_t used = strlen(message);
    snprintf(message + used, size - used, "; see '%s help'", cli->program);
    return end_refusal(cli);
}

int migci_cli_refuse(migci_cli *cli, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(cli->error.message, sizeof(cli->error.message), format, arguments);
    va_end(arguments);
    return end_refusal(cli);
}
