/*
 * options.c - the options that each verb takes, and their values.  The help is made from the same
 * tables (help.c).
 */
#include "command.h"
#include "diff/diff.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define FIELD(name) offsetof(struct options, name)

enum { MOST_MILLIONS = 1000000000 };

static const struct option_row option_help = {"--help", NULL, OPTION_FLAG, FIELD(help),
                                              "print this (-h)"};
static const struct option_row option_short_help = {"-h", NULL, OPTION_FLAG, FIELD(help), NULL};
static const struct option_row option_output = {"-o", "FILE.c", OPTION_VALUE, FIELD(output),
                                                "write FILE.c, and FILE.h beside it"};
static const struct option_row option_name = {"-n", "NAME", OPTION_VALUE, FIELD(name),
                                              "the set's name in C (default: FILE)"};
static const struct option_row option_own_name = {"-n", "NAME", OPTION_VALUE, FIELD(name),
                                                  "the set's name, for the sets of --after"};
static const struct option_row option_main = {
    "--main", NULL, OPTION_FLAG, FIELD(with_main),
    "add a main, so that FILE.c alone makes a migration program"};
static const struct option_row option_module = {"--module", NULL, OPTION_FLAG, FIELD(module),
                                                "the set shares its database with others"};
static const struct option_row option_no_stamp = {"--no-stamp", NULL, OPTION_FLAG, FIELD(no_stamp),
                                                  "leave PRAGMA user_version to the host"};
static const struct option_row option_no_snapshot = {
    "--no-snapshot", NULL, OPTION_FLAG, FIELD(no_snapshot),
    "make new databases by replaying, not from a snapshot"};
static const struct option_row option_depfile = {"-MF", "FILE", OPTION_VALUE, FIELD(depfile),
                                                 "the same, to FILE"};
static const struct option_row option_target = {
    "-MT", "TARGET", OPTION_VALUE, FIELD(target),
    "what is made, in the dependencies, as make or ninja names it"};
static const struct option_row option_make_depfile = {"-MD", NULL, OPTION_FLAG, FIELD(make_depfile),
                                                      "write the dependencies for make to FILE.d"};
static const struct option_row option_warning = {
    "-W", "...", OPTION_WARNING, FIELD(warnings),
    "-WNAME, -Wno-NAME, -Werror, -Werror=NAME, -Wno-error=NAME"};
static const struct option_row option_all_locked = {
    "--locked", NULL, OPTION_FLAG, FIELD(all_locked), "fail when a migration is not in the lock"};
static const struct option_row option_cache = {"--cache", "DIR", OPTION_VALUE, FIELD(cache),
                                               "keep in DIR what is proven of released migrations"};
static const struct option_row option_no_prove = {"--no-prove", NULL, OPTION_FLAG, FIELD(no_prove),
                                                  "do not run the migrations"};
static const struct option_row option_prove_limit = {
    "--prove-limit", "N", OPTION_NUMBER, FIELD(prove_limit),
    "stop a statement after N million instructions (0: never)"};
static const struct option_row option_rows_limit = {
    "--rows-limit", "N", OPTION_NUMBER, FIELD(rows_limit),
    "make up rows for one table in at most N tries (300)"};
static const struct option_row option_load = {"--load", "FILE.so", OPTION_PROVISION,
                                              PROVISION_EXTENSION, "load an extension of SQLite"};
static const struct option_row option_function = {"--function", "NAME/NARGS", OPTION_PROVISION,
                                                  PROVISION_FUNCTION,
                                                  "the host has this function in SQL"};
static const struct option_row option_collation = {
    "--collation", "NAME", OPTION_PROVISION, PROVISION_COLLATION, "the host has this collation"};
static const struct option_row option_virtual_module = {
    "--virtual-module", "NAME", OPTION_PROVISION, PROVISION_MODULE,
    "the host has this module for virtual tables"};
static const struct option_row option_after = {"--after", "NAME=DIR", OPTION_AFTER, 0,
                                               "prove it with the set NAME, of the same database"};
static const struct option_row option_json = {"--json", NULL, OPTION_FLAG, FIELD(json),
                                              "one JSON document on standard output"};
static const struct option_row option_difference = {"-o", "DIR/NAME", OPTION_VALUE, FIELD(output),
                                                    "write the migration DIR/NNN_NAME.sql"};
static const struct option_row option_rename = {"--rename", "OLD=NEW", OPTION_RENAME, 0,
                                                "a table, or TABLE.COLUMN, under another name"};
static const struct option_row option_page = {"-o", "FILE.html", OPTION_VALUE, FIELD(output),
                                              "write the page to FILE.html"};
