/*
 * arrange.c - makes migrations from the files of a folder: which files make one, and
 * the order in which they run.
 *
 * In the end each migration has a number.  It is the number that people wrote if that
 * has at most 18 digits and is higher than the one before; else it is the one before
 * plus one.  So a migration that is added after the others does not change theirs.
 */
#include "dialect.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A file that is part of a migration. */
struct candidate {
    const struct found_file *item;
    enum file_role role;
    struct name_parts parts;
    const char *key; /* the version as it is written, or the name of a repeatable */
    enum version_order order;
    bool is_doubtful; /* "3_a.undo.sql", not "3_a.down.sql": a DOWN only if there is an UP */
};

struct arrangement {
    struct folder *folder;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct candidate *of;
    size_t count, capacity;
};

/* ---------------------------------------------------------------------- order */

enum { DAY_DIGITS = 8, MINUTE_DIGITS = 12 };

/* The digits at `text`, as a number of any length. */
static int compare_digits(const char **a, const char **b) {
    size_t a_size, b_size;
    while (**a == '0')
        ++*a;
    while (**b == '0')
        ++*b;
    for (a_size = 0; is_digit((*a)[a_size]);)
        a_size++;
    for (b_size = 0; is_digit((*b)[b_size]);)
        b_size++;
    int order = a_size != b_size ? (a_size > b_size) - (a_size < b_size) : memcmp(*a, *b, a_size);
    *a += a_size;
    *b += b_size;
    return order;
}

/* "1.10" after "1.9"; "1" and "1.0" are one version. */
static int compare_dotted(const char *a, const char *b) {
    while (*a || *b) {
        int order = compare_digits(&a, &b);
        if (order)
            return order;
        a += *a != '\0';
        b += *b != '\0';
    }
    return 0;
}

/* "20240131" as "2024-01-31", "20240131165204" likewise with its time; others as they are. */
static const char *spell_as_date(const char *key, char spelled[DATE_SIZE]) {
    static const char form[] = "####-##-##-##-##-##";
    size_t size = strspn(key, "0123456789"), at = 0;
    if (key[size] || (size != DAY_DIGITS && size != MINUTE_DIGITS && size != TIMESTAMP_DIGITS))
        return key;
    for (const char *digit = key; *digit; at++)
        spelled[at] = form[at] == '#' ? *digit++ : form[at];
    spelled[at] = '\0';
    return spelled;
}

/* A day is not its midnight. */
bool same_version(const char *label, const char *other) {
    char spelled[DATE_SIZE], other_spelled[DATE_SIZE];
    const char *date = spell_as_date(label, spelled);
    const char *other_date = spell_as_date(other, other_spelled);
    return compare_dotted(label, other) == 0 ||
           (strlen(date) == strlen(other_date) && compare_dotted(date, other_date) == 0);
}

/* Names with a number before those without, as in sql-migrate. */
static int compare_by_number(const char *a, const char *b) {
    const char *rest_a = a, *rest_b = b;
    if (is_digit(*a) != is_digit(*b))
        return is_digit(*a) ? -1 : 1;
    int order = is_digit(*a) ? compare_digits(&rest_a, &rest_b) : 0;
    return order ? order : strcmp(a, b);
}

static int compare_keys(enum version_order order, const char *a, const char *b) {
    char a_spelled[DATE_SIZE], b_spelled[DATE_SIZE];
    switch (order) {
    case ORDER_NUMBER:
    case ORDER_DOTTED:
        return compare_dotted(a, b);
    case ORDER_DATED:
        return compare_dotted(spell_as_date(a, a_spelled), spell_as_date(b, b_spelled));
    case ORDER_TEXT: /* diesel's versions do not include '-' */
        a += strspn(a, "-");
        b += strspn(b, "-");
        while (*a == *b && *a) {
            a += 1 + strspn(a + 1, "-");
            b += 1 + strspn(b + 1, "-");
        }
        return (unsigned char)*a - (unsigned char)*b;
    case ORDER_NAME:
        return compare_by_number(a, b);
    case ORDER_FOLDER: /* "0.10/00_a": by the version of the folder, then by name */
        do {
            int difference = compare_digits(&a, &b);
            if (difference)
                return difference;
            a += *a != '/';
            b += *b != '/';
        } while (*a != '/' || *b != '/');
        return compare_by_number(a + 1, b + 1);
    case ORDER_LISTED:
        break;
    }
    return 0;
}

