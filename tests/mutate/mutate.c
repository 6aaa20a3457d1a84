/*
 * mutate.c - how much of what can go wrong in a DOWN the proof finds.
 *
 *     mutate [-v] [-u] [-s SEED] COUNT FOLDER...
 *
 * Takes sets that are right, changes one thing in the DOWN of one migration at
 * random, COUNT times, and gives the result to migc's own stages.  What the
 * proof lets pass is judged once more (judge.c): it means the same, or it has
 * survived, which is a defect of the proof, and told with its text.  Exit
 * status: 0 no schema survived, 1 one did, 2 wrong usage.  With -u it is about
 * UPs (ups.c), whose survivors are counted.
 */
#include "mutate.h"
#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_TOKENS = 4000 };

/* ------------------------------------------------------------------ mutations */

struct piece {
    enum token kind;
    const char *text;
    size_t size;
};

/* A DOWN as tokens; a mutation is a range of them that other text takes the place of. */
struct down {
    const char *start, *end;
    struct piece *tokens;
    size_t count;
};

struct mutation {
    size_t from, to; /* tokens that go, the last one not included */
    char text[2000];
};

static bool read_down(struct down *down, const struct migration *migration) {
    const struct section *section = &migration->sections[SECTION_DOWN];
    if (section->count == 0)
        return false;
    down->start = section->steps[0].text;
    down->end = section->steps[section->count - 1].text + section->steps[section->count - 1].size;
    down->tokens = must_have(calloc(MOST_TOKENS, sizeof(*down->tokens)));
    struct lexer lexer = {.text = migration->source.text, .cursor = down->start};
    enum token kind;
    while (down->count < MOST_TOKENS && (kind = lex_token(&lexer)) != TOKEN_END &&
           lexer.token < down->end)
        if (kind != TOKEN_LINE_COMMENT && kind != TOKEN_BLOCK_COMMENT)
            down->tokens[down->count++] =
                (struct piece){kind, lexer.token, (size_t)(lexer.cursor - lexer.token)};
    return true;
}

static void put(struct mutation *mutation, const struct piece *token) {
    size_t used = strlen(mutation->text);
    snprintf(mutation->text + used, sizeof(mutation->text) - used, "%s%.*s", used ? " " : "",
             (int)token->size, token->text);
}

static const struct piece semicolon = {TOKEN_SEMICOLON, ";", 1};

/* From behind the ';' before `at` to behind the next one. */
static void take_statement(const struct down *down, size_t at, size_t *from, size_t *to) {
    for (*from = at; *from > 0 && down->tokens[*from - 1].kind != TOKEN_SEMICOLON; --*from)
        continue;
    for (*to = at; *to < down->count && down->tokens[*to].kind != TOKEN_SEMICOLON; ++*to)
        continue;
    *to += *to < down->count;
}

static void delete_token(const struct down *down, struct chance *chance,
                         struct mutation *mutation) {
    mutation->from = pick(chance, down->count);
    mutation->to = mutation->from + 1;
}

static void delete_clause(const struct down *down, struct chance *chance,
                          struct mutation *mutation) {
    mutation->from = pick(chance, down->count);
    mutation->to = mutation->from + 2 + pick(chance, 6);
    if (mutation->to > down->count)
        mutation->to = down->count;
}

static void delete_statement(const struct down *down, struct chance *chance,
                             struct mutation *mutation) {
    take_statement(down, pick(chance, down->count), &mutation->from, &mutation->to);
}

static void repeat_statement(const struct down *down, struct chance *chance,
                             struct mutation *mutation) {
    size_t from, to;
    take_statement(down, pick(chance, down->count), &from, &to);
    mutation->from = mutation->to = from;
    for (size_t i = from; i < to; i++)
        put(mutation, &down->tokens[i]);
    if (to == down->count)
        put(mutation, &semicolon);
}