static const struct option_row option_database = {"--db", "FILE", OPTION_VALUE, FIELD(database),
                                                  "report about this database too"};
static const struct option_row option_exit_code = {"--exit-code", NULL, OPTION_FLAG,
                                                   FIELD(exit_code), "status 1 when they differ"};
static const struct option_row option_from = {"--from", "FILE.db", OPTION_FROM, 0,
                                              "prove it on a copy of this database, too"};
static const struct option_row option_author = {"--author", "NAME", OPTION_VALUE, FIELD(author),
                                                "write 'Author: NAME' into the header"};
static const struct option_row option_timestamp = {
    "--timestamp", NULL, OPTION_FLAG, FIELD(timestamp), "number by date and time (UTC)"};

static const struct option_row option_repeatable = {
    "--repeatable", NULL, OPTION_FLAG, FIELD(repeatable),
    "make R_NAME.sql, which runs again when it changes (-r)"};
static const struct option_row option_short_repeatable = {"-r", NULL, OPTION_FLAG,
                                                          FIELD(repeatable), NULL};
static const struct option_row option_order = {
    "--out-of-order", "POLICY", OPTION_VALUE, FIELD(order),
    "a pending one before applied ones: linear, allow or skip"};

static const struct option_row option_dialect = {
    "--dialect", "NAME", OPTION_VALUE, FIELD(dialect_name),
    "the tool that the folder is of ('migc dialects' lists them)"};
static const struct option_row option_define = {"--define", "NAME=VALUE", OPTION_DEFINE, 0,
                                                "the value of the placeholder ${NAME}"};
static const struct option_row option_external = {
    "--external", "NAME", OPTION_EXTERNAL, 0,
    "the migration NAME, in another language, is done elsewhere"};

static const struct option_row option_queries = {
    "--queries", "PATTERN", OPTION_QUERIES, 0,
    "check the SQL in these C and SQL files against the schema"};

static const struct option_row option_form = {
    "--diagnostics", "FORM", OPTION_VALUE, FIELD(warnings.form),
    "print errors and warnings as text, json, sarif or github"};
static const struct option_row option_colour = {"--color", "WHEN", OPTION_VALUE,
                                                FIELD(warnings.colour),
                                                "color the text: auto, always or never"};

#define DIAGNOSTIC_OPTIONS &option_warning, &option_form, &option_colour

#define DIALECT_OPTIONS &option_dialect, &option_define, &option_external

#define PROOF_OPTIONS                                                                              \
    &option_no_prove, &option_prove_limit, &option_rows_limit, &option_load, &option_function,     \
        &option_collation, &option_virtual_module, &option_after, &option_from

const struct option_row *const build_options[] = {&option_output,
                                                  &option_name,
                                                  &option_main,
                                                  &option_module,
                                                  &option_no_stamp,
                                                  &option_no_snapshot,
                                                  &option_order,
                                                  &option_make_depfile,
                                                  &option_depfile,
                                                  &option_target,
                                                  &option_queries,
                                                  &option_all_locked,
                                                  &option_cache,
                                                  DIALECT_OPTIONS,
                                                  PROOF_OPTIONS,
                                                  DIAGNOSTIC_OPTIONS,
                                                  &option_short_help,
                                                  &option_help,
                                                  NULL};
const struct option_row *const check_options[] = {&option_own_name,
                                                  &option_queries,
                                                  &option_all_locked,
                                                  &option_order,
                                                  &option_cache,
                                                  DIALECT_OPTIONS,
                                                  PROOF_OPTIONS,
                                                  DIAGNOSTIC_OPTIONS,
                                                  &option_short_help,
                                                  &option_help,
                                                  NULL};
const struct option_row *const schema_options[] = {
    &option_json,       &option_own_name,   DIALECT_OPTIONS, PROOF_OPTIONS,
    DIAGNOSTIC_OPTIONS, &option_short_help, &option_help,    NULL};
const struct option_row *const diff_options[] = {
    &option_difference, &option_rename, &option_exit_code,
    DIALECT_OPTIONS,    PROOF_OPTIONS,  DIAGNOSTIC_OPTIONS,
    &option_short_help, &option_help,   NULL};
const struct option_row *const report_options[] = {
    &option_page,       &option_database, &option_own_name,
    DIALECT_OPTIONS,    PROOF_OPTIONS,    DIAGNOSTIC_OPTIONS,
    &option_short_help, &option_help,     NULL};
