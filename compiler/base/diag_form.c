/*
 * diag_form.c - diagnostics for machines: JSON, one object a line; SARIF 2.1.0, which code hosts
 * show at the line; and workflow commands of GitHub.  The facts are those of the text.
 *
 * A column counts characters in JSON and for GitHub, and UTF-16 units in SARIF.  Columns begin at 1;
 * an end is after the last character.
 */
#include "diag.h"

#include <assert.h>
#include <migc.h>
#include <string.h>

/* Also the levels of SARIF. */
static const char *const severity_names[] = {
    [SEVERITY_IGNORED] = "none",
    [SEVERITY_NOTE] = "note",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_ERROR] = "error",
};

/* "destructive" of "-Werror=destructive"; NULL: an error, which has no -W. */
static const char *warning_of(const struct diagnostic *item) {
    static const char error[] = "-Werror=";
    if (!item->flag)
        return NULL;
    return item->flag + (strncmp(item->flag, error, strlen(error)) == 0 ? strlen(error) : 2);
}

/* ----------------------------------------------------------------------- regions */

struct region {
    size_t line, column, end_line, end_column;
};

static size_t count_utf16(const char *from, const char *to) {
    size_t count = 0;
    while (from < to) {
        size_t length = utf8_length(from, to);
        count += length == 4 ? 2 : 1;
        from += length ? length : 1;
    }
    return count;
}

static const char *line_start(const struct source *source, const char *at) {
    while (at > source->text && at[-1] != '\n')
        at--;
    return at;
}

/* False: it is about the whole file. */
static bool find_region(struct printer *printer, const struct location *location,
                        size_t (*count)(const char *from, const char *to), struct region *region) {
    const struct source *source = location->source;
    if (!source->text || location->offset == WHOLE_FILE)
        return false;
    size_t left = source->size - location->offset;
    size_t size = location->size < left ? location->size : left;
    const char *start = source->text + location->offset, *end = start + size;
    region->line = count_lines(printer, source, location->offset);
    region->column = count(line_start(source, start), start) + 1;
    region->end_line = region->line;
    for (const char *at = start; at < end; at++)
        region->end_line += *at == '\n';
    region->end_column = count(line_start(source, end), end) + 1;
    return true;
}

/* -------------------------------------------------------------------------- JSON */

static void put_json_location(struct printer *printer, const struct location *location) {
    struct region region;
    buffer_text(&printer->out, "\"file\":");
    buffer_json(&printer->out, location->source->path);
    if (find_region(printer, location, count_characters, &region))
        buffer_format(&printer->out,
                      ",\"line\":%zu,\"column\":%zu,\"end_line\":%zu,\"end_column\":%zu",
                      region.line, region.column, region.end_line, region.end_column);
    else
        buffer_text(&printer->out,
                    ",\"line\":null,\"column\":null,\"end_line\":null,\"end_column\":null");
}

static void put_json_text(struct printer *printer, const char *key, const char *text) {
    buffer_format(&printer->out, ",\"%s\":", key);
    if (text)
        buffer_json(&printer->out, text);
    else
        buffer_text(&printer->out, "null");
}

static void print_json_group(struct printer *printer, const struct diagnostic *items,
                             size_t count) {
    buffer_text(&printer->out, "{");
    put_json_location(printer, &items->location);
    put_json_text(printer, "severity", severity_names[items->severity]);
    put_json_text(printer, "warning", warning_of(items));
    put_json_text(printer, "message", items->text);
    buffer_text(&printer->out, ",\"notes\":[");
    for (size_t i = 1; i < count; i++) {
        buffer_text(&printer->out, i > 1 ? ",{" : "{");
        put_json_location(printer, &items[i].location);
        put_json_text(printer, "message", items[i].text);
        buffer_text(&printer->out, "}");
    }
    buffer_text(&printer->out, "]}\n");
}

static void end_json(struct printer *printer, const char *failure) {
    if (!failure)
        return;
    buffer_text(&printer->out, "{\"file\":null,\"line\":null,\"column\":null,\"end_line\":null,"
                               "\"end_column\":null,\"severity\":\"error\",\"warning\":null");
    put_json_text(printer, "message", failure);
    buffer_text(&printer->out, ",\"notes\":[]}\n");
}

const struct diagnostic_form json_form = {"json", 0, NULL, print_json_group, end_json};

/* ------------------------------------------------------------------------- SARIF */

#define SARIF_SCHEMA                                                                               \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

/* The rule of errors, which have no -W, comes after those of the warnings. */
enum { SARIF_ERROR_RULE = WARNING_COUNT };

static void put_rule(struct printer *printer, const char *id, const char *about,
                     enum severity severity) {
    buffer_format(&printer->out, "{\"id\":\"%s\",\"shortDescription\":{\"text\":", id);
    buffer_json(&printer->out, about);
    buffer_format(&printer->out, "},\"defaultConfiguration\":{\"enabled\":%s,\"level\":\"%s\"}}",
                  severity == SEVERITY_IGNORED ? "false" : "true", severity_names[severity]);
}

static void begin_sarif(struct printer *printer) {
    buffer_format(&printer->out,
                  "{\"$schema\":\"" SARIF_SCHEMA "\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":"
                  "{\"driver\":{\"name\":\"migc\",\"version\":\"%s\",\"rules\":[\n",
                  MIGC_VERSION);
    for (size_t i = 0; i < WARNING_COUNT; i++) {
        put_rule(printer, warning_rows[i].name, warning_rows[i].about, warning_rows[i].severity);
        buffer_text(&printer->out, ",\n");
    }
    put_rule(printer, "error", "what cannot work", SEVERITY_ERROR);
    buffer_text(&printer->out, "]}},\"columnKind\":\"utf16CodeUnits\",\"results\":[");
}