static int compare_file_candidates(const void *left, const void *right) {
    const struct candidate *a = left, *b = right;
    bool a_stands_on = a->role == ROLE_REPEATABLE, b_stands_on = b->role == ROLE_REPEATABLE;
    int order = (int)a_stands_on - (int)b_stands_on;
    if (!order)
        order = a_stands_on ? strcmp(a->key, b->key) : compare_keys(a->order, a->key, b->key);
    const char *one = a->item->path, *other = b->item->path; /* "1_9_a" before "1_10_a" */
    while (!order && *one && *other)
        order = is_digit(*one) && is_digit(*other)
                    ? compare_digits(&one, &other)
                    : (unsigned char)*one++ - (unsigned char)*other++;
    if (!order && (*one || *other))
        order = (unsigned char)*one - (unsigned char)*other;
    return order ? order : strcmp(a->item->path, b->item->path);
}

static void assign_versions(struct folder *folder) {
    int64_t last = -1, number;
    for (size_t i = 0; i < folder->count; i++) {
        struct entry *entry = &folder->entries[i];
        const struct entry *before = i > 0 ? entry - 1 : NULL;
        char digits[VERSION_DIGITS + 1];
        size_t size = 0; /* of the label's digits, which may be too many for a number */
        for (const char *at = entry->label; *at && size <= VERSION_DIGITS; at++)
            if (*at != '-')
                digits[size++] = *at;
        bool is_number = size <= VERSION_DIGITS && read_number(digits, size, &number);
        enum version_order order = folder->dialect->order;
        bool is_twice =
            before && !(folder->dialect->flags & DIALECT_DUPLICATES) && order != ORDER_LISTED &&
            (order == ORDER_NUMBER ? same_version(before->label, entry->label)
                                   : compare_keys(order, before->label, entry->label) == 0);
        if (is_twice) {
            entry->version = before->version;
            entry->digits = before->digits;
        } else if (is_number && number > last) {
            entry->version = number;
            entry->digits = (unsigned)strlen(entry->label);
        } else {
            entry->version = last + 1 + (last < 0);
        }
        last = entry->version;
    }
}

/* --------------------------------------------------------------------- entries */

static void refuse_item(const struct arrangement *all, const struct found_file *item,
                        const char *why) {
    report_warning(all->diagnostics, WARNING_UNTAKEN,
                   location_of_path(all->folder, all->arena, item->path), "was not taken: %s", why);
}

static enum part_kind part_of_role(enum file_role role) {
    return role == ROLE_DOWN || role == ROLE_UNDO ? PART_DOWN
           : role == ROLE_METADATA                ? PART_METADATA
           : role == ROLE_VERIFY                  ? PART_VERIFY
                                                  : PART_UP;
}

static void set_part(struct entry *entry, enum part_kind kind, const struct found_file *item) {
    entry->parts[kind] = (struct part){item->path, item->size, item->text};
    if (kind == PART_UP || !entry->file)
        entry->file = item->path;
    if (kind == PART_UP)
        entry->size = item->size;
}

/* "20240101-a", "20240101_a" if a form has no separator of its own: the name begins after it. */
static struct name_piece bare_name(struct name_piece name) {
    while (name.size > 1 && strchr("_-. ", name.text[0])) {
        name.text++;
        name.size--;
    }
    return name;
}

