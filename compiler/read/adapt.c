/*
 * adapt.c - makes the files of other tools fit for migc's transaction, with the
 * effect that they have under their own tool.
 *
 * A file that begins a transaction of its own, or ends the one that its tool runs
 * it in, runs in migc's: BEGIN and COMMIT are left out, what is rolled back is
 * left out, too, and PRAGMA foreign_keys becomes what "Foreign-Keys:" says.  Only
 * what cannot run inside a transaction at all is run outside.  Statements on the
 * table in which the other tool keeps its history are left out.
 */
#include "read.h"

#include <assert.h>
#include <string.h>

/* What a statement is to a transaction. */
enum deal {
    DEAL_RUN,
    DEAL_BEGIN,
    DEAL_COMMIT,
    DEAL_ROLL_BACK,
    DEAL_FOREIGN_KEYS_ON,
    DEAL_FOREIGN_KEYS_OFF,
    DEAL_CONNECTION, /* a setting that does not outlive the connection, and is refused inside */
    DEAL_JOURNAL,    /* the same, but it stays in the file */
    DEAL_OUTSIDE,    /* cannot run inside a transaction */
    DEAL_OWN_TABLE   /* is about the other tool's history */
};

/* What is said once of all files: the first location, and how many files. */
struct remark {
    struct location first;
    size_t files;
    const struct migration *last;
};

enum remark_kind {
    REMARK_TRANSACTION,
    REMARK_FOREIGN_KEYS,
    REMARK_CONNECTION,
    REMARK_JOURNAL,
    REMARK_COUNT
};

static const char *const remark_texts[REMARK_COUNT] = {
    "BEGIN and COMMIT are left out: migc runs each migration in a transaction, so that all of it "
    "happens or nothing does",
    "PRAGMA foreign_keys is left out, and means the same: migc runs migrations without enforcement "
    "and checks all keys before the commit; those that switch it on are run with it on",
    "settings of the connection are left out: they end with it; the program makes them where it "
    "opens the database",
    "PRAGMA journal_mode is left out: it does nothing inside the transaction of the tool that the "
    "file is for; set it where the program opens the database",
};

struct adaptation {
    const struct dialect *dialect;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct migration *migration;
    const char *own_table, *tool; /* of the tool's history, where the migration names it; or NULL */
    struct remark remarks[REMARK_COUNT];
};

/* ------------------------------------------------------------------- statements */

static const char *const connection_settings[] = {"synchronous", "temp_store"};

/* Whether the statement is about the table itself: what it does stands in its first words. */
static bool is_about_table(const struct opening *opening, const char *table) {
    static const char *const verbs[] = {"INSERT", "REPLACE", "UPDATE", "DELETE",
                                        "CREATE", "DROP",    "ALTER"};
    bool changes = false;
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        changes |= opening_is(opening, 0, verbs[i]);
    for (size_t i = 1; changes && i < opening->count; i++) {
        const char *text = opening->of[i].text;
        size_t size = opening->of[i].size;
        bool quoted = size >= 2 && strchr("\"`['", text[0]);
        if (same_word(text + quoted, size - (quoted ? 2 : 0), table))
            return true;
        if (opening_is(opening, i, "(") || opening_is(opening, i, "SET") ||
            opening_is(opening, i, "VIEW") || opening_is(opening, i, "TRIGGER"))
            break;
    }
    return false;
}

/* Most statements are told by their first letters: no need to look further. */
static bool may_matter(const struct adaptation *work, const struct step *step) {
    static const char *const beginnings[] = {"BEGIN",    "COMMIT", "END",
                                             "ROLLBACK", "PRAGMA", "VACUUM"};
    for (size_t i = 0; i < COUNT_OF(beginnings); i++)
        if (to_upper(step->text[0]) == beginnings[i][0] &&
            to_upper(step->text[1]) == beginnings[i][1])
            return true;
    return work->own_table;
}

