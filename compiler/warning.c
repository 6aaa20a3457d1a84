/*
 * warning.c - the named warnings: what the -W options make of each.
 */
#include "compiler.h"

#include <string.h>

const struct warning_row warning_rows[WARNING_COUNT] = {
#define WARNING_ROW(id, name, severity, about) {name, SEVERITY_##severity, about},
    WARNINGS(WARNING_ROW)
#undef WARNING_ROW
};

static size_t find_warning(const char *name) {
    size_t i = 0;
    while (i < WARNING_COUNT && strcmp(warning_rows[i].name, name) != 0)
        i++;
    return i;
}

static const char *nearest_warning(const char *name) {
    const char *nearest = warning_rows[0].name;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < WARNING_COUNT; i++) {
        const char *candidate = warning_rows[i].name;
        size_t distance = edit_distance(name, strlen(name), candidate, strlen(candidate));
        if (distance < least) {
            least = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

/* What can stand between -W and a name. */
static const struct prefix {
    const char *text;
    bool on, error;
} prefixes[] = {
    {"no-error=", true, false},
    {"error=", true, true},
    {"no-", false, false},
    {"", true, false},
};

bool set_warning_flag(struct warning_flags *flags, const char *text, const char **nearest) {
    if (strcmp(text, "error") == 0 || strcmp(text, "no-error") == 0) {
        flags->all_errors = text[0] == 'e';
        return true;
    }
    const struct prefix *prefix = prefixes;
    while (strncmp(text, prefix->text, strlen(prefix->text)) != 0)
        prefix++;
    text += strlen(prefix->text);
    size_t warning = find_warning(text);
    if (warning == WARNING_COUNT) {
        *nearest = nearest_warning(text);
        return false;
    }
    flags->of[warning].off = !prefix->on;
    flags->of[warning].on = prefix->on;
    if (prefix->text[0] == 'e' || strcmp(prefix->text, "no-error=") == 0) {
        flags->of[warning].error = prefix->error;
        flags->of[warning].no_error = !prefix->error;
    }
    return true;
}

enum severity warning_severity(const struct warning_flags *flags, enum warning warning,
                               enum severity normal) {
    bool raised = flags->of[warning].error || flags->all_errors;
    if (flags->of[warning].off || (normal == SEVERITY_IGNORED && !flags->of[warning].on))
        return SEVERITY_IGNORED;
    if (flags->of[warning].no_error)
        return SEVERITY_WARNING;
    return raised || normal == SEVERITY_ERROR ? SEVERITY_ERROR : SEVERITY_WARNING;
}
