/*
 * mutate.c - how much of what can go wrong in a DOWN the proof finds.
 *
 *     mutate [-v] [-s SEED] COUNT FOLDER...
 *
 * Takes sets that are right, changes one thing in the DOWN of one migration at
 * random, COUNT times, and gives the result to migc's own stages.  What the
 * proof lets pass is judged once more (judge.c): it means the same, or it has
 * survived, which is a defect of the proof, and told with its text.  Exit
 * status: 0 no schema survived, 1 one did, 2 wrong usage.
 */
#include "judge.h"
#include "prove/prove.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 600, MOST_TOKENS = 4000, MILLION_INSTRUCTIONS = 100 };

/* --------------------------------------------------------------------- chance */

/* The same everywhere, unlike rand(). */
struct chance {
    uint64_t state;
};

static size_t pick(struct chance *chance, size_t count) {
    chance->state ^= chance->state << 13;
    chance->state ^= chance->state >> 7;
    chance->state ^= chance->state << 17;
    return count ? (size_t)(chance->state % count) : 0;
}

/* --------------------------------------------------------------------- a set */

/* Through the stages, from files to proof. */
struct compiled {
    struct arena arena;
    struct diagnostics diagnostics;
    struct folder folder;
    struct set set;
};

static bool compile(struct compiled *compiled, const char *path) {
    *compiled = (struct compiled){.folder = {.fd = -1}};
    struct diagnostics *diagnostics = &compiled->diagnostics;
    diagnostics->arena = &compiled->arena;
    if (open_folder(&compiled->folder, &compiled->arena, path, diagnostics) &&
        scan_folder(&compiled->folder, &compiled->arena, NULL, diagnostics) &&
        read_set(&compiled->set, &compiled->arena, &compiled->folder, diagnostics)) {
        check_set(&compiled->set, &compiled->arena, diagnostics);
        lower_set(&compiled->set, &compiled->arena);
        if (diagnostics_status(diagnostics) == STATUS_DONE)
            prove_set(&compiled->set, &(struct proof_order){.limit = MILLION_INSTRUCTIONS},
                      &compiled->arena, diagnostics);
    }
    return diagnostics_status(diagnostics) == STATUS_DONE;
}

static void discard(struct compiled *compiled) {
    free_diagnostics(&compiled->diagnostics);
    close_folder(&compiled->folder);
    arena_free(&compiled->arena);
}

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

/* -------------------------------------------------------------------- folders */

static void give_up(const char *what) {
    fprintf(stderr, "mutate: %s: %s\n", what, strerror(errno));
    exit(2);
}

static FILE *open_file(const char *folder, const char *name, const char *mode) {
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, mode);
    if (!file)
        give_up(path);
    return file;
}

static void write_original(const char *folder, const struct migration *migration) {
    FILE *file = open_file(folder, migration->entry->file, "w");
    fwrite(migration->source.text, 1, migration->source.size, file);
    fclose(file);
}

static void remove_files(const char *folder, const struct set *set) {
    char path[PATH_SIZE];
    for (size_t i = 0; i < set->count; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, set->migrations[i].entry->file);
        unlink(path);
    }
    rmdir(folder);
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
    if (!compile(&mutant, folder))
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
    bool right = compile(&original, path);
    if (!right)
        print_diagnostics(&original.diagnostics);
    else if (!mkdtemp(folder))
        give_up(folder);
    for (size_t i = 0; right && i < original.set.count; i++)
        write_original(folder, &original.set.migrations[i]);
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
    int option;
    while ((option = getopt(argc, argv, "vs:")) != -1) {
        tally.verbose |= option == 'v';
        if (option == 's')
            chance.state = strtoull(optarg, NULL, 10) | 1;
    }
    size_t count = argc - optind >= 2 ? strtoull(argv[optind], NULL, 10) : 0;
    if (count == 0) {
        fputs("usage: mutate [-v] [-s SEED] COUNT FOLDER...\n", stderr);
        return 2;
    }
    size_t sets = (size_t)(argc - optind - 1);
    for (size_t i = 0; i < sets; i++)
        if (!mutate_set(&tally, argv[optind + 1 + (int)i], count / sets + (i < count % sets),
                        &chance))
            return 2;
    return report(&tally);
}