const struct option_row *const lock_options[] = {
    &option_own_name,   &option_order,      DIALECT_OPTIONS, PROOF_OPTIONS,
    DIAGNOSTIC_OPTIONS, &option_short_help, &option_help,    NULL};
const struct option_row *const renumber_options[] = {&option_short_help, &option_help, NULL};
const struct option_row *const create_options[] = {&option_author,
                                                   &option_timestamp,
                                                   &option_repeatable,
                                                   &option_short_repeatable,
                                                   &option_short_help,
                                                   &option_help,
                                                   NULL};
const struct option_row *const run_options[] = {
    &option_own_name,   &option_order,      DIALECT_OPTIONS, PROOF_OPTIONS,
    DIAGNOSTIC_OPTIONS, &option_short_help, &option_help,    NULL};
static const struct option_row option_new_folder = {"-o", "NEWDIR", OPTION_VALUE, FIELD(output),
                                                    "the folder to make"};
const struct option_row *const convert_options[] = {&option_new_folder, DIALECT_OPTIONS,
                                                    DIAGNOSTIC_OPTIONS, &option_short_help,
                                                    &option_help,       NULL};
const struct option_row *const dialects_options[] = {&option_short_help, &option_help, NULL};
const struct option_row *const help_options[] = {&option_short_help, &option_help, NULL};

enum status usage_error(const struct verb *verb, const char *format, ...) {
    struct arena arena = {NULL};
    struct buffer text = {0};
    va_list arguments;
    va_start(arguments, format);
    put_clean(&text, arena_vformat(&arena, format, arguments));
    va_end(arguments);
    fprintf(stderr, "migc: %.*s; see 'migc help%s%s'\n", (int)text.size, text.bytes,
            verb ? " " : "", verb ? verb->name : "");
    buffer_free(&text);
    arena_free(&arena);
    return STATUS_USAGE;
}

/* Three forms: "--author=A", "-oFILE" and, with *value NULL, "-o FILE". */
static const struct option_row *find_option_row(const struct verb *verb, const char *argument,
                                                const char **value) {
    for (size_t i = 0; verb->options[i]; i++) {
        const struct option_row *row = verb->options[i];
        size_t length = strlen(row->spelling);
        bool is_long = row->spelling[1] == '-';
        if (strncmp(argument, row->spelling, length) != 0)
            continue;
        const char *rest = argument + length;
        if (*rest == '\0') {
            *value = NULL;
            return row;
        }
        if ((is_long && *rest == '=') || (!is_long && row->kind != OPTION_FLAG)) {
            *value = is_long ? rest + 1 : rest;
            return row;
        }
    }
    return NULL;
}

static enum status set_millions(long *field, const struct verb *verb, const struct option_row *row,
                                const char *value) {
    int64_t number;
    if (!read_number(value, strlen(value), &number) || number > MOST_MILLIONS) {
        return usage_error(verb, "%s takes a number from 0 to %d, not '%s'", row->spelling,
                           MOST_MILLIONS, value);
    }
    *field = (long)number;
    return STATUS_DONE;
}

static enum status add_option(struct options *options, const struct verb *verb,
                              const struct option_row *row, const char *value,
                              struct arena *arena) {
    struct provision provision;
    const char *problem =
        read_provision(&provision, (enum provision_kind)row->field, value, strlen(value), arena);
    if (problem)
        return usage_error(verb, "'%s': %s %s", value, row->spelling, problem);
    add_provision(&options->provisions, arena, &provision);
    return STATUS_DONE;
}

/* A copy of the items with room for one more. */
static void *copy_and_grow(const void *items, size_t count, size_t item_size, struct arena *arena) {
    void *grown = arena_take(arena, (count + 1) * item_size);
    if (count > 0)
        memcpy(grown, items, count * item_size);
    return grown;
}

static void append_value(const char ***list, size_t *count, const char *text, struct arena *arena) {
    *list = copy_and_grow(*list, *count, sizeof(**list), arena);
    (*list)[(*count)++] = text;
}

static enum status add_after(struct options *options, const struct verb *verb, const char *value,
                             struct arena *arena) {
    const char *equals = strchr(value, '=');
    size_t size = equals ? (size_t)(equals - value) : 0;
    if (!equals || !equals[1] || !is_identifier(value, size))
        return usage_error(verb, "'%s': --after takes NAME=DIR, as in core=../core/migrations",
                           value);
    for (size_t i = 0; i < options->after_count; i++)
        if (same_text(value, size, options->after[i].name))
            return usage_error(verb, "--after names the set '%s' twice", options->after[i].name);
    struct after *grown =
        copy_and_grow(options->after, options->after_count, sizeof(*grown), arena);
    grown[options->after_count++] = (struct after){arena_copy(arena, value, size), equals + 1};
    options->after = grown;
    return STATUS_DONE;
}

