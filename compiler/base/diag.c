/*
 * diag.c - collects diagnostics in any order, and prints them in the order of the files: diag_text.c
 * for people, diag_form.c for machines.
 */
#include "diag.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_diagnostic(struct diagnostics *diagnostics, struct diagnostic item,
                           const char *format, va_list arguments) {
    assert(item.location.source);
    item.text = arena_vformat(diagnostics->arena, format, arguments);
    item.sequence = item.group = diagnostics->count;
    item.sort = item.location;
    if (item.severity == SEVERITY_NOTE && !item.flag && diagnostics->count > 0) {
        item.group = diagnostics->items[diagnostics->count - 1].group;
        item.sort = diagnostics->items[diagnostics->count - 1].sort;
    }
    diagnostics->items = grow_items(diagnostics->items, diagnostics->count, &diagnostics->capacity,
                                    sizeof(*diagnostics->items));
    diagnostics->items[diagnostics->count++] = item;
    diagnostics->errors += item.severity == SEVERITY_ERROR;
}

bool is_allowed(const struct source *source, enum warning warning) {
    assert(warning < WARNING_COUNT);
    return source->allowed >> warning & 1;
}

static void add_warning(struct diagnostics *diagnostics, enum warning warning, enum severity normal,
                        struct location location, const char *format, va_list arguments) {
    if (diagnostics->softened && normal == SEVERITY_ERROR)
        normal = SEVERITY_WARNING;
    enum severity severity = warning_severity(&diagnostics->flags, warning, normal);
    diagnostics->last_ignored =
        severity == SEVERITY_IGNORED || is_allowed(location.source, warning);
    if (diagnostics->last_ignored)
        return;
    bool raised = severity == SEVERITY_ERROR && normal != SEVERITY_ERROR;
    const char *flag = arena_format(diagnostics->arena, "-W%s%s", raised ? "error=" : "",
                                    warning_rows[warning].name);
    add_diagnostic(diagnostics,
                   (struct diagnostic){.severity = severity, .flag = flag, .location = location},
                   format, arguments);
}

void report_error(struct diagnostics *diagnostics, struct location location, const char *format,
                  ...) {
    va_list arguments;
    va_start(arguments, format);
    diagnostics->last_ignored = false;
    if (diagnostics->softened)
        add_warning(diagnostics, diagnostics->softer, SEVERITY_WARNING, location, format,
                    arguments);
    else
        add_diagnostic(diagnostics,
                       (struct diagnostic){.severity = SEVERITY_ERROR, .location = location},
                       format, arguments);
    va_end(arguments);
}

void report_warning(struct diagnostics *diagnostics, enum warning warning, struct location location,
                    const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add_warning(diagnostics, warning, warning_rows[warning].severity, location, format, arguments);
    va_end(arguments);
}

void report_warning_as(struct diagnostics *diagnostics, enum warning warning,
                       enum severity severity, struct location location, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add_warning(diagnostics, warning, severity, location, format, arguments);
    va_end(arguments);
}

void report_note(struct diagnostics *diagnostics, struct location location, const char *format,
                 ...) {
    if (diagnostics->last_ignored)
        return;
    va_list arguments;
    va_start(arguments, format);
    add_diagnostic(diagnostics,
                   (struct diagnostic){.severity = SEVERITY_NOTE, .location = location}, format,
                   arguments);
    va_end(arguments);
}

size_t find_report(const struct diagnostics *diagnostics, enum warning warning,
                   const struct source *source, const char *words) {
    const char *name = warning_rows[warning].name;
    size_t length = strlen(name);
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct diagnostic *item = &diagnostics->items[i];
        size_t size = item->flag ? strlen(item->flag) : 0;
        if ((!source || item->location.source == source) && size > length &&
            strcmp(item->flag + size - length, name) == 0 &&
            (!words || contains_text(item->text, strlen(item->text), words)))
            return i;
    }
    return SIZE_MAX;
}

bool was_reported(const struct diagnostics *diagnostics, enum warning warning,
                  const struct source *source) {
    return is_allowed(source, warning) || diagnostics->flags.of[warning].off ||
           find_report(diagnostics, warning, source, NULL) != SIZE_MAX;
}

