/*
 * node.c - a node of a dqlite cluster, for tests and the demo:  node ID HOST:PORT DIR
 *
 * Prints "ready" once it answers, and ends on SIGTERM or SIGINT.  LATENCY_MS is the network
 * latency that its timeouts are made for (20).
 */
#include <dqlite.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static int start_node(dqlite_node *node, const char *address) {
    const char *latency = getenv("LATENCY_MS");
    int code = dqlite_node_set_bind_address(node, address);
    if (code == 0)
        code = dqlite_node_set_network_latency_ms(node, latency ? (unsigned)atoi(latency) : 20);
    if (code == 0)
        code = dqlite_node_start(node);
    return code;
}

int main(int argc, char **argv) {
    dqlite_node *node;
    sigset_t signals;
    int signal_number;
    if (argc != 4) {
        fputs("usage: node ID HOST:PORT DIR\n", stderr);
        return 2;
    }
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (dqlite_node_create(strtoull(argv[1], NULL, 10), argv[2], argv[3], &node) != 0 ||
        start_node(node, argv[2]) != 0) {
        fprintf(stderr, "node %s: %s\n", argv[1], dqlite_node_errmsg(node));
        return 1;
    }
    puts("ready");
    fflush(stdout);
    sigwait(&signals, &signal_number);
    dqlite_node_stop(node);
    dqlite_node_destroy(node);
    return 0;
}