static enum status add_rename(struct options *options, const struct verb *verb, const char *value,
                              struct arena *arena) {
    struct rename *grown =
        copy_and_grow(options->renames, options->rename_count, sizeof(*grown), arena);
    const char *problem = read_rename(&grown[options->rename_count], value, arena);
    if (problem)
        return usage_error(verb, "'%s': --rename %s", value, problem);
    options->renames = grown;
    options->rename_count++;
    return STATUS_DONE;
}

static enum status set_option_field(struct options *options, const struct verb *verb,
                                    const struct option_row *row, const char *value,
                                    struct arena *arena) {
    char *field = (char *)options + (row->kind == OPTION_PROVISION ? 0 : row->field);
    const char *nearest = NULL;
    assert(row->kind == OPTION_PROVISION || row->field < sizeof(*options));
    if (row->kind == OPTION_FLAG) {
        if (value)
            return usage_error(verb, "%s takes no value", row->spelling);
        memcpy(field, &(bool){true}, sizeof(bool));
    } else if (!value || !*value) {
        return usage_error(verb, "%s needs a value", row->spelling);
    } else if (row->kind == OPTION_VALUE) {
        memcpy(field, &value, sizeof(value));
    } else if (row->kind == OPTION_NUMBER) {
        return set_millions((long *)(void *)field, verb, row, value);
    } else if (row->kind == OPTION_PROVISION) {
        return add_option(options, verb, row, value, arena);
    } else if (row->kind == OPTION_QUERIES) {
        append_value(&options->queries, &options->query_count, value, arena);
    } else if (row->kind == OPTION_RENAME) {
        return add_rename(options, verb, value, arena);
    } else if (row->kind == OPTION_FROM) {
        append_value(&options->from, &options->from_count, value, arena);
    } else if (row->kind == OPTION_AFTER) {
        return add_after(options, verb, value, arena);
    } else if (row->kind == OPTION_EXTERNAL) {
        add_external(&options->given, arena, value, strlen(value));
    } else if (row->kind == OPTION_DEFINE) {
        return add_define(&options->given, arena, value, strlen(value))
                   ? STATUS_DONE
                   : usage_error(verb, "'%s': --define takes NAME=VALUE", value);
    } else if (!set_warning_flag(&options->warnings, value, &nearest)) {
        return usage_error(verb, "there is no warning '-W%s'%s", value,
                           did_you_mean(nearest, arena));
    }
    return STATUS_DONE;
}

/* "check does not take --main, which is for build" */
static enum status refuse_option(const struct verb *verb, const struct verb *verbs,
                                 const char *argument, struct arena *arena) {
    const struct option_row *row = NULL;
    const char *list = NULL, *last = NULL, *value;
    for (size_t i = 0; verbs[i].name; i++) {
        const struct option_row *found = find_option_row(&verbs[i], argument, &value);
        if (!found)
            continue;
        if (last)
            list = list ? arena_format(arena, "%s, %s", list, last) : last;
        row = found;
        last = verbs[i].name;
    }
    if (!row) {
        struct nearest nearest = {argument, strcspn(argument, "="), NULL, 0};
        for (size_t i = 0; verb->options[i]; i++)
            consider_name(&nearest, verb->options[i]->spelling);
        return usage_error(verb, "there is no option '%s'%s", argument,
                           did_you_mean(nearest.name, arena));
    }
    return usage_error(verb, "%s does not take %s, which is for %s%s%s", verb->name, row->spelling,
                       list ? list : "", list ? " and " : "", last);
}

static bool takes_value(const struct option_row *row) {
    return row->value && row->kind != OPTION_WARNING;
}

/* Replaces the names that were given by the rows or static strings that they name. */
static enum status resolve_names(struct options *options, const struct verb *verb,
                                 struct arena *arena) {
    const char *form = options->warnings.form, *colour = options->warnings.colour;
    const char *dialect = options->dialect_name, *order = options->order, *nearest = NULL;
    options->warnings.form = form ? find_diagnostic_form(form) : NULL;
    if (form && !options->warnings.form)
        return usage_error(
            verb, "--diagnostics takes 'text', 'json', 'sarif' or 'github', not '%s'", form);
    if (colour && !is_colour_choice(colour))
        return usage_error(verb, "--color takes 'auto', 'always' or 'never', not '%s'", colour);
    if (dialect)
        options->given.dialect = find_dialect(dialect, &nearest);
    if (dialect && !options->given.dialect)
        return usage_error(verb, "there is no dialect '%s'%s; 'migc dialects' lists them", dialect,
                           did_you_mean(nearest, arena));
    options->order = order ? find_order(order, strlen(order)) : NULL;
    if (order && !options->order)
        return usage_error(verb, "--out-of-order takes 'linear', 'allow' or 'skip', not '%s'",
                           order);
    return STATUS_DONE;
}

