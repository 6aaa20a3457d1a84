/*
 * prove_effect.c - what each migration does, in words for people and as a list
 * of tables for the runtime: known since the proof ran it.
 */
#include "prove.h"

#include <string.h>

static const char *const verbs_of_effects[EFFECT_VERBS] = {"creates", "adds", "drops", "changes"};

static void add_item(struct buffer *list, const char *text) {
    if (list->size > 0)
        buffer_text(list, ", ");
    buffer_text(list, text);
}

void add_effect(struct effect_words *words, const migci_difference *difference) {
    static const int verb_of[] = {
        [MIGCI_MISSING] = EFFECT_DROPS,
        [MIGCI_EXTRA] = EFFECT_CREATES,
        [MIGCI_CHANGED] = EFFECT_CHANGES,
        [MIGCI_ORDER] = EFFECT_CHANGES,
    };
    bool adds = difference->kind == MIGCI_EXTRA && difference->type == MIGCI_COLUMN;
    words->known = true;
    add_item(&words->lists[adds ? EFFECT_ADDS : verb_of[difference->kind]], difference->object);
}

/* FTS5 and the like keep their rows in tables named after them. */
static bool is_shadow(const char *made, const char *line, size_t size) {
    const char *name = memchr(line, ' ', size);
    if (strncmp(line, "table ", 6) != 0 || !name)
        return false;
    name++;
    for (const char *at = strstr(made, "virtual table "); at;
         at = strstr(at + 1, "virtual table ")) {
        const char *owner = at + strlen("virtual table ");
        size_t length = strcspn(owner, "\n");
        if (length < size - (size_t)(name - line) && strncmp(owner, name, length) == 0 &&
            name[length] == '_')
            return true;
    }
    return false;
}

static void add_made(struct effect_words *words, const char *made, struct arena *arena) {
    for (const char *line = made ? made : ""; *line;) {
        size_t size = strcspn(line, "\n");
        if (!is_shadow(made, line, size))
            add_item(&words->lists[EFFECT_CREATES], arena_copy(arena, line, size));
        line += size + (line[size] == '\n');
    }
}

static const char *words_of(struct effect_words *words, const migci_effect *effect,
                            struct arena *arena) {
    struct buffer text = {0};
    for (int verb = 0; verb < EFFECT_VERBS; verb++) {
        if (words->lists[verb].size > 0)
            buffer_format(&text, "%s%s %.*s", text.size ? "; " : "", verbs_of_effects[verb],
                          (int)words->lists[verb].size, words->lists[verb].bytes);
        buffer_free(&words->lists[verb]);
    }
    if (effect->rows_changed > 0)
        buffer_format(&text, "%swrites %lld %s", text.size ? "; " : "",
                      (long long)effect->rows_changed, effect->rows_changed == 1 ? "row" : "rows");
    const char *kept = text.size ? arena_copy(arena, text.bytes, text.size) : "";
    buffer_free(&text);
    return kept;
}

static void add_json(struct buffer *list, const char *name, size_t size) {
    buffer_text(list, list->size > 1 ? ",\"" : "\"");
    for (size_t i = 0; i < size; i++) {
        if (name[i] == '"' || name[i] == '\\')
            buffer_text(list, "\\");
        if ((unsigned char)name[i] < ' ')
            buffer_format(list, "\\u%04x", name[i]);
        else
            buffer_add(list, &name[i], 1);
    }
    buffer_text(list, "\"");
}

/* NULL when a step in C may have touched anything. */
static const char *touched_of(const migci_effect *effect, struct arena *arena) {
    struct buffer list = {0};
    if (effect->calls || !effect->touched)
        return NULL;
    buffer_text(&list, "[");
    for (const char *line = effect->touched; *line;) {
        size_t size = strcspn(line, "\n");
        add_json(&list, line, size);
        line += size + (line[size] == '\n');
    }
    buffer_text(&list, "]");
    const char *kept = arena_copy(arena, list.bytes, list.size);
    buffer_free(&list);
    return kept;
}

void keep_effects(struct prover *prover) {
    const struct set *set = prover->set;
    for (size_t i = 0; i < count_all(set); i++) {
        migc_migration *lowered = set->migrations[i].lowered;
        const migci_effect *effect = &prover->proof.effects[i + (i >= set->count)];
        struct effect_words *words = &prover->words[i];
        if (!words->known)
            add_made(words, effect->made, prover->arena);
        lowered->effects = words_of(words, effect, prover->arena);
        lowered->touched = touched_of(effect, prover->arena);
        if (effect->reads_moment)
            lowered->flags |= MIGC_NONDETERMINISTIC;
    }
}