static void swap_statements(const struct down *down, struct chance *chance,
                            struct mutation *mutation) {
    size_t middle;
    take_statement(down, pick(chance, down->count), &mutation->from, &middle);
    if (middle == down->count)
        return;
    take_statement(down, middle, &middle, &mutation->to);
    for (size_t i = middle; i < mutation->to; i++)
        put(mutation, &down->tokens[i]);
    if (mutation->to == down->count)
        put(mutation, &semicolon);
    for (size_t i = mutation->from; i < middle; i++)
        put(mutation, &down->tokens[i]);
}

/* A word becomes another word of the same DOWN. */
static void replace_word(const struct down *down, struct chance *chance,
                         struct mutation *mutation) {
    delete_token(down, chance, mutation);
    const struct piece *other = &down->tokens[pick(chance, down->count)];
    if (down->tokens[mutation->from].kind == TOKEN_WORD && other->kind == TOKEN_WORD)
        put(mutation, other);
}

static const char *const turns[][2] = {
    {"ASC", "DESC"},
    {"DESC", "ASC"},
    {"AFTER", "BEFORE"},
    {"BEFORE", "AFTER"},
    {"CASCADE", "RESTRICT"},
    {"INSERT", "DELETE"},
    {"UPDATE", "INSERT"},
    {"TEXT", "BLOB"},
    {"INTEGER", "REAL"},
    {"AND", "OR"},
    {"OR", "AND"},
    {"NOCASE", "RTRIM"},
    {"new", "old"},
    {"old", "new"},
    {"<>", "="},
    {"=", "<>"},
    {">", ">="},
    {"<", ">"},
    {"UNIQUE", ""},
    {"STRICT", "WITHOUT ROWID"},
    {"IS", "IS NOT"},
    {"DEFERRED", "IMMEDIATE"},
    {"JOIN", "LEFT JOIN"},
    {"*", "1"},
};

/* A number, a string or a word becomes its neighbour or its opposite. */
static void turn_token(const struct down *down, struct chance *chance, struct mutation *mutation) {
    delete_token(down, chance, mutation);
    const struct piece *token = &down->tokens[mutation->from];
    if (token->kind == TOKEN_NUMBER)
        snprintf(mutation->text, sizeof(mutation->text), "%.*s1", (int)token->size, token->text);
    else if (token->kind == TOKEN_STRING)
        snprintf(mutation->text, sizeof(mutation->text), "'x%.*s", (int)token->size - 1,
                 token->text + 1);
    for (size_t i = 0; i < COUNT_OF(turns); i++)
        if (same_word(token->text, token->size, turns[i][0]))
            snprintf(mutation->text, sizeof(mutation->text), "%s", turns[i][1]);
}

static void (*const kinds[])(const struct down *, struct chance *, struct mutation *) = {
    delete_token,     delete_clause,   delete_clause, delete_statement,
    repeat_statement, swap_statements, replace_word,  turn_token,
};

/* The migration's text with the mutation in it. */
static void write_mutant(FILE *file, const struct migration *migration, const struct down *down,
                         const struct mutation *mutation) {
    const struct source *source = &migration->source;
    bool to_end = mutation->to >= down->count;
    const char *from = mutation->from < down->count ? down->tokens[mutation->from].text : down->end;
    const char *to = to_end ? down->end : down->tokens[mutation->to].text;
    fprintf(file, "%.*s%s%s%s", (int)(from - source->text), source->text, mutation->text,
            *mutation->text ? "\n" : "", to);
}

/* ------------------------------------------------------------------------ all */

struct tally {
    size_t made, found, same, rows, schema;
    bool verbose;
};

static void tell(const char *what, const struct migration *migration, const struct down *down,
                 const struct mutation *mutation) {
    size_t from = mutation->from > 3 ? mutation->from - 3 : 0;
    size_t to = mutation->to + 3 < down->count ? mutation->to + 3 : down->count;
    printf("%s %s: ", what, migration->entry->file);
    for (size_t i = from; i < to; i++)
        printf("%s%.*s%s ", i == mutation->from ? "[" : "", (int)down->tokens[i].size,
               down->tokens[i].text, i + 1 == mutation->to ? "]" : "");
    printf("-> [%s]\n", mutation->text);
}

