/*
 * cli_dqlite.c - "--dqlite SERVERS/NAME": commands on a cluster in place of a file.
 *
 * Commands that need the file of the database, or SQLite's authorizer, do not take the option;
 * migc-replicated.7 says what to use.
 */
#include "cli/cli.h"
#include "migc_dqlite.h"

#include <string.h>

enum { MOST_NAME = 500 }; /* a node closes the connection at 505 */

/* Whether it is a list of HOST:PORT, separated by commas. */
static bool are_addresses(const char *servers) {
    if (strchr(servers, '/')) /* from a NAME with a slash, which cannot be given here */
        return false;
    for (size_t length; *servers; servers += length + (servers[length] == ',')) {
        const char *colon = servers;
        length = strcspn(servers, ",");
        while (colon < servers + length && *colon != ':')
            colon++;
        if (colon == servers || colon + 1 >= servers + length)
            return false;
    }
    return true;
}

static int open_cluster(migci_cli *cli) {
    char servers[1024];
    const char *slash = strrchr(cli->cluster, '/');
    size_t size = slash ? (size_t)(slash - cli->cluster) : 0;
    if (size == 0 || size >= sizeof(servers) || !slash[1])
        return migci_cli_usage(cli, "--dqlite wants HOST:PORT,HOST:PORT,.../NAME");
    if (strlen(slash + 1) > MOST_NAME)
        return migci_cli_usage(cli, "--dqlite wants a NAME of at most %d bytes", MOST_NAME);
    memcpy(servers, cli->cluster, size);
    servers[size] = '\0';
    if (!are_addresses(servers))
        return migci_cli_usage(cli, "--dqlite wants HOST:PORT for each node, and has '%s'",
                               servers);
    cli->path = cli->cluster;
    cli->options.remote = migc_dqlite_open(servers, slash + 1);
    return cli->options.remote ? 0 : migci_cli_usage(cli, "out of memory");
}

static int choose_cluster(migci_cli *cli) {
    if (cli->cluster)
        cli->operations.open = open_cluster;
    return 0;
}

static int close_cluster(migci_cli *cli, int status) {
    if (cli->cluster)
        migc_dqlite_close(cli->options.remote);
    return status;
}

static const migci_option options[] = {
    {"--dqlite", "SERVERS/NAME", "the database of a dqlite cluster in place of a file", MIGCI_WORD,
     offsetof(migci_cli, cluster),
     MIGCI_FOR_RUNS | MIGCI_FOR_STATUS | MIGCI_FOR_HISTORY | MIGCI_FOR_PLAN | MIGCI_FOR_VALIDATE, 0,
     NULL, "--db --check --rehearse --copy --backup --each-db --profile --to"},
};

static const migci_part part_dqlite = {.title = "A cluster",
                                       .options = options,
                                       .option_count = 1,
                                       .choose = choose_cluster,
                                       .after = close_cluster};

static const migci_part *const parts_of_dqlite[] = {&part_dqlite, NULL};
const migc_verbs migc_verbs_dqlite = {parts_of_dqlite};