static enum deal find_deal(const struct adaptation *work, const struct step *step) {
    if (step->is_call || !may_matter(work, step))
        return DEAL_RUN;
    struct opening opening = read_opening(step);
    switch (find_transaction_word(&opening)) {
    case TRANSACTION_BEGINS:
        return DEAL_BEGIN;
    case TRANSACTION_COMMITS:
        return DEAL_COMMIT;
    case TRANSACTION_ROLLS_BACK:
        return DEAL_ROLL_BACK;
    case TRANSACTION_STAYS:
        break;
    }
    size_t name = find_pragma(&opening, "foreign_keys");
    if (name > 0) {
        static const char *const on[] = {"ON", "1", "YES", "TRUE"};
        for (size_t i = 0; i < COUNT_OF(on); i++)
            if (opening_is(&opening, name + 2, on[i]))
                return DEAL_FOREIGN_KEYS_ON;
        return DEAL_FOREIGN_KEYS_OFF;
    }
    for (size_t i = 0; i < COUNT_OF(connection_settings); i++)
        if (find_pragma(&opening, connection_settings[i]))
            return DEAL_CONNECTION;
    if (find_pragma(&opening, "journal_mode"))
        return DEAL_JOURNAL;
    if (opening_is(&opening, 0, "VACUUM"))
        return DEAL_OUTSIDE;
    return work->own_table && is_about_table(&opening, work->own_table) ? DEAL_OWN_TABLE : DEAL_RUN;
}

/* ----------------------------------------------------------------------- remarks */

static void remark(struct adaptation *work, enum remark_kind kind, const struct step *step) {
    struct remark *remark = &work->remarks[kind];
    if (remark->files == 0)
        remark->first = step_location(work->migration, step);
    remark->files += remark->last != work->migration;
    remark->last = work->migration;
}

static void report_remarks(struct adaptation *work) {
    for (unsigned kind = 0; kind < REMARK_COUNT; kind++) {
        const struct remark *remark = &work->remarks[kind];
        enum warning warning =
            kind == REMARK_FOREIGN_KEYS ? WARNING_PRAGMA_FOREIGN_KEYS : WARNING_ADAPTED;
        if (remark->files == 1)
            report_warning(work->diagnostics, warning, remark->first, "%s", remark_texts[kind]);
        else if (remark->files > 1)
            report_warning(work->diagnostics, warning, remark->first, "%s (in %zu files)",
                           remark_texts[kind], remark->files);
    }
}

/* ------------------------------------------------------------------- migrations */

/* What the statements of UP or DOWN want of transactions. */
struct wishes {
    bool begins;
    const struct step *first_outside; /* the first that cannot run inside, or NULL */
};

static struct wishes gather_wishes(const struct adaptation *work, enum section_kind kind) {
    const struct section *section = &work->migration->sections[kind];
    bool stays_inside =
        (work->dialect->flags & DIALECT_WRAPS) && runs_in_transaction(work->migration, kind);
    struct wishes wishes = {false, NULL};
    for (size_t i = 0; i < section->count; i++) {
        enum deal deal = find_deal(work, &section->steps[i]);
        bool leaves = deal == DEAL_OUTSIDE || (deal == DEAL_JOURNAL && !stays_inside);
        wishes.begins |= deal == DEAL_BEGIN;
        if (leaves && !wishes.first_outside)
            wishes.first_outside = &section->steps[i];
    }
    return wishes;
}

/* Whether UP switches enforcement on before its first statement, where that has an effect. */
static bool wants_foreign_keys(const struct adaptation *work) {
    const struct section *up = &work->migration->sections[SECTION_UP];
    bool inside =
        (work->dialect->flags & DIALECT_WRAPS) && runs_in_transaction(work->migration, SECTION_UP);
    bool on = false;
    for (size_t i = 0; i < up->count; i++) {
        enum deal deal = find_deal(work, &up->steps[i]);
        if (deal == DEAL_RUN)
            return on;
        inside = deal == DEAL_BEGIN || (inside && deal != DEAL_COMMIT && deal != DEAL_ROLL_BACK);
        if (!inside && (deal == DEAL_FOREIGN_KEYS_ON || deal == DEAL_FOREIGN_KEYS_OFF))
            on = deal == DEAL_FOREIGN_KEYS_ON;
    }
    return false;
}

