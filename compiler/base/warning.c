/*
 * warning.c - the warnings by name, and what the -W options make of each.
 */
#include "base.h"

#include <assert.h>
#include <string.h>

const struct warning_row warning_rows[WARNING_COUNT] = {
#define WARNING_ROW(id, name, severity, about) {name, SEVERITY_##severity, about},
    WARNINGS(WARNING_ROW)
#undef WARNING_ROW
};

_Static_assert(WARNING_COUNT <= 64, "struct source has a bit for each");

enum warning find_warning(const char *name, size_t size, const char **nearest) {
    struct nearest near = {name, size, NULL, 0};
    for (unsigned i = 0; i < WARNING_COUNT; i++) {
        if (same_text(name, size, warning_rows[i].name))
            return (enum warning)i;
        consider_name(&near, warning_rows[i].name);
    }
    *nearest = near.name;
    return WARNING_COUNT;
}

/* What can be between -W and a name. */
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
    enum warning warning = find_warning(text, strlen(text), nearest);
    if (warning == WARNING_COUNT)
        return false;
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
    assert(warning < WARNING_COUNT);
    bool raised = flags->of[warning].error || flags->all_errors;
    if (flags->of[warning].off || (normal == SEVERITY_IGNORED && !flags->of[warning].on))
        return SEVERITY_IGNORED;
    if (flags->of[warning].no_error)
        return SEVERITY_WARNING;
    if (normal == SEVERITY_NOTE &&
        !flags->of[warning].on) /* -Werror does not make a note an error */
        return SEVERITY_NOTE;
    return raised || normal == SEVERITY_ERROR ? SEVERITY_ERROR : SEVERITY_WARNING;
}
