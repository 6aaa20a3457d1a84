/*
 * warn_data_loss.c - data that an UP drops, deletes or writes over, without a word
 * in the header and without a copy.
 *
 * What a table loses beside its data when it is made anew is warn_rebuild.c's.
 */
#include "lint.h"

#include <string.h>

/* Whether the statement reads the column, and does not only write it.  What stands before the
 * SELECT of an INSERT without a WITH clause is written. */
static bool reads_column(const struct statement *statement, const char *column) {
    bool has_queries = has_with(statement);
    struct cursor cursor =
        cursor_at(statement->step, has_queries ? statement->step->text : statement->rest);
    bool is_update = statement->kind == STATEMENT_UPDATE, may_be_star = false, is_target = false;
    while (statement->kind == STATEMENT_INSERT && !has_queries && cursor.token != TOKEN_END &&
           !cursor_is(&cursor, "SELECT"))
        cursor_next(&cursor);
    for (; cursor.token != TOKEN_END; cursor_next(&cursor)) {
        if ((may_be_star && cursor_is(&cursor, "*")) ||
            (!is_target && cursor_names(&cursor, column)))
            return true;
        bool is_comma = cursor_is(&cursor, ",");
        is_target = is_update && (is_comma || cursor_is(&cursor, "SET"));
        may_be_star = is_comma || cursor_is(&cursor, "SELECT") || cursor_is(&cursor, ".");
    }
    return false;
}

/* Whether the statement may put the table's rows, or the values of its column, somewhere else. */
static bool copies_from(const struct statement *statement, const char *table, const char *column) {
    bool is_update = statement->kind == STATEMENT_UPDATE;
    if (!is_update && statement->kind != STATEMENT_INSERT && statement->kind != STATEMENT_OTHER &&
        statement->kind != STATEMENT_CREATE_TABLE)
        return false;
    if (is_update && strcmp(statement->name, table) == 0)
        return column && reads_column(statement, column); /* into another column */
    return mentions(statement, table) && (!column || reads_column(statement, column));
}

bool is_copied_in(struct span span, const char *table, const char *column) {
    for (const struct statement *statement = span.first; table && statement < span.end;
         statement++) {
        if (copies_from(statement, table, column))
            return true;
        table = name_behind(statement, table);
    }
    return false;
}

/* Whether an earlier migration copied it: the first half of a change that this one completes. */
static bool is_copied_earlier(const struct change *change, const char *table, const char *column) {
    struct span until = {change->lint->statements->items, change->span.end};
    for (const struct statement *statement = change->span.first;
         statement-- > change->lint->statements->items;) {
        bool is_table = strcmp(statement->name, table) == 0;
        if (statement->kind == STATEMENT_RENAME_TABLE && strcmp(statement->to, table) == 0)
            table = statement->name;
        else if (column && is_table && statement->kind == STATEMENT_RENAME_COLUMN &&
                 strcmp(statement->to, column) == 0)
            column = statement->column;
        else if (is_table && statement->kind == STATEMENT_CREATE_TABLE)
            return false;
        else if (copies_from(statement, table, column)) {
            /* After this UP the copy is in another table, or in another column of this one. */
            bool is_own = statement->kind == STATEMENT_UPDATE && is_table;
            const char *target = is_own ? table : final_name(until, statement);
            if (is_own ||
                (*target && migci_schema_table(change->after, target) &&
                 strcmp(target, final_name(until, &(struct statement){.name = table})) != 0))
                return true;
        }
    }
    return false;
}

static bool is_copied(const struct change *change, const char *table, const char *column) {
    return is_copied_in(change->span, table, column) || is_copied_earlier(change, table, column);
}

/* ------------------------------------------------------------ dropped tables */

/* What a table is called at the end of the span, or when it is dropped. */
static const char *last_name(struct span span, const char *name) {
    for (const struct statement *statement = span.first; statement < span.end; statement++) {
        const char *next = name_behind(statement, name);
        if (!next)
            return name;
        name = next;
    }
    return name;
}

static struct location location_of_drop(const struct change *change, const migci_table *table) {
    const struct statement *statement =
        find_statement(change->span, STATEMENT_DROP_TABLE, table->key);
    if (!statement)
        statement =
            find_statement(change->span, STATEMENT_DROP_TABLE, last_name(change->span, table->key));
    return statement ? statement->location : marker_location(change->migration, SECTION_UP);
}

static void warn_of_dropped(const struct change *change, const migci_table *table) {
    struct buffer list = {0};
    if (!is_copied(change, table->key, NULL)) {
        report_warning(change->lint->diagnostics, WARNING_DESTRUCTIVE,
                       location_of_drop(change, table),
                       "table %s is dropped with all its rows; " SAY_IF_INTENDED, table->name);
        return;
    }
    for (size_t i = 0; i < table->column_count; i++) {
        const migci_object *column = table->columns[i];
        /* A number that SQLite gave to the row means nothing without the row. */
        bool is_row_number = column->primary > 0 && table->primary_count == 1;
        if (!is_row_number && !column->traits[MIGCI_GENERATED] &&
            !is_copied(change, table->key, column->key))
            buffer_format(&list, "%s%s", list.size ? ", " : "", column->name);
    }
    if (list.size > 0)
        report_warning(change->lint->diagnostics, WARNING_DESTRUCTIVE,
                       location_of_drop(change, table),
                       "table %s is dropped, and its %.*s copied nowhere before; " SAY_IF_INTENDED,
                       table->name, (int)list.size, list.bytes);
    buffer_free(&list);
}

/* ----------------------------------------------------------- dropped columns */