static void put_physical(struct printer *printer, const struct location *location) {
    struct region region;
    const char *path = location->source->path;
    buffer_text(&printer->out, "\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
    buffer_text(&printer->out, path[0] == '/' ? "file://" : "");
    for (; *path; path++) /* a byte that has a meaning in a URI is written as %41 */
        if (is_word(*path) || strchr("-.~/", *path))
            buffer_add(&printer->out, path, 1);
        else
            buffer_format(&printer->out, "%%%02X", (unsigned char)*path);
    buffer_text(&printer->out, "\"}");
    if (find_region(printer, location, count_utf16, &region))
        buffer_format(&printer->out,
                      ",\"region\":{\"startLine\":%zu,\"startColumn\":%zu,\"endLine\":%zu,"
                      "\"endColumn\":%zu}",
                      region.line, region.column, region.end_line, region.end_column);
    buffer_text(&printer->out, "}");
}

static void put_escaped_message(struct printer *printer, const char *text) {
    buffer_text(&printer->out, "\"message\":{\"text\":");
    buffer_json(&printer->out, text);
    buffer_text(&printer->out, "}");
}

static void print_sarif_group(struct printer *printer, const struct diagnostic *items,
                              size_t count) {
    const char *warning = warning_of(items), *nearest;
    size_t rule =
        warning ? (size_t)find_warning(warning, strlen(warning), &nearest) : SARIF_ERROR_RULE;
    assert(rule <= SARIF_ERROR_RULE);
    buffer_format(&printer->out, "%s\n{\"ruleId\":\"%s\",\"ruleIndex\":%zu,\"level\":\"%s\",",
                  printer->printed++ ? "," : "", warning ? warning : "error", rule,
                  severity_names[items->severity]);
    put_escaped_message(printer, items->text);
    buffer_text(&printer->out, ",\"locations\":[{");
    put_physical(printer, &items->location);
    buffer_text(&printer->out, "}]");
    for (size_t i = 1; i < count; i++) {
        buffer_format(&printer->out, "%s{\"id\":%zu,", i > 1 ? "," : ",\"relatedLocations\":[", i);
        put_physical(printer, &items[i].location);
        buffer_text(&printer->out, ",");
        put_escaped_message(printer, items[i].text);
        buffer_text(&printer->out, "}");
    }
    buffer_text(&printer->out, count > 1 ? "]}" : "}");
}

static void end_sarif(struct printer *printer, const char *failure) {
    buffer_format(&printer->out, "],\"invocations\":[{\"executionSuccessful\":%s",
                  failure ? "false,\"toolExecutionNotifications\":[{\"level\":\"error\"," : "true");
    if (failure) {
        put_escaped_message(printer, failure);
        buffer_text(&printer->out, "}]");
    }
    buffer_text(&printer->out, "}]}]}\n");
}

const struct diagnostic_form sarif_form = {"sarif", 0, begin_sarif, print_sarif_group, end_sarif};

/* ------------------------------------------------------------------------ GitHub */

static const char *const github_commands[] = {
    [SEVERITY_IGNORED] = "debug",
    [SEVERITY_NOTE] = "notice",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_ERROR] = "error",
};

/* The data of a workflow command; a property escapes ':' and ',' too. */
static void put_escaped(struct buffer *out, const char *text, bool is_property) {
    for (; *text; text++)
        if (*text == '%' || *text == '\r' || *text == '\n' ||
            (is_property && (*text == ':' || *text == ',')))
            buffer_format(out, "%%%02X", (unsigned char)*text);
        else if ((unsigned char)*text < 0x20 || *text == 0x7F)
            buffer_text(out, "?");
        else
            buffer_add(out, text, 1);
}

static void print_github_group(struct printer *printer, const struct diagnostic *items,
                               size_t count) {
    struct region region;
    buffer_format(&printer->out, "::%s file=", github_commands[items->severity]);
    put_escaped(&printer->out, items->location.source->path, true);
    if (find_region(printer, &items->location, count_characters, &region)) {
        buffer_format(&printer->out, ",line=%zu,endLine=%zu", region.line, region.end_line);
        if (region.line == region.end_line)
            buffer_format(&printer->out, ",col=%zu,endColumn=%zu", region.column,
                          region.end_column);
    }
    buffer_text(&printer->out, ",title=migc");
    if (warning_of(items))
        buffer_format(&printer->out, " -W%s", warning_of(items));
    buffer_text(&printer->out, "::");
    put_escaped(&printer->out, items->text, false);
    for (const struct diagnostic *note = items + 1; note < items + count; note++) {
        buffer_text(&printer->out, "%0A");
        put_escaped(&printer->out, note->location.source->path, false);
        if (find_region(printer, &note->location, count_characters, &region))
            buffer_format(&printer->out, ":%zu:%zu", region.line, region.column);
        buffer_text(&printer->out, ": note: ");
        put_escaped(&printer->out, note->text, false);
    }
    buffer_text(&printer->out, "\n");
}

static void end_github(struct printer *printer, const char *failure) {
    if (!failure)
        return;
    buffer_text(&printer->out, "::error title=migc::");
    put_escaped(&printer->out, failure, false);
    buffer_text(&printer->out, "\n");
}

const struct diagnostic_form github_form = {"github", 0, NULL, print_github_group, end_github};
