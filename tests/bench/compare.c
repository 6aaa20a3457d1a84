/*
 * compare.c - runs two commands turn by turn and prints how they compare.
 *
 *     compare ROUNDS COMMAND... -- COMMAND...
 *
 * prints the median ratio of the first's time to the second's, the median time of each in
 * milliseconds, and the most memory the first had, in KiB.  Their output goes nowhere; one that
 * fails ends it.
 */
#define _DEFAULT_SOURCE /* wait4: the memory of one child, not the most of all */
#include "measure.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct command {
    char **argv;
    long most_kib;
};

static void become(char **argv) {
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0)
        dup2(nowhere, STDOUT_FILENO);
    execvp(argv[0], argv);
    perror(argv[0]);
    _exit(127);
}

static void run_command(void *argument) {
    struct command *command = argument;
    struct rusage usage;
    int status;
    pid_t child = fork();
    if (child == 0)
        become(command->argv);
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        give_up(command->argv[0], "cannot be run");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        give_up(command->argv[0], "failed");
    if (usage.ru_maxrss > command->most_kib)
        command->most_kib = usage.ru_maxrss;
}

int main(int argc, char **argv) {
    int middle = 2;
    while (middle < argc && strcmp(argv[middle], "--") != 0)
        middle++;
    if (middle < 3 || middle + 1 >= argc)
        give_up("usage", "compare ROUNDS COMMAND... -- COMMAND...");
    argv[middle] = NULL;
    struct command first = {argv + 2, 0}, second = {argv + middle + 1, 0};
    struct contestant pair[2] = {{.run = run_command, .argument = &first},
                                 {.run = run_command, .argument = &second}};
    measure(pair, 2, (int)strtol(argv[1], NULL, 10));
    printf("%.3f %.1f %.1f %ld\n", median_ratio(&pair[0].samples, &pair[1].samples),
           median(&pair[0].samples) / 1e3, median(&pair[1].samples) / 1e3, first.most_kib);
    return 0;
}