static void judge(struct tally *tally, const struct compiled *mutant, size_t index,
                  const struct down *down, const struct mutation *mutation) {
    const struct migration *migration = &mutant->set.migrations[index];
    enum verdict verdict = judge_down(&mutant->set, index);
    tally->same += verdict == VERDICT_SAME;
    tally->rows += verdict == VERDICT_ROWS;
    tally->schema += verdict == VERDICT_SCHEMA;
    if (verdict == VERDICT_SCHEMA)
        tell("SURVIVED", migration, down, mutation);
    else if (verdict == VERDICT_ROWS)
        tell("SURVIVED with other rows", migration, down, mutation);
    else if (tally->verbose)
        tell("means the same", migration, down, mutation);
}

/* False: the mutation changed nothing, or took all of the DOWN, which is no proof's matter. */
static bool try_mutation(struct tally *tally, const char *folder, const struct set *set,
                         size_t index, const struct down *down, const struct mutation *mutation) {
    const struct migration *migration = &set->migrations[index];
    struct compiled mutant;
    size_t taken = mutation->to - mutation->from;
    if (!*mutation->text && (taken == 0 || taken == down->count))
        return false;
    FILE *file = open_file(folder, migration->entry->file, "w");
    write_mutant(file, migration, down, mutation);
    fclose(file);
    tally->made++;
    if (!compile(&mutant, folder, false))
        tally->found++;
    else
        judge(tally, &mutant, index, down, mutation);
    discard(&mutant);
    write_original(folder, migration);
    return true;
}

static bool mutate_once(struct tally *tally, const char *folder, const struct set *set,
                        struct chance *chance) {
    struct mutation mutation = {0};
    struct down down = {0};
    size_t index = pick(chance, set->count);
    if (!read_down(&down, &set->migrations[index]))
        return false;
    kinds[pick(chance, COUNT_OF(kinds))](&down, chance, &mutation);
    bool made = try_mutation(tally, folder, set, index, &down, &mutation);
    free(down.tokens);
    return made;
}

static bool mutate_set(struct tally *tally, const char *path, size_t count, struct chance *chance) {
    struct compiled original;
    char folder[] = "/tmp/mutate.XXXXXX";
    bool right = compile(&original, path, false);
    if (right)
        copy_set(folder, &original.set);
    else
        print_diagnostics(&original.diagnostics);
    while (right && count > 0)
        count -= mutate_once(tally, folder, &original.set, chance);
    if (right)
        remove_files(folder, &original.set);
    discard(&original);
    return right;
}

static int report(const struct tally *tally) {
    printf("%zu DOWNs with one change: %zu are found, %zu mean the same, %zu survive with other "
           "rows, %zu with another schema\n",
           tally->made, tally->found, tally->same, tally->rows, tally->schema);
    return tally->schema + tally->rows > 0;
}

int main(int argc, char **argv) {
    struct tally tally = {0};
    struct chance chance = {20261121};
    bool ups = false;
    int option;
    while ((option = getopt(argc, argv, "vus:")) != -1) {
        tally.verbose |= option == 'v';
        ups |= option == 'u';
        if (option == 's')
            chance.state = strtoull(optarg, NULL, 10) | 1;
    }
    size_t count = argc - optind >= 2 ? strtoull(argv[optind], NULL, 10) : 0;
    if (count == 0) {
        fputs("usage: mutate [-v] [-u] [-s SEED] COUNT FOLDER...\n", stderr);
        return 2;
    }
    size_t sets = (size_t)(argc - optind - 1);
    if (ups)
        return mutate_ups(argv + optind + 1, sets, count, &chance, tally.verbose) ? 0 : 2;
    for (size_t i = 0; i < sets; i++)
        if (!mutate_set(&tally, argv[optind + 1 + (int)i], count / sets + (i < count % sets),
                        &chance))
            return 2;
    return report(&tally);
}
