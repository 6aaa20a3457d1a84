/*
 * cli_backup.c - --backup and --keep, and the commands backup, backups and restore.
 */
#include "backup/backup.h"
#include "cli.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* --------------------------------------------------------------------- folder */

/* A program that always makes backups has named a folder for them. */
static const migc_backup *of_host(const migci_cli *cli) {
    const migc_hook *hook = cli->host ? cli->host->hooks : NULL;
    while (hook && hook->run != migc_backup_hook)
        hook = hook->next;
    return hook ? hook->user : NULL;
}

static void set_backup(migci_cli *cli, const char *folder) {
    const migc_backup *host = of_host(cli);
    if (host) {
        cli->backup.folder = host->folder;
        cli->backup.keep = host->keep;
    }
    cli->backup.shared = (host && host->shared) || (cli->several && cli->several->count > 1);
    if (folder && *folder)
        cli->backup.folder = folder;
    if (cli->keep)
        cli->backup.keep = (int)cli->keep;
}

/* For the commands that run migrations; the host's own hook may do it already. */
static int add_backup_hook(migci_cli *cli) {
    if (!cli->backup_folder || (!*cli->backup_folder && of_host(cli)))
        return 0;
    set_backup(cli, cli->backup_folder);
    cli->backup_hook = (migc_hook){migc_backup_hook, &cli->backup, cli->options.hooks};
    cli->options.hooks = &cli->backup_hook;
    return 0;
}

/* ---------------------------------------------------------------------- words */

/* A later release may have made the backup. */
static const char *name_at(const migci_cli *cli, int64_t version, char buffer[64]) {
    if (version < 0)
        return "several sets";
    if (!version || migci_find(cli->set, version))
        return migci_name_at(cli->set, version);
    snprintf(buffer, 64, "version %lld, which this program does not know", (long long)version);
    return buffer;
}

/* "2026-11-21 08:15:00" of "20261121T081500Z" */
static const char *format_time(const char *time, char buffer[32]) {
    snprintf(buffer, 32, "%.4s-%.2s-%.2s %.2s:%.2s:%.2s", time, time + 4, time + 6, time + 9,
             time + 11, time + 13);
    return buffer;
}

static int finish_copy(migci_cli *cli) {
    migci_json json;
    if (cli->json) {
        migci_json_begin_command(&json, cli);
        migci_json_text(&json, "command", cli->command->name);
        migci_json_bool(&json, "dry_run", cli->dry_run);
        migci_json_outcome(&json, cli);
        migci_json_text(&json, "backup", *cli->backup.path ? cli->backup.path : NULL);
        migci_json_text(&json, "replaced", *cli->backup.replaced ? cli->backup.replaced : NULL);
        migci_json_end(&json);
    }
    return cli->error.code == MIGC_OK ? 0 : migci_cli_fail(cli);
}

/* --------------------------------------------------------------------- backup */

static int run_backup(migci_cli *cli) {
    if (cli->missing) {
        migci_cli_lack_database(cli, "back up");
        return finish_copy(cli);
    }
    set_backup(cli, cli->operand);
    migci_cli_watch_waiting(cli);
    migc_backup_now(cli->db, cli->set, &cli->backup, &cli->options, &cli->error);
    migci_cli_unwatch(cli);
    int status = finish_copy(cli);
    if (status || *cli->backup.path || cli->json || cli->quiet)
        return status;
    if (cli->dry_run)
        migci_print("-- Dry run: %s would be copied. Nothing was written.\n", cli->path);
    else
        migci_print("%s is empty: there is nothing to back up.\n", cli->path);
    return status;
}

/* -------------------------------------------------------------------- backups */

struct listing {
    migci_backups backups;
    migci_kept *list;
    size_t count;
};

static void print_backups_json(migci_cli *cli, const struct listing *listing) {
    migci_json json;
    char when[32], file[5000];
    migci_json_begin_command(&json, cli);
    migci_json_outcome(&json, cli);
    migci_json_open(&json, "backups", '[');
    for (size_t i = 0; i < listing->count; i++) {
        const migci_kept *kept = &listing->list[i];
        snprintf(file, sizeof(file), "%s/%s", listing->backups.folder, kept->name);
        migci_json_open(&json, NULL, '{');
        migci_json_text(&json, "file", file);
        if (kept->version < 0)
            migci_json_null(&json, "version");
        else
            migci_json_number(&json, "version", kept->version);
        migci_json_text(&json, "at", format_time(kept->time, when));
        migci_json_number(&json, "size", kept->size);
        migci_json_close(&json);
    }
    migci_json_close(&json);
    migci_json_end(&json);
}

