/*
 * cache_key.c - computes the key under which the parts of released migrations are kept: a hash of
 * all that they depend on.  Add here each option and key of migc.conf on which the proof depends.
 *
 * The chain's checksums are not enough, and the text of the files is part of it: locations in
 * messages, DOWN, and what the header allows may change after a release.
 */
#include "prove.h"

#include <stdlib.h>
#include <string.h>

/* On this machine: a key is of no use on another. */
static void hash_number(struct hasher *hasher, uint64_t number) {
    hash_bytes(hasher, (const char *)&number, sizeof(number));
}

static void hash_text(struct hasher *hasher, const char *text) {
    size_t size = text ? strlen(text) : 0;
    hash_number(hasher, text ? size + 1 : 0);
    hash_bytes(hasher, text ? text : "", size);
}

static void add_conf(struct hasher *hasher, const struct conf *conf) {
    hash_text(hasher, conf->source.text);
    hash_number(hasher, (uint64_t)conf->sqlite);
    hash_text(hasher, conf->order);
    hash_text(hasher, conf->dialect ? conf->dialect->name : NULL);
    hash_number(hasher, conf->provisions.count);
    for (size_t i = 0; i < conf->provisions.count; i++) {
        hash_number(hasher, conf->provisions.items[i].kind);
        hash_text(hasher, conf->provisions.items[i].name);
        hash_number(hasher, (uint64_t)conf->provisions.items[i].arguments);
    }
    for (const struct define *define = conf->defines; define; define = define->next) {
        hash_text(hasher, define->name);
        hash_text(hasher, define->value);
    }
    hash_text(hasher, NULL);
    for (const struct external *external = conf->externals; external; external = external->next)
        hash_text(hasher, external->name);
    hash_text(hasher, NULL);
}

static void add_source(struct hasher *hasher, const struct source *source) {
    hash_text(hasher, source ? source->path : NULL);
    if (!source)
        return;
    hash_number(hasher, source->size);
    hash_bytes(hasher, source->text, source->size);
    hash_number(hasher, source->allowed);
}

static void hash_migration(struct hasher *hasher, const struct migration *migration) {
    hash_text(hasher, migration->dialect->name);
    hash_text(hasher, migration->entry->file);
    hash_text(hasher, migration->entry->stem);
    hash_text(hasher, migration->checksum);
    hash_text(hasher, migration->chain);
    hash_number(hasher, migration->short_markers);
    add_source(hasher, &migration->source);
    for (int part = 0; part < PART_COUNT; part++)
        add_source(hasher, migration->others[part]);
    for (int kind = 0; kind < SECTION_COUNT; kind++) {
        const struct section *section = &migration->sections[kind];
        hash_number(hasher, section->offset);
        hash_number(hasher, section->size);
        hash_number(hasher, section->count);
        for (size_t s = 0; s < section->count; s++) {
            hash_number(hasher, section->steps[s].is_call);
            hash_number(hasher, section->steps[s].line);
            hash_number(hasher, section->steps[s].size);
            hash_bytes(hasher, section->steps[s].text, section->steps[s].size);
        }
    }
    for (int key = 0; key < KEY_COUNT; key++)
        hash_text(hasher, migration->fields[key].value);
}

void make_key(struct cache *cache, const struct proof_order *order,
              const struct warning_flags *flags) {
    static const time_t moments[] = {0, 1767225600, 1782864000}; /* 1970, winter and summer 2026 */
    const struct set *set = cache->set;
    struct hasher *hasher = create_hasher();
    /* This migc, this SQLite, and what they read from their environment. */
    hash_text(hasher, MIGC_VERSION " " MIGC_SOURCES " " CACHE_FORM);
    hash_text(hasher, sqlite3_libversion());
    hash_text(hasher, sqlite3_sourceid());
    for (int i = 0; sqlite3_compileoption_get(i); i++)
        hash_text(hasher, sqlite3_compileoption_get(i));
    hash_text(hasher, getenv("TZ"));
    for (size_t i = 0; i < COUNT_OF(moments); i++) {
        struct tm local = {0};
        localtime_r(&moments[i], &local);
        int minute = local.tm_yday * 1440 + local.tm_hour * 60 + local.tm_min;
        hash_number(hasher, (uint64_t)minute);
    }
    hash_number(hasher, (uint64_t)order->limit);
    hash_number(hasher, (uint64_t)order->rows_limit);
    hash_number(hasher, flags->all_errors);
    for (size_t i = 0; i < WARNING_COUNT; i++)
        hash_number(hasher, (uint64_t)(flags->of[i].on | flags->of[i].off << 1 |
                                       flags->of[i].error << 2 | flags->of[i].no_error << 3));
    add_conf(hasher, set->conf);
    hash_text(hasher, set->folder->path);
    hash_text(hasher, set->folder->dialect->name);
    hash_text(hasher, set->name);
    hash_number(hasher, (uint64_t)set->is_module << 1 | set->no_stamp);
    hash_number(hasher, cache->released);
    for (size_t i = 0; i < cache->released; i++)
        hash_migration(hasher, &set->migrations[i]);
    hash_finish(hasher, cache->key);
    free_hasher(hasher);
}
