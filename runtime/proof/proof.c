/*
 * proof.c - the whole chain: all up, all down, all up, in three runs of the
 * engine.
 *
 * A migration that only creates, and whose DOWN only drops what it created, is
 * shown right by counting objects on the way down.  Every other one, and every
 * one with TEST rows, is proven by itself as well (proof_local.c), which costs
 * more and tells precisely.
 */
#include "proof.h"

#include <string.h>

/* What the chain showed waits until each migration was looked at: they tell precisely. */
struct told {
    migci_finding_kind kind;
    const char *words;
    struct told *next;
};

struct chain {
    migci_proof *proof;
    migci_watch watch;
    sqlite3 *db;
    int64_t *objects;  /* in the schema, before each UP */
    char *doubtful;    /* which migrations are to be proven by themselves */
    int64_t changes;   /* sqlite3_total_changes64() when the running migration began */
    int64_t clock;     /* readings of the clock, likewise */
    int first;         /* the first way up: learn */
    struct told *told; /* differences of the chain, latest first */
    migci_memory memory;
};

static int64_t count_objects(struct chain *chain) {
    return migci_ask_sqlite(chain->db, "SELECT count(*) FROM sqlite_schema");
}

static size_t index_of(const struct chain *chain, const migc_event *event) {
    return (size_t)(event->migration - chain->proof->set->migrations);
}

/* ----------------------------------------------------------------- the way up */

static int64_t read_clock(const migci_proof *proof) {
    return proof->clock_readings ? proof->clock_readings(proof->user) : 0;
}

static void start_up(struct chain *chain, size_t index) {
    migci_watch_migration(&chain->watch, index, 0);
    chain->changes = sqlite3_total_changes64(chain->db);
    chain->clock = read_clock(chain->proof);
    if (chain->first)
        chain->objects[index] = count_objects(chain);
}

static char *keep(migci_proof *proof, sqlite3_str *text) {
    const char *value = sqlite3_str_value(text);
    return migci_copy(&proof->memory, value ? value : "");
}

static void learn(struct chain *chain, size_t index) {
    migci_proof *proof = chain->proof;
    migci_effect *effect = &proof->effects[index];
    const migc_migration *migration = &proof->set->migrations[index];
    effect->rows_changed = sqlite3_total_changes64(chain->db) - chain->changes;
    if (migration->flags & MIGC_NO_TRANSACTION) /* each of its steps left a trace */
        effect->rows_changed -= migration->up_count;
    effect->touches_existing = chain->watch.touches_existing;
    effect->reads_moment = chain->watch.reads_chance || read_clock(proof) != chain->clock;
    effect->made = keep(proof, chain->watch.made);
    effect->created = keep(proof, chain->watch.created);
    migci_watch_learn(&chain->watch);
    proof->reached = index + 1;
    if (effect->touches_existing || effect->calls)
        chain->doubtful[index] = 1;
}

/* --------------------------------------------------------------- the way down */

static void check_down(struct chain *chain, size_t index) {
    migci_watch_learn(&chain->watch);
    if (chain->watch.touches_existing || count_objects(chain) != chain->objects[index])
        chain->doubtful[index] = 1;
}

static int on_event(const migc_event *event, void *user) {
    struct chain *chain = user;
    size_t index = event->migration ? index_of(chain, event) : 0;
    switch (event->type) {
    case MIGC_EVENT_STARTED:
        if (event->down)
            migci_watch_migration(&chain->watch, index, 1);
        else
            start_up(chain, index);
        break;
    case MIGC_EVENT_STEP:
        chain->watch.spent = 0;
        break;
    case MIGC_EVENT_FINISHED:
        if (event->down)
            check_down(chain, index);
        else if (chain->first)
            learn(chain, index);
        break;
    default:
        break;
    }
    return 0;
}

/* ------------------------------------------------------------------ the runs */