int find_operand(const struct verb *verbs, int argc, char **argv, int *count) {
    bool only_operands = false;
    int first = argc;
    *count = 0;
    for (int i = 0; i < argc; i++) {
        if (!only_operands && argv[i][0] == '-' && argv[i][1]) {
            only_operands = strcmp(argv[i], "--") == 0;
            const struct option_row *row = NULL; /* of any verb that has the option */
            const char *value = NULL;
            for (size_t v = 0; verbs[v].name && !row; v++)
                row = find_option_row(&verbs[v], argv[i], &value);
            i += row && takes_value(row) && !value;
            continue;
        }
        if (++*count == 1)
            first = i;
    }
    return first;
}

/* The program of a set has no option that is about reading or proving its folder. */
static enum status check_rest(const struct options *options, const struct verb *verb) {
    static const struct option_row *const shared[] = {&option_own_name, &option_order,
                                                      &option_short_help, &option_help};
    for (int i = 0; i < options->rest_count; i++) {
        const char *value;
        const struct option_row *row = find_option_row(verb, options->rest[i], &value);
        bool is_shared = false;
        for (size_t j = 0; j < COUNT_OF(shared); j++)
            is_shared |= row == shared[j];
        if (row && !is_shared)
            return usage_error(verb, "%s stands before DIR, not after it", row->spelling);
    }
    return STATUS_DONE;
}

enum status parse_options(struct options *options, const struct verb *verb,
                          const struct verb *verbs, int argc, char **argv, struct arena *arena) {
    enum status status = STATUS_DONE;
    bool only_operands = false;
    for (int i = 0; i < argc && status == STATUS_DONE; i++) {
        const char *value = NULL;
        if (only_operands || argv[i][0] != '-' || !argv[i][1]) {
            assert(verb->operands <= (int)COUNT_OF(options->operands));
            if (options->operand_count == verb->operands)
                return usage_error(verb, "'%s' is one argument too many", argv[i]);
            const char *name = verb->operand_names[options->operand_count];
            if (!*argv[i] && name && strcmp(name, "NAME") != 0)
                return usage_error(verb, "%s is empty", name);
            options->operands[options->operand_count++] = argv[i];
            if (!verb->passes_rest)
                continue;
            options->rest = argv + i + 1;
            options->rest_count = argc - i - 1;
            status = check_rest(options, verb);
            break;
        }
        if (strcmp(argv[i], "--") == 0) {
            only_operands = true;
            continue;
        }
        const struct option_row *row = find_option_row(verb, argv[i], &value);
        if (!row)
            return refuse_option(verb, verbs, argv[i], arena);
        if (takes_value(row) && !value && i + 1 < argc)
            value = argv[++i];
        status = set_option_field(options, verb, row, value, arena);
    }
    if (status == STATUS_DONE && !options->help && options->operand_count < verb->operands_needed)
        status = usage_error(verb, "%s is missing", verb->operand_names[options->operand_count]);
    return status == STATUS_DONE ? resolve_names(options, verb, arena) : status;
}

enum status finish_build_options(struct options *options, const struct verb *verb,
                                 struct arena *arena) {
    size_t size = options->output ? strlen(options->output) : 0;
    if (size == 0)
        return usage_error(verb, "-o FILE.c is missing");
    if (size < 3 || strcmp(options->output + size - 2, ".c") != 0 ||
        options->output[size - 3] == '/')
        return usage_error(verb, "-o takes a name that ends in .c, not '%s'", options->output);
    options->header = arena_format(arena, "%.*sh", (int)size - 1, options->output);
    if (options->make_depfile && !options->depfile)
        options->depfile = arena_format(arena, "%.*sd", (int)size - 1, options->output);
    bool named = options->name != NULL;
    const char *slash = strrchr(options->output, '/');
    const char *base = slash ? slash + 1 : options->output;
    if (!named)
        options->name = arena_copy(arena, base, strlen(base) - strlen(".c"));
    const char *problem = set_name_problem(options->name, options->with_main);
    if (problem) {
        return usage_error(verb, "the set's name '%s' %s; give %s with -n", options->name, problem,
                           named ? "another" : "one");
    }
    return STATUS_DONE;
}