static int run_backups(migci_cli *cli) {
    struct listing listing = {0};
    char when[32], size[32], name[64];
    migci_session session;
    sqlite3 *none = NULL; /* the list needs no database, but a session does */
    int status = migci_cli_path(cli);
    if (status)
        return status;
    set_backup(cli, cli->operand);
    sqlite3_open(":memory:", &none);
    if (migci_session_open(&session, none, cli->set, &cli->options, &cli->error) == MIGC_OK &&
        migci_backups_find(&session, cli->file, cli->backup.folder, &listing.backups) == MIGC_OK)
        migci_backups_list(&session, &listing.backups, &listing.list, &listing.count);
    migci_name_failure(&session, "the backups cannot be listed");
    if (cli->json)
        print_backups_json(cli, &listing);
    bool is_printed = cli->error.code == MIGC_OK && !cli->json && !cli->quiet;
    if (is_printed && !listing.count)
        migci_print("%s has no backup of %s.\n", listing.backups.folder, cli->path);
    for (size_t i = 0; is_printed && i < listing.count; i++) {
        const migci_kept *kept = &listing.list[i];
        migci_print("%s  %9s  %s/%s  (%s)\n", format_time(kept->time, when),
                    migci_size(kept->size, size), listing.backups.folder, kept->name,
                    name_at(cli, kept->version, name));
    }
    migci_session_close(&session);
    sqlite3_close(none);
    return cli->error.code == MIGC_OK ? 0 : migci_cli_fail(cli);
}

/* -------------------------------------------------------------------- restore */

static migc_code call_restore(migci_cli *cli, unsigned flags) {
    migci_cli_watch_waiting(cli);
    migc_options options = cli->options;
    options.flags |= flags;
    migc_code code =
        migc_restore(cli->file, cli->set, cli->operand, &cli->backup, &options, &cli->error);
    migci_cli_unwatch(cli);
    return code;
}

static void print_intent(const migci_cli *cli, FILE *stream) {
    char name[64];
    migci_print_to(stream, "In place of %s this puts back %s, at %s.\n", cli->path,
                   cli->backup.path, name_at(cli, cli->result.to, name));
}

/* A dry run checks first, so that the question is about something that can be done. */
static int confirm_restore(migci_cli *cli) {
    if (call_restore(cli, MIGC_DRY_RUN) != MIGC_OK)
        return finish_copy(cli);
    if (!isatty(STDIN_FILENO)) {
        migci_print_to(stderr, "%s: ", cli->program);
        print_intent(cli, stderr);
        return migci_cli_unasked(cli);
    }
    print_intent(cli, stdout);
    migci_print("What is there now is kept. ");
    return migci_cli_yes() ? 0 : 1;
}

static int run_restore(migci_cli *cli) {
    char name[64];
    int status = migci_cli_path(cli);
    if (status)
        return status;
    set_backup(cli, NULL);
    status = cli->yes || cli->dry_run ? 0 : confirm_restore(cli);
    if (status)
        return status;
    call_restore(cli, 0);
    status = finish_copy(cli);
    if (status || cli->json || cli->quiet)
        return status;
    if (cli->dry_run) {
        migci_print("-- Dry run. ");
        print_intent(cli, stdout);
        migci_print("Nothing was changed.\n");
        return 0;
    }
    migci_print("%s is restored from %s: it is at %s.\n", cli->path, cli->backup.path,
                name_at(cli, cli->result.to, name));
    if (*cli->backup.replaced)
        migci_print("What it was is kept as %s.\n", cli->backup.replaced);
    return 0;
}

/* ---------------------------------------------------------------------- verbs */

static const migci_command commands[] = {
    {"backup", "[DIR]", "copy the database to DIR, or beside it", run_backup, MIGCI_WRITES,
     MIGCI_FOR_BACKUP},
    {"backups", "[DIR]", "the backups in DIR, or beside the database, newest first", run_backups,
     MIGCI_BESIDE, MIGCI_FOR_BACKUPS},
    {"restore", "[FILE]", "put a backup back, the newest unless given; what was there is kept",
     run_restore, MIGCI_REPLACES, MIGCI_FOR_RESTORE},
};

static const migci_option option_table[] = {
    {"--backup", "DIR", "a backup before anything changes, in DIR or beside the database",
     MIGCI_WORD_OR_NONE, offsetof(migci_cli, backup_folder),
     MIGCI_FOR_RUNS | MIGCI_FOR_BASELINE | MIGCI_FOR_ADOPT, MIGCI_FOR_REPAIR, MIGCI_REPAIRS, NULL},
    {"--keep", "N", "how many backups of the database stay, the newest (10)", MIGCI_COUNT,
     offsetof(migci_cli, keep), MIGCI_FOR_BACKUP, MIGCI_FOR_CHANGES, "--backup", NULL},
};

/* Then the host's own hook makes the backup, and chooses how many are kept. */
static int choose_backup_folder(migci_cli *cli) {
    if (!cli->keep || !cli->backup_folder || *cli->backup_folder || !of_host(cli))
        return 0;
    return migci_cli_usage(cli, "this program makes its own backups, and says how many stay:"
                                " --keep wants --backup=DIR");
}

const migci_part migci_part_backup = {.title = "Backups",
                                      .commands = commands,
                                      .command_count = sizeof(commands) / sizeof(*commands),
                                      .options = option_table,
                                      .option_count = sizeof(option_table) / sizeof(*option_table),
                                      .choose = choose_backup_folder,
                                      .before = add_backup_hook};