static migc_code run(struct chain *chain, migci_target target, migc_error *error) {
    migc_options options = {0};
    options.on_event = on_event;
    options.event_user = chain;
    options.user = chain->proof->step_user;
    migc_code code = migci_run(chain->db, chain->proof->set, target, &options, error);
    migci_watch_migration(&chain->watch, chain->proof->set->count, 0);
    return code;
}

int migci_is_reversible(const migc_migration *migration) {
    return migration->down_count || (!migration->up_count && !migration->irreversible);
}

/* The state that the migrations before `index` leave. */
static migci_target target_below(const migc_set *set, size_t index) {
    migci_target target = {MIGCI_VERSION,
                           index ? set->migrations[index - 1].version : MIGCI_NOTHING};
    return target;
}

/* How far down the chain goes: to the latest migration that cannot be reverted. */
static size_t floor_of(const migc_set *set) {
    size_t floor = set->count;
    while (floor > 0 && migci_is_reversible(&set->migrations[floor - 1]))
        floor--;
    return floor;
}

static void note(struct chain *chain, migci_finding_kind kind, const char *words) {
    struct told *told = migci_allocate(&chain->memory, sizeof *told);
    if (!told)
        return;
    told->kind = kind;
    told->words = migci_copy(&chain->memory, words);
    told->next = chain->told;
    chain->told = told;
    memset(chain->doubtful, 1, chain->proof->set->count);
}

struct differences {
    struct chain *chain;
    migci_finding_kind kind;
};

static void note_difference(const migci_difference *difference, void *argument) {
    struct differences *differences = argument;
    note(differences->chain, differences->kind, difference->text);
}

static void report_chain(struct chain *chain) {
    for (struct told *told = chain->told; told && !chain->proof->faults; told = told->next) {
        migci_finding finding = {0};
        finding.kind = told->kind;
        finding.index = chain->proof->set->count;
        finding.reason = told->words;
        chain->proof->report(chain->proof->user, &finding);
    }
}

static void compare(struct chain *chain, const migci_schema *expected, migci_finding_kind kind) {
    struct differences differences = {chain, kind};
    migci_memory memory = {0};
    migci_schema found;
    if (migci_schema_read(chain->db, &memory, &found) == SQLITE_OK)
        migci_schema_compare(expected, &found, note_difference, &differences);
    migci_free_all(&memory);
}

/* Down to the floor and up again.  What fails here is found and told by the
 * proof of the single migration; from there on down all of them are looked at. */
static void go_down_and_up(struct chain *chain, const migci_schema *top) {
    const migc_set *set = chain->proof->set;
    size_t floor = floor_of(set);
    migci_schema bottom = {0};
    migc_error error;
    if (floor == set->count)
        return;
    if (run(chain, target_below(set, floor), &error) == MIGC_OK) {
        if (floor == 0)
            compare(chain, &bottom, MIGCI_FOUND_CHAIN_LEFTOVER);
        if (run(chain, migci_target_of(MIGC_LATEST), &error) == MIGC_OK)
            compare(chain, top, MIGCI_FOUND_CHAIN_DIFFERS);
        else
            note(chain, MIGCI_FOUND_AGAIN_FAILED, error.message);
    } else {
        memset(chain->doubtful, 1, set->count);
    }
}

static void look_from_the_top(struct chain *chain) {
    migci_memory memory = {0};
    migci_schema top;
    if (migci_schema_read(chain->db, &memory, &top) == SQLITE_OK) {
        if (chain->proof->finished)
            chain->proof->finished(chain->proof->user, chain->db, &top);
        go_down_and_up(chain, &top);
    }
    migci_free_all(&memory);
}

/* Below the floor the chain does not go, so each is proven by itself. */
static void doubt_below_floor(struct chain *chain) {
    size_t floor = floor_of(chain->proof->set);
    for (size_t i = 0; i < floor; i++)
        if (migci_is_reversible(&chain->proof->set->migrations[i]))
            chain->doubtful[i] = 1;
}