/* Outside transactions only where something cannot run inside: all or nothing is worth more. */
static void choose_transaction(const struct adaptation *work, enum section_kind kind) {
    struct migration *migration = work->migration;
    struct wishes wishes = gather_wishes(work, kind);
    /* What is said of a whole file is said because one of its directions begins by itself. */
    if (!work->dialect->option && !(work->dialect->flags & DIALECT_FIRST_BYTES))
        wishes.begins |= gather_wishes(work, kind == SECTION_UP ? SECTION_DOWN : SECTION_UP).begins;
    bool inside = runs_in_transaction(migration, kind);
    if (wishes.first_outside && inside) {
        struct location location = step_location(migration, wishes.first_outside);
        set_transaction(migration, kind, false, location);
        report_warning(work->diagnostics, WARNING_ADAPTED, location,
                       "this cannot run inside a transaction: %s runs outside, one statement after "
                       "the other, and a failure leaves those before it done",
                       kind == SECTION_UP ? "UP" : "DOWN");
    } else if (!wishes.first_outside && wishes.begins && !inside) {
        set_transaction(migration, kind, true, location_of_file(&migration->source));
    }
}

/* What is left out, and why; `kept` is where the transaction that may be rolled back began. */
static bool leaves_out(struct adaptation *work, enum section_kind kind, enum deal deal,
                       const struct step *step) {
    bool outside = !runs_in_transaction(work->migration, kind);
    switch (deal) {
    case DEAL_BEGIN:
    case DEAL_COMMIT:
    case DEAL_ROLL_BACK:
        remark(work, REMARK_TRANSACTION, step);
        return true;
    case DEAL_FOREIGN_KEYS_ON:
    case DEAL_FOREIGN_KEYS_OFF:
        remark(work, REMARK_FOREIGN_KEYS, step);
        return true;
    case DEAL_CONNECTION:
        remark(work, REMARK_CONNECTION, step);
        return true;
    case DEAL_JOURNAL:
        if (!outside)
            remark(work, REMARK_JOURNAL, step);
        return !outside;
    case DEAL_OWN_TABLE:
        report_warning(work->diagnostics, WARNING_ADAPTED, step_location(work->migration, step),
                       "this is left out: %s is where %s keeps its history, and migc keeps its own",
                       work->own_table, work->tool);
        return true;
    case DEAL_OUTSIDE:
    case DEAL_RUN:
        break;
    }
    return false;
}

/* What a ROLLBACK undoes need not run.  Returns whether anything was left out. */
static bool adapt_section(struct adaptation *work, enum section_kind kind) {
    struct section *section = &work->migration->sections[kind];
    size_t kept = 0, begun = 0, count = section->count;
    struct step *all = section->steps;
    struct step *steps = arena_take(work->arena, (count + 1) * sizeof(*steps));
    for (size_t i = 0; i < count; i++) {
        enum deal deal = find_deal(work, &all[i]);
        if (deal == DEAL_BEGIN || deal == DEAL_COMMIT)
            begun = kept;
        if (deal == DEAL_ROLL_BACK)
            kept = begun;
        if (!leaves_out(work, kind, deal, &all[i]))
            steps[kept++] = all[i];
    }
    if (kept == count)
        return false;
    section->steps = steps;
    section->count = kept;
    /* Both lists are in the order of the file, or of its sections. */
    size_t next = 0;
    section->left_out = arena_take(work->arena, count * sizeof(*section->left_out));
    for (size_t i = 0; i < count; i++)
        if (next < section->count && section->steps[next].text == all[i].text)
            next++;
        else
            section->left_out[section->left_out_count++] = all[i];
    return true;
}

/* VERIFY of another tool fails where SQLite refuses it; here a row is a violation.  All columns
 * are computed, and no row is returned. */
static void adapt_verify(struct adaptation *work, struct section *section) {
    size_t kept = 0;
    section->left_out = arena_take(work->arena, (section->count + 1) * sizeof(struct step));
    section->left_out_count = section->count; /* all of them, as they were */
    for (size_t i = 0; i < section->count; i++) {
        struct step step = section->left_out[i] = section->steps[i];
        struct opening opening = read_opening(&step);
        bool is_query = opening_is(&opening, 0, "SELECT") || opening_is(&opening, 0, "WITH") ||
                        opening_is(&opening, 0, "VALUES");
        if (find_transaction_word(&opening) != TRANSACTION_STAYS)
            continue;
        if (!is_query) {
            report_warning(work->diagnostics, WARNING_ADAPTED,
                           step_location(work->migration, &step),
                           "this is left out: a VERIFY of migc only reads");
            continue;
        }
        step.text = arena_format(work->arena,
                                 "WITH verified AS (%.*s) SELECT * FROM verified EXCEPT SELECT * "
                                 "FROM verified",
                                 (int)step.size, step.text);
        step.size = strlen(step.text);
        section->steps[kept++] = step;
    }
    section->count = kept;
}