static struct entry *add_entry(struct arrangement *all, const struct candidate *candidate,
                               enum part_kind kind) {
    struct folder *folder = all->folder;
    const struct name_parts *parts = &candidate->parts;
    folder->entries =
        grow_items(folder->entries, folder->count, &folder->capacity, sizeof(*folder->entries));
    struct entry *entry = &folder->entries[folder->count++];
    char *stem = copy_stem(all->arena, parts->stem.text, parts->stem.size);
    bool has_markers = folder->dialect->marks || (folder->dialect->flags & DIALECT_OWN_MARKERS);
    *entry = (struct entry){
        .label = candidate->role == ROLE_REPEATABLE ? "" : candidate->key,
        .stem = stem,
        .name = parts->name.size ? copy_stem(all->arena, parts->name.text, parts->name.size) : stem,
        .repeatable = candidate->role == ROLE_REPEATABLE,
        .up_only = (folder->dialect->flags & DIALECT_UP_ONLY) || candidate->role == ROLE_CODE ||
                   (candidate->role == ROLE_WHOLE && !has_markers),
        .is_code = candidate->role == ROLE_CODE};
    set_part(entry, kind, candidate->item);
    return entry;
}

static bool same_piece(const struct name_piece *a, const struct name_piece *b) {
    return a->size == b->size && (a->size == 0 || memcmp(a->text, b->text, a->size) == 0);
}

static bool begins_entry(const struct candidate *candidate) {
    return part_of_role(candidate->role) == PART_UP;
}

/* Whether a file for this database replaces one for any database. */
static bool is_shadowed(const struct candidate *group, size_t count,
                        const struct candidate *candidate) {
    for (size_t i = 0; i < count; i++)
        if (group[i].role == candidate->role && group[i].parts.has_driver &&
            !candidate->parts.has_driver &&
            same_piece(&group[i].parts.stem, &candidate->parts.stem))
            return true;
    return false;
}

/* The entry that a DOWN or metadata belongs to: the one of its name, else the only one. */
static struct entry *find_owner(struct arrangement *all, size_t first,
                                const struct candidate *candidate) {
    struct folder *folder = all->folder;
    const char *stem =
        copy_stem(all->arena, candidate->parts.stem.text, candidate->parts.stem.size);
    for (size_t i = first; i < folder->count; i++)
        if (strcmp(folder->entries[i].stem, stem) == 0)
            return &folder->entries[i];
    return folder->count == first + 1 ? &folder->entries[first] : NULL;
}

/* Whether a name may say that it goes down, as "a_down" does; *name is without that.
 * "rollback_a" goes down only if another file is named "a". */
static bool reads_as_way_back(struct name_piece *name) {
    static const char *const words[] = {"rollback", "revert", "downgrade"};
    if (read_direction(name) < 0)
        return true;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t size = strlen(words[i]);
        if (name->size <= size + 1 || !same_word(name->text, size, words[i]) ||
            !strchr("_-", name->text[size]))
            continue;
        name->text += size + 1;
        name->size -= size + 1;
        return true;
    }
    return false;
}

/* "3_a.rollback.sql" is the DOWN of "3_a.sql".  So is "3_a_rollback.sql" if there is a
 * "3_a.sql"; else it is a migration.  A file with no other name, as "3_down.sql", is not. */
static void find_twins(struct candidate *group, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct name_piece down = group[i].parts.name;
        if (group[i].role != ROLE_WHOLE || !reads_as_way_back(&down))
            continue;
        /* A migration may be called "scale_down", but none "a.down" or just "down". */
        const struct name_piece *name = &group[i].parts.name;
        const char *rest_end = down.text + down.size;
        bool is_front = down.text > name->text, is_whole = !is_front && down.size == 0;
        if (is_whole || (is_front ? down.text[-1] : *rest_end) == '.') {
            const char *word = is_front || is_whole ? name->text : rest_end + 1;
            group[i].role = ROLE_DOWN;
            group[i].is_doubtful = to_lower(*word) != 'd';
        }
        for (size_t j = 0; j < count; j++) {
            struct name_piece whole = group[j].parts.name, up = whole;
            if (group[j].role != ROLE_WHOLE || j == i || read_direction(&up) < 0 ||
                !(same_piece(&down, &whole) || same_piece(&down, &up)))
                continue;
            group[i].role = ROLE_DOWN;
            group[i].parts.stem = group[j].parts.stem;
            break;
        }
    }
}