static void doubt_by_nature(struct chain *chain) {
    const migc_set *set = chain->proof->set;
    for (size_t i = 0; i < set->count; i++) {
        const migc_migration *migration = &set->migrations[i];
        for (unsigned s = 0; s < migration->up_count + migration->down_count; s++)
            chain->proof->effects[i].calls |= migration->steps[s].call != NULL;
        if ((chain->proof->has_test && chain->proof->has_test(chain->proof->user, i)) ||
            migration->flags & MIGC_NO_TRANSACTION)
            chain->doubtful[i] = 1;
    }
}

/* ---------------------------------------------------------------- one by one */

/* A second database climbs along, and each doubtful migration is tried on a copy of it. */
static void prove_doubtful(struct chain *chain) {
    migci_proof *proof = chain->proof;
    migci_watch watch;
    sqlite3 *db = NULL;
    for (size_t i = 0; i < proof->set->count; i++) {
        if (!chain->doubtful[i])
            continue;
        if (!db && !(db = migci_proof_open(proof, &watch, 0)))
            return;
        if (migci_run(db, proof->set, target_below(proof->set, i), NULL, NULL) != MIGC_OK)
            break;
        if (!migci_prove_one(proof, db, i))
            break;
    }
    if (db)
        migci_proof_close(&watch, db);
}

/* The history's tables come first, so that counting objects does not meet them halfway. */
static int make_history(struct chain *chain) {
    static const migc_set nothing = {.abi = MIGC_ABI, .name = "proof"};
    migci_session session;
    migci_session_open(&session, chain->db, &nothing, NULL, NULL);
    migci_outcome outcome = migci_history_create(&session);
    migci_session_close(&session);
    return outcome == MIGCI_DONE;
}

static void prove_chain(struct chain *chain) {
    migc_error error;
    chain->first = 1;
    migc_code code = run(chain, migci_target_of(MIGC_LATEST), &error);
    chain->first = 0;
    if (code == MIGC_OK) {
        migci_prove_moment(chain->proof, chain->db);
        look_from_the_top(chain);
        doubt_below_floor(chain);
    } else {
        memset(chain->doubtful, 1, chain->proof->set->count);
    }
    doubt_by_nature(chain);
}

size_t migci_proof_effects(const migc_set *set) {
    return set->count + 1 + (set->repeatables ? set->repeatables->count + 1 : 0);
}

static int prove_numbered(migci_proof *proof) {
    struct chain chain = {0};
    size_t count = proof->set->count + 1;
    chain.proof = proof;
    chain.objects = migci_allocate(&chain.memory, count * sizeof *chain.objects);
    chain.doubtful = migci_allocate(&chain.memory, count);
    chain.db = migci_proof_open(proof, &chain.watch, 0);
    int ready = chain.objects && chain.doubtful && chain.db && make_history(&chain);
    if (ready)
        prove_chain(&chain);
    if (chain.db)
        migci_proof_close(&chain.watch, chain.db);
    if (ready)
        prove_doubtful(&chain);
    report_chain(&chain);
    migci_free_all(&chain.memory);
    return ready;
}

/* What has no number stands on top: it is proven when nothing is wrong below, and the
 * finished database is the one with it. */
migc_code migci_prove(migci_proof *proof) {
    const migc_set *set = proof->set;
    migc_set numbered = *set;
    if (!set->repeatables)
        return prove_numbered(proof) ? MIGC_OK : MIGC_NO_MEMORY;
    void (*finished)(void *, sqlite3 *, const migci_schema *) = proof->finished;
    numbered.repeatables = NULL;
    proof->set = &numbered;
    proof->finished = NULL;
    int ready = prove_numbered(proof);
    proof->set = set;
    proof->finished = finished;
    if (ready && !proof->faults)
        migci_prove_repeatables(proof);
    return ready ? MIGC_OK : MIGC_NO_MEMORY;
}