static bool is_renamed(const struct change *change, const char *table, const char *column) {
    for (const struct statement *statement = change->span.first; statement < change->span.end;
         statement++)
        if (statement->kind == STATEMENT_RENAME_COLUMN && strcmp(statement->name, table) == 0 &&
            strcmp(statement->column, column) == 0)
            return true;
    return false;
}

static void warn_of_columns(const struct change *change, const migci_table *table,
                            const migci_table *after) {
    for (size_t i = 0; i < table->column_count; i++) {
        const migci_object *column = table->columns[i];
        /* The column's DROP COLUMN, or the CREATE TABLE that makes the table anew without it. */
        const struct statement *drop = NULL;
        for (const struct statement *at = change->span.first; at < change->span.end && !drop; at++)
            if (at->kind == STATEMENT_DROP_COLUMN && strcmp(at->column, column->key) == 0 &&
                strcmp(final_name(change->span, at), after->key) == 0)
                drop = at;
        bool is_there = find_column(after, column->key) && !drop; /* or it was added again */
        if (is_there || column->traits[MIGCI_GENERATED] ||
            is_renamed(change, table->key, column->key) ||
            is_renamed(change, after->key, column->key) ||
            is_copied(change, table->key, column->key))
            continue;
        if (!drop)
            drop = find_rebuild(change->span, after->key);
        report_warning(change->lint->diagnostics, WARNING_DESTRUCTIVE,
                       drop ? drop->location : marker_location(change->migration, SECTION_UP),
                       "column %s.%s is dropped with its values; " SAY_IF_INTENDED, table->name,
                       column->name);
    }
}

/* -------------------------------------------------- DELETE and UPDATE without WHERE */

/* Whether the expression after the cursor reads the column: price = price * 100. */
static bool makes_new_from_old(struct cursor cursor, const char *column) {
    cursor_next(&cursor);
    for (int depth = 0; cursor.token != TOKEN_END; cursor_next(&cursor)) {
        if (depth == 0 && (cursor_is(&cursor, ",") || cursor_is(&cursor, "FROM")))
            return false;
        if (cursor_names(&cursor, column))
            return true;
        depth += depth_change(&cursor);
    }
    return false;
}

/* The first column that the UPDATE writes over and whose values are kept nowhere, or NULL. */
static const migci_object *find_overwritten(const struct change *change,
                                            const struct statement *statement,
                                            const migci_table *table) {
    struct cursor cursor = cursor_at(statement->step, statement->rest);
    struct span earlier = {change->span.first, statement};
    bool is_target = false;
    for (int depth = 0; cursor.token != TOKEN_END; cursor_next(&cursor)) {
        for (size_t i = 0; is_target && i < table->column_count; i++) {
            const migci_object *column = table->columns[i];
            if (!cursor_names(&cursor, column->key) || column->traits[MIGCI_GENERATED] ||
                makes_new_from_old(cursor, column->key))
                continue;
            const struct statement *maker =
                find_column_maker(earlier, statement->name, column->key).statement;
            if (!(maker && maker->kind == STATEMENT_ADD_COLUMN) &&
                !is_copied_in(earlier, column->home, column->key) &&
                !is_copied_earlier(change, column->home, column->key))
                return column;
        }
        is_target = depth == 0 && (cursor_is(&cursor, "SET") || cursor_is(&cursor, ","));
        if (depth == 0 && cursor_is(&cursor, "FROM"))
            return NULL;
        depth += depth_change(&cursor);
    }
    return NULL;
}

static void warn_of_change(const struct change *change, const struct statement *statement) {
    const migci_table *table = migci_schema_table(change->before, statement->name);
    struct span earlier = {change->span.first, statement};
    if (!table || table->is_virtual)
        return;
    struct cursor cursor = cursor_at(statement->step, statement->rest);
    for (int depth = 0; cursor.token != TOKEN_END; cursor_next(&cursor)) {
        if (depth == 0 && (cursor_is(&cursor, "WHERE") || cursor_is(&cursor, "LIMIT")))
            return; /* not all rows */
        depth += depth_change(&cursor);
    }
    if (statement->kind == STATEMENT_DELETE) {
        if (!is_copied_in(earlier, table->key, NULL) &&
            !is_copied_earlier(change, table->key, NULL))
            report_warning(change->lint->diagnostics, WARNING_DESTRUCTIVE, statement->location,
                           "all rows of %s are deleted; " SAY_IF_INTENDED, table->name);
        return;
    }
    const migci_object *column = find_overwritten(change, statement, table);
    if (column)
        report_warning(change->lint->diagnostics, WARNING_DESTRUCTIVE,
                       location_of_name(statement, column->key),
                       "%s.%s is overwritten in every row; " SAY_IF_INTENDED, table->name,
                       column->name);
}

void warn_of_data_loss(const struct change *change) {
    if (change->migration->fields[KEY_LOSSY].value ||
        change->migration->fields[KEY_IRREVERSIBLE].value)
        return;
    for (size_t i = 0; i < change->before->table_count; i++) {
        const migci_table *table = change->before->tables[i];
        const migci_table *after = migci_schema_table(change->after, table->key);
        if (!after)
            after = migci_schema_table(change->after, last_name(change->span, table->key));
        if (!after && !table->is_virtual)
            warn_of_dropped(change, table);
        else if (after && !table->is_virtual && !after->is_virtual)
            warn_of_columns(change, table, after);
    }
    for (const struct statement *statement = change->span.first; statement < change->span.end;
         statement++)
        if (statement->kind == STATEMENT_DELETE || statement->kind == STATEMENT_UPDATE)
            warn_of_change(change, statement);
}