/* "1.2/a_down.sql" is the DOWN of "1.2/a.sql" if names order the files of a folder, and
 * "1_down/1.sql" that of "1_up/1.sql". */
static void find_named_twins(struct arrangement *all) {
    for (size_t i = 0; i < all->count; i++) {
        struct candidate *one = &all->of[i];
        const char *text = one->parts.version.text + one->parts.version.size;
        struct name_piece down = one->parts.name;
        struct name_piece folder = bare_name((struct name_piece){text, strcspn(text, "/")});
        if (read_direction(&folder) < 0 && folder.size == 0) { /* "1_down" or "01-rollback" */
            one->role = ROLE_DOWN;
            one->is_doubtful = true;
        }
        if (one->role != ROLE_WHOLE || one->parts.within.size > 0 || !reads_as_way_back(&down))
            continue;
        for (size_t j = 0; j < all->count && one->role == ROLE_WHOLE; j++) {
            struct name_piece whole = all->of[j].parts.name, up = whole;
            if (j == i || all->of[j].role != ROLE_WHOLE || all->of[j].parts.within.size > 0 ||
                !same_piece(&all->of[j].parts.version, &one->parts.version) ||
                read_direction(&up) < 0 || !(same_piece(&down, &whole) || same_piece(&down, &up)))
                continue;
            one->role = ROLE_DOWN;
            one->key = all->of[j].key;
            one->parts.stem = all->of[j].parts.stem;
        }
    }
}

/* Drops "1_a_mysql.sql" beside "1_a_sqlite.sql".  Returns how many are left. */
static size_t drop_other_databases(struct arrangement *all, struct candidate *group, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_other = false;
        for (size_t j = 0; j < count && !is_other; j++)
            is_other = is_for_another_database(&group[i].parts.stem, &group[j].parts.stem);
        if (is_other)
            refuse_item(all, group[i].item, "the one beside it is for SQLite");
        else
            group[kept++] = group[i];
    }
    return kept;
}

/* Adds the files of one version: first those that begin a migration, then those that belong to
 * it. */
static void arrange_group(struct arrangement *all, struct candidate *group, size_t count) {
    size_t first = all->folder->count;
    bool has_up = false;
    if (count > 1 && (all->folder->dialect->flags & DIALECT_DRIVERS))
        count = drop_other_databases(all, group, count);
    if (all->folder->dialect->flags & DIALECT_TWINS)
        find_twins(group, count);
    for (size_t i = 0; i < count; i++)
        has_up |= begins_entry(&group[i]);
    for (size_t i = 0; i < count; i++) {
        bool steps_forward = group[i].role == ROLE_UNDO && !has_up &&
                             (all->folder->dialect->flags & DIALECT_UNDO_STEPS);
        if (is_shadowed(group, count, &group[i]))
            refuse_item(all, group[i].item, "another one stands for it, for SQLite alone");
        else if (begins_entry(&group[i]) || steps_forward)
            add_entry(all, &group[i], PART_UP);
    }
    for (size_t i = 0; i < count; i++) {
        if (begins_entry(&group[i]) || is_shadowed(group, count, &group[i]))
            continue;
        enum part_kind kind = part_of_role(group[i].role);
        struct entry *owner = find_owner(all, first, &group[i]);
        if (owner && owner->file == group[i].item->path)
            continue; /* a migration of its own */
        if (owner && !owner->parts[kind].file)
            set_part(owner, kind, group[i].item);
        else if (owner)
            refuse_item(all, group[i].item, "another file is that part of the same migration");
        else if (group[i].is_doubtful)
            report_error(all->diagnostics,
                         location_of_path(all->folder, all->arena, group[i].item->path),
                         "nothing says what this is: where it reverts a migration, name it after "
                         "that ('001_a.down.sql'); where it is one, give it another name");
        else
            refuse_item(all, group[i].item, "there is no UP of its version");
    }
}