/* Over the statements that are left. */
static void hash_up(struct migration *migration, struct hasher *hasher) {
    const struct section *up = &migration->sections[SECTION_UP];
    hash_reset(hasher);
    for (size_t i = 0; i < up->count; i++) {
        const struct step *step = &up->steps[i];
        struct lexer lexer = {step->text, step->text, step->text};
        for (;;) {
            enum token token = lex_token(&lexer);
            if (token == TOKEN_END || lexer.token >= step->text + step->size)
                break;
            if (token != TOKEN_LINE_COMMENT && token != TOKEN_BLOCK_COMMENT)
                hash_token(hasher, lexer.token, (size_t)(lexer.cursor - lexer.token));
        }
        hash_bytes(hasher, ";", sizeof(";"));
    }
    hash_finish(hasher, migration->checksum);
}

/* The table of the dialect's tool, or of one that has printed the files. */
static void find_own_table(struct adaptation *work) {
    static const struct {
        const char *tool, *table;
    } printers[] = {{"Alembic", "alembic_version"},       {"yoyo", "_yoyo_migration"},
                    {"knex", "knex_migrations"},          {"Atlas", "atlas_schema_revisions"},
                    {"EF Core", "__EFMigrationsHistory"}, {"Liquibase", "DATABASECHANGELOG"}};
    const struct source *down = work->migration->others[PART_DOWN];
    const char *up = work->migration->source.text;
    work->own_table = NULL;
    for (size_t i = 0; i <= COUNT_OF(printers) && !work->own_table; i++) {
        const char *table = i == 0 ? work->dialect->table : printers[i - 1].table;
        if (!table || (i > 0 && !(work->dialect->flags & DIALECT_PRINTED)) ||
            !(strstr(up, table) || (down && strstr(down->text, table))))
            continue;
        work->own_table = table;
        work->tool = i > 0 ? printers[i - 1].tool
                     : work->dialect->flags & (DIALECT_PRINTED | DIALECT_BARE)
                         ? "another tool"
                         : work->dialect->name;
    }
}

void adapt_set(struct set *set, struct arena *arena, struct diagnostics *diagnostics) {
    struct adaptation work = {
        .dialect = set->folder->dialect, .arena = arena, .diagnostics = diagnostics};
    struct hasher *hasher = create_hasher();
    assert(!is_native(work.dialect));
    for (size_t i = 0; i < count_all(set); i++) {
        work.migration = &set->migrations[i];
        bool is_code =
            work.migration->entry->is_code && work.migration->sections[SECTION_UP].count > 0;
        if (is_code)
            report_warning(diagnostics, WARNING_ADAPTED, location_of_file(&work.migration->source),
                           "is no SQL: the program does it in 'int %s(migc_context *)', a step in "
                           "C; where it is done elsewhere, '--external %s' says so",
                           call_of_code(arena, work.migration->entry), work.migration->entry->stem);
        if (work.migration->broken || is_code)
            continue;
        struct section *sections = work.migration->sections;
        struct field *foreign_keys = &work.migration->fields[KEY_FOREIGN_KEYS];
        find_own_table(&work);
        if (!foreign_keys->value && wants_foreign_keys(&work)) {
            struct location location =
                step_location(work.migration, &sections[SECTION_UP].steps[0]);
            *foreign_keys = (struct field){"on", location.source, location.offset, location.size};
        }
        choose_transaction(&work, SECTION_UP);
        choose_transaction(&work, SECTION_DOWN);
        if (adapt_section(&work, SECTION_UP))
            hash_up(work.migration, hasher);
        adapt_section(&work, SECTION_DOWN);
        if (work.dialect->flags & DIALECT_VERIFY_RUNS)
            adapt_verify(&work, &sections[SECTION_VERIFY]);
    }
    free_hasher(hasher);
    report_remarks(&work);
}
