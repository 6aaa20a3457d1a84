/*
 * cli_words.c - looks at the words of a command line before they are parsed: finds "--migrate",
 * and what a misspelled word may have meant.
 */
#include "cli.h"

#include <string.h>

enum { LONGEST_WORD = 63 };

bool migci_is_migrate(const char *word) {
    static const char name[] = "--migrate";
    size_t length = strlen(name);
    return strncmp(word, name, length) == 0 && (word[length] == '\0' || word[length] == '=');
}

int migci_find_migrate(int argc, char **argv) {
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (migci_is_migrate(argv[i]))
            return i;
    return argc;
}

static size_t least_of(size_t a, size_t b) {
    return a < b ? a : b;
}

/* How many letters must be added, removed, replaced or swapped with the next one. */
static size_t distance_between(const char *a, const char *b) {
    size_t rows[3][LONGEST_WORD + 1], length = strlen(b);
    if (strlen(a) > LONGEST_WORD || length > LONGEST_WORD)
        return LONGEST_WORD;
    for (size_t j = 0; j <= length; j++)
        rows[0][j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            row[j] = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = least_of(row[j], least_of(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least_of(row[j], before[j - 2] + 1);
        }
    }
    return rows[strlen(a) % 3][length];
}

/* The beginning of a word is as near as a word with one wrong letter. */
bool migci_consider_word(migci_near *near, const char *word, const char *candidate) {
    size_t length = strlen(word), limit = length > 5 ? 2 : length > 2 ? 1 : 0;
    bool is_begun = length > 2 && strncmp(word, candidate, length) == 0;
    size_t distance = is_begun ? 1 : distance_between(word, candidate);
    if (distance > limit || (near->word && distance >= near->distance))
        return false;
    near->distance = distance;
    near->word = candidate;
    return true;
}

const char *migci_nearest_word(const migci_cli *cli, const char *word) {
    migci_near near = {NULL, 0};
    const migci_part *part;
    char name[LONGEST_WORD + 1];
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
    for (size_t p = 0; (part = migci_part_at(cli, p)); p++) {
        for (size_t i = 0; *word != '-' && i < part->command_count; i++)
            migci_consider_word(&near, name, part->commands[i].name);
        for (size_t i = 0; *word == '-' && i < part->option_count; i++)
            migci_consider_word(&near, name, part->options[i].name);
    }
    return near.word;
}