/* "1.10.0" of "1.10.0_a" and of "v1.10.0": the version includes dots and the numbers after them. */
static struct name_piece dotted_version(const struct name_parts *parts) {
    struct name_piece version = parts->version;
    const char *end = parts->stem.text + parts->stem.size, *at = version.text + version.size;
    while (at + 1 < end && *at == '.' && is_digit(at[1])) {
        do {
            at++;
        } while (at < end && is_digit(*at));
        if (at < end && !strchr("._- ", *at))
            break;
        version.size = (size_t)(at - version.text);
    }
    return version;
}

/* The number that "downgrade_2_to_1" leads to; what it reverts starts from there. */
static struct name_piece target_version(const struct name_parts *parts) {
    static const char *const links[] = {"_to_", "-to-", "_", "-"};
    struct name_piece target = parts->name;
    for (size_t i = 0; i < COUNT_OF(links); i++) {
        size_t length = strlen(links[i]), digits = length;
        while (digits < target.size && is_digit(target.text[digits]))
            digits++;
        if (target.size > length && digits == target.size &&
            memcmp(target.text, links[i], length) == 0)
            return (struct name_piece){target.text + length, target.size - length};
    }
    return parts->version;
}

static const char *make_key(struct arena *arena, const struct candidate *candidate,
                            const struct dialect *dialect) {
    const struct name_parts *parts = &candidate->parts;
    struct name_piece piece = parts->version, prefix = parts->prefix;
    if (candidate->order == ORDER_FOLDER) {
        const struct name_piece *file = parts->within.size ? &parts->within : &parts->name;
        return arena_format(arena, "%.*s/%.*s", (int)piece.size, piece.text, (int)file->size,
                            file->text);
    }
    if (candidate->role == ROLE_REPEATABLE)
        return arena_copy(arena, parts->name.text, parts->name.size);
    if (piece.size == 0 || candidate->order == ORDER_NAME)
        piece = parts->stem;
    else if (candidate->role == ROLE_DOWN && read_direction(&prefix) < 0)
        piece = target_version(parts);
    else if ((dialect->flags & DIALECT_TWINS) || dialect->layout == LAYOUT_FOLDERS)
        piece = dotted_version(parts);
    bool is_dotted = piece.size > parts->version.size;
    char *key = arena_copy(arena, piece.text, piece.size);
    for (char *at = key; *at; at++)
        if (candidate->order == ORDER_DOTTED && *at == '_')
            *at = '.';
    bool is_date =
        candidate->order == ORDER_NUMBER && !is_dotted && strspn(key, "0123456789") < piece.size;
    return is_date ? spell_date(arena, piece) : key;
}

static bool looks_into_folders(const struct dialect *dialect) {
    return dialect->layout != LAYOUT_FILES || (dialect->flags & DIALECT_NESTED);
}

/* A folder whose files are looked at one by one is not named itself; one without any is. */
static bool is_looked_into(const struct arrangement *all, size_t index) {
    const struct found_files *items = &all->folder->items;
    const struct found_file *item = &items->of[index];
    size_t size = strlen(item->path);
    struct name_parts parts;
    for (size_t i = index + 1; i < items->count;
         i++) { /* "0.10.1" is between "0.10" and "0.10/a" */
        const char *path = items->of[i].path;
        if (strncmp(path, item->path, size) != 0)
            break;
        if (path[size] == '/' && (looks_into_folders(all->folder->dialect) ||
                                  find_form(&parts, all->folder->dialect, path)))
            return true;
    }
    return false;
}