void report_note_to(struct diagnostics *diagnostics, size_t report, struct location location,
                    const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add_diagnostic(diagnostics,
                   (struct diagnostic){.severity = SEVERITY_NOTE, .location = location}, format,
                   arguments);
    va_end(arguments);
    struct diagnostic *note = &diagnostics->items[diagnostics->count - 1];
    assert(report < diagnostics->count);
    note->group = diagnostics->items[report].group;
    note->sort = diagnostics->items[report].sort;
}

bool report_failure(struct diagnostics *diagnostics, const char *format, ...) {
    if (!diagnostics->failure) {
        va_list arguments;
        va_start(arguments, format);
        diagnostics->failure = arena_vformat(diagnostics->arena, format, arguments);
        va_end(arguments);
    }
    return false;
}

enum status diagnostics_status(const struct diagnostics *diagnostics) {
    if (diagnostics->failure)
        return failure_status();
    return diagnostics->errors > 0 ? STATUS_INPUT : STATUS_DONE;
}

static int compare_sizes(size_t a, size_t b) {
    return (a > b) - (a < b);
}

/* Diagnostics about a whole file come before those about its lines. */
static int compare_diagnostics(const void *left, const void *right) {
    const struct diagnostic *a = left, *b = right;
    int order = compare_sizes(a->sort.source->order, b->sort.source->order);
    if (order == 0)
        order = compare_sizes(a->sort.offset + 1, b->sort.offset + 1);
    if (order == 0)
        order = compare_sizes(a->group, b->group);
    return order ? order : compare_sizes(a->sequence, b->sequence);
}

static const struct diagnostic_form *const forms[] = {&text_form, &json_form, &sarif_form,
                                                      &github_form};

const char *find_diagnostic_form(const char *name) {
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (strcmp(forms[i]->name, name) == 0)
            return forms[i]->name;
    return NULL;
}

void visit_diagnostics(const struct diagnostics *diagnostics, const struct source *source,
                       diagnostic_visitor *visit, void *user) {
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct diagnostic *item = &diagnostics->items[i];
        if (item->location.source && strcmp(item->location.source->path, source->path) == 0)
            visit(user, item->severity, item->location, item->text);
    }
}

void print_diagnostics(struct diagnostics *diagnostics) {
    const char *name = diagnostics->flags.form; /* NULL: as text, which is the first form */
    size_t found = 0;
    while (name && strcmp(forms[found]->name, name) != 0)
        found++;
    const struct diagnostic_form *form = forms[found];
    struct printer printer = {.colour = wants_colour(diagnostics->flags.colour)};
    if (diagnostics->count > 0)
        qsort(diagnostics->items, diagnostics->count, sizeof(*diagnostics->items),
              compare_diagnostics);
    if (form->begin)
        form->begin(&printer);
    size_t errors = 0, next;
    for (size_t i = 0; i < diagnostics->count; i = next) {
        const struct diagnostic *item = &diagnostics->items[i];
        for (next = i + 1; next < diagnostics->count; next++)
            if (diagnostics->items[next].group != item->group)
                break;
        errors += item->severity == SEVERITY_ERROR;
        if (form->most_errors > 0 && errors > form->most_errors)
            break;
        form->print(&printer, item, next - i);
    }
    if (form->most_errors > 0 && errors > form->most_errors)
        buffer_format(&printer.out, "migc: too many errors: %zu more are not shown\n",
                      diagnostics->errors - form->most_errors);
    form->end(&printer, diagnostics->failure);
    if (printer.out.size > 0)
        fwrite(printer.out.bytes, 1, printer.out.size, stderr);
    buffer_free(&printer.out);
}

enum status close_diagnostics(struct diagnostics *diagnostics) {
    enum status status = diagnostics_status(diagnostics);
    print_diagnostics(diagnostics);
    free_diagnostics(diagnostics);
    return status;
}

void free_diagnostics(struct diagnostics *diagnostics) {
    free(diagnostics->items);
    diagnostics->items = NULL;
    diagnostics->count = diagnostics->capacity = 0;
}