/* Whether the file is in a folder that is named as a whole, because none of its files is taken. */
static bool is_in_named_folder(const struct arrangement *all, const char *path) {
    const char *slash = strchr(path, '/');
    if (!slash || looks_into_folders(all->folder->dialect))
        return false;
    const char *folder = arena_copy(all->arena, path, (size_t)(slash - path));
    const struct found_file *item = look_up_file(all->folder, folder);
    return item && !is_looked_into(all, (size_t)(item - all->folder->items.of));
}

/* A file that leads from nothing to a version stands for all up to that version. */
static void take_jump(struct arrangement *all, struct found_file *item,
                      struct candidate *candidate) {
    struct name_piece version = {NULL, 0};
    if (load_file(item, all->folder, all->arena, all->diagnostics))
        version = read_jump(item->text, item->size);
    if (version.size > 0) {
        candidate->role = ROLE_BASELINE;
        candidate->key = arena_copy(all->arena, version.text, version.size);
    }
}

static void gather_candidates(struct arrangement *all) {
    const struct dialect *dialect = all->folder->dialect;
    for (size_t i = 0; i < all->folder->items.count; i++) {
        const struct found_file *item = &all->folder->items.of[i];
        struct candidate candidate = {.item = item, .order = dialect->order};
        const struct name_form *form =
            item->is_file
                ? find_form(&candidate.parts, dialect,
                            dialect->flags & DIALECT_NESTED ? base_of_path(item->path) : item->path)
                : NULL;
        if (!form && (is_looked_into(all, i) || is_in_named_folder(all, item->path)))
            continue;
        if (!form) {
            refuse_item(all, item,
                        item->is_folder ? "it is a folder"
                        : item->is_file ? explain_name(dialect, item->path, all->arena)
                                        : "it is not a regular file");
            continue;
        }
        if (form->role == ROLE_IGNORED)
            continue;
        candidate.role = form->role;
        struct name_piece prefix = candidate.parts.prefix;
        if ((dialect->flags & DIALECT_TWINS) && read_direction(&prefix) < 0)
            candidate.role = ROLE_DOWN;
        candidate.key = make_key(all->arena, &candidate, dialect);
        if (dialect->flags & DIALECT_JUMPS)
            take_jump(all, &all->folder->items.of[i], &candidate);
        candidate.parts.name = bare_name(candidate.parts.name);
        all->of = grow_items(all->of, all->count, &all->capacity, sizeof(*all->of));
        all->of[all->count++] = candidate;
    }
}

/* A baseline is a migration itself if the migrations that it replaces are gone. */
static void place_baselines(struct arrangement *all) {
    size_t last = all->count, kept = 0;
    bool has_before = false, jumps = all->folder->dialect->flags & DIALECT_JUMPS;
    for (size_t i = 0; i < all->count; i++)
        if (all->of[i].role == ROLE_BASELINE)
            last = i;
    for (size_t i = 0; i < all->count && last < all->count && !jumps; i++) {
        const struct candidate *one = &all->of[i];
        has_before |= (one->role == ROLE_UP || one->role == ROLE_CODE) &&
                      compare_keys(one->order, one->key, all->of[last].key) <= 0;
    }
    for (size_t i = 0; i < all->count; i++)
        if (jumps && i != last && last < all->count &&
            compare_keys(all->of[i].order, all->of[i].key, all->of[last].key) <= 0)
            refuse_item(all, all->of[i].item,
                        arena_format(all->arena, "%s stands for it on a new database",
                                     all->of[last].item->path));
        else if (all->of[i].role != ROLE_BASELINE || (i == last && !has_before))
            all->of[kept++] = all->of[i];
        else
            refuse_item(all, all->of[i].item,
                        has_before ? "the migrations that it replaces are here, and run: they make "
                                     "the same; without them it is taken"
                                   : "a later baseline replaces it");
    all->count = kept;
}

/* "down/00000.sql" goes down to 0: what it reverts is "up/00001.sql". */
static void shift_downs(struct arrangement *all) {
    bool to_zero = false;
    for (size_t i = 0; i < all->count; i++) {
        bool is_zero = all->of[i].key[strspn(all->of[i].key, "0")] == '\0';
        if (is_zero && all->of[i].role != ROLE_DOWN)
            return;
        to_zero |= is_zero;
    }
    if (!to_zero)
        return;
    /* Not if a DOWN has the number and the name of an UP: "down/002_b.sql" and "up/002_b.sql". */
    for (size_t i = 0; i < all->count; i++)
        for (size_t j = 0; j < all->count && all->of[i].role == ROLE_DOWN; j++)
            if (all->of[j].role != ROLE_DOWN && all->of[i].parts.name.size > 0 &&
                strcmp(base_of_path(all->of[i].item->path), base_of_path(all->of[j].item->path)) ==
                    0)
                return;
    for (size_t i = 0; i < all->count; i++) {
        int64_t number;
        struct candidate *one = &all->of[i];
        if (one->role == ROLE_DOWN && read_number(one->key, strlen(one->key), &number))
            one->key = arena_format(all->arena, "%" PRId64, number + 1);
    }
}

static void arrange_candidates(struct arrangement *all) {
    bool has_dates = false; /* where some write 2024-01-31, others may write 20240131 */
    gather_candidates(all);
    for (size_t i = 0; i < all->count; i++)
        has_dates |= all->of[i].order == ORDER_NUMBER && strchr(all->of[i].key, '-');
    for (size_t i = 0; i < all->count && has_dates; i++)
        all->of[i].order = ORDER_DATED;
    if (all->folder->dialect->layout == LAYOUT_FOLDERS &&
        all->folder->dialect->order == ORDER_NUMBER)
        shift_downs(all);
    if (all->folder->dialect->order == ORDER_FOLDER)
        find_named_twins(all);
    if (all->count > 0)
        qsort(all->of, all->count, sizeof(*all->of), compare_file_candidates);
    place_baselines(all);
    size_t first = 0, repeatables = all->count;
    while (repeatables > 0 && all->of[repeatables - 1].role == ROLE_REPEATABLE)
        repeatables--;
    while (first < repeatables) {
        size_t end = first + 1;
        while (end < repeatables &&
               compare_keys(all->of[first].order, all->of[first].key, all->of[end].key) == 0)
            end++;
        arrange_group(all, &all->of[first], end - first);
        first = end;
    }
    size_t numbered = all->folder->count;
    for (; first < all->count; first++)
        add_entry(all, &all->of[first], PART_UP);
    all->folder->repeatable_count = all->folder->count - numbered;
    all->folder->count = numbered;
}

/* ----------------------------------------------------------------------- lists */

/* The files of a change that a plan or a journal names. */
static const struct {
    enum layout layout;
    enum part_kind kind;
    const char *folder;
} listed_files[] = {
    {LAYOUT_JOURNAL, PART_UP, ""},
    {LAYOUT_PLAN, PART_UP, "deploy/"},
    {LAYOUT_PLAN, PART_DOWN, "revert/"},
    {LAYOUT_PLAN, PART_VERIFY, "verify/"},
};

static void arrange_listed(struct arrangement *all, const struct listed *listed) {
    struct candidate candidate = {.role = ROLE_UP, .order = ORDER_LISTED};
    struct entry *entry = NULL;
    size_t digits = strspn(listed->stem, "0123456789");
    bool numbered =
        all->folder->dialect->layout == LAYOUT_JOURNAL && digits > 0 && listed->stem[digits] == '_';
    candidate.parts.stem = (struct name_piece){listed->stem, strlen(listed->stem)};
    if (numbered)
        candidate.parts.name =
            bare_name((struct name_piece){listed->stem + digits, strlen(listed->stem + digits)});
    candidate.key = numbered ? arena_copy(all->arena, listed->stem, digits) : "";
    for (size_t i = 0; i < COUNT_OF(listed_files); i++) {
        if (listed_files[i].layout != all->folder->dialect->layout)
            continue;
        const char *path =
            arena_format(all->arena, "%s%s.sql", listed_files[i].folder, listed->stem);
        struct stat state;
        candidate.item = look_up_file(all->folder, path);
        if (!candidate.item && fstatat(all->folder->fd, path, &state, 0) == 0 &&
            S_ISREG(state.st_mode)) { /* "deploy/app/users.sql" is deeper than scan.c looks */
            struct found_file *deeper = arena_take(all->arena, sizeof(*deeper));
            *deeper = (struct found_file){path, (size_t)state.st_size, false, true, NULL};
            candidate.item = deeper;
        }
        if (candidate.item && !entry)
            entry = add_entry(all, &candidate, listed_files[i].kind);
        else if (candidate.item)
            set_part(entry, listed_files[i].kind, candidate.item);
        else if (listed_files[i].kind == PART_UP)
            report_error(all->diagnostics, location_of_path(all->folder, all->arena, path),
                         "is not there, but it is next in the order; restore it from version "
                         "control");
    }
    if (entry)
        entry->listed = listed;
}

static bool is_file_of_entry(const struct folder *folder, const char *path) {
    for (size_t i = 0; i < folder->count; i++)
        for (unsigned kind = 0; kind < PART_COUNT; kind++)
            if (folder->entries[i].parts[kind].file &&
                strcmp(folder->entries[i].parts[kind].file, path) == 0)
                return true;
    return false;
}

static bool arrange_list(struct arrangement *all) {
    struct folder *folder = all->folder;
    struct listed_changes list = {NULL, 0, 0};
    bool read = (folder->dialect->layout == LAYOUT_PLAN ? read_change_plan : read_journal)(
        &list, folder, all->arena, all->diagnostics);
    size_t size = list.count * sizeof(*list.of);
    struct listed *listed = arena_take(all->arena, size + 1);
    if (size > 0)
        memcpy(listed, list.of, size);
    free(list.of);
    for (size_t i = 0; read && i < list.count; i++) {
        if (may_be_path(listed[i].stem))
            arrange_listed(all, &listed[i]);
        else
            report_error(all->diagnostics, location_of_folder(folder, all->arena),
                         "'%s' is next in the order, and cannot be the name of a file here",
                         listed[i].stem);
    }
    for (size_t i = 0; read && i < folder->items.count; i++) {
        const struct found_file *item = &folder->items.of[i];
        struct name_parts parts;
        const struct name_form *form = find_form(&parts, folder->dialect, item->path);
        if (!item->is_folder && !(form && form->role == ROLE_IGNORED) &&
            !is_file_of_entry(folder, item->path))
            refuse_item(all, item,
                        folder->dialect->layout == LAYOUT_PLAN ? "sqitch.plan does not name it"
                                                               : "the journal does not name it");
    }
    return read;
}

bool arrange_entries(struct folder *folder, struct arena *arena, struct diagnostics *diagnostics) {
    struct arrangement all = {.folder = folder, .arena = arena, .diagnostics = diagnostics};
    bool is_list = folder->dialect->order == ORDER_LISTED;
    bool arranged = true;
    assert(folder->count == 0 && folder->repeatable_count == 0);
    if ((folder->dialect->flags & DIALECT_NESTED) && !list_deeper(folder, arena, diagnostics))
        return false;
    if (is_list)
        arranged = arrange_list(&all);
    else
        arrange_candidates(&all);
    free(all.of);
    assign_versions(folder);
    return arranged;
}
