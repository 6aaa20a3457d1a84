/*
 * variable.c - what variables of C are given: those that are in scope, with the places where their
 * values stand.
 *
 * Nothing is computed.  A variable that is given anything but a literal last, and an array that is
 * not const, is not known.
 */
#include "query.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* "int sqlite3_exec(" declares; "return sqlite3_exec(" calls. */
static bool is_type(const struct c_lexer *before) {
    static const char *const words[] = {"return", "else", "do", "case", "goto", "and", "or", "not"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (is_c_word(before, words[i]))
            return false;
    return true;
}

static bool is_this_variable(const struct variable *variable, const struct c_lexer *name) {
    size_t size = (size_t)(name->cursor - name->token);
    return variable->size == size && memcmp(variable->name, name->token, size) == 0;
}

struct variable *earlier_variable(struct variables *variables, const struct variable *last,
                                  struct c_span span) {
    struct c_lexer name;
    if (next_in_span(&span) != C_NAME)
        return NULL;
    name = span.at;
    enum c_token token = next_in_span(&span);
    if (is_c_sign(token, &span.at, '.')) { /* of a string of C++ */
        if (next_in_span(&span) != C_NAME ||
            !(is_c_word(&span.at, "c_str") || is_c_word(&span.at, "data")))
            return NULL;
        token = next_in_span(&span);
        token = is_c_sign(token, &span.at, '(') ? next_in_span(&span) : C_END;
        token = is_c_sign(token, &span.at, ')') ? next_in_span(&span) : C_NAME;
    }
    if (token != C_END)
        return NULL;
    for (size_t i = last ? (size_t)(last - variables->items) : variables->count; i-- > 0;)
        if (is_this_variable(&variables->items[i], &name))
            return &variables->items[i];
    return NULL;
}

static void note_variable(struct variables *variables, struct c_span value) {
    const struct c_lexer *name = &variables->name;
    struct variable variable = {.name = name->token,
                                .size = (size_t)(name->cursor - name->token),
                                .is_declaration = variables->is_declared,
                                .depth = variables->braces + (variables->parentheses > 0),
                                .value = value};
    for (size_t i = variables->count; i-- > 0 && !variable.is_declaration;)
        if (is_this_variable(&variables->items[i], name)) {
            variable.depth = variables->items[i].depth;
            break;
        } else if (i == 0) {
            return;
        }
    if (!variable.is_declaration && variables->count == 0)
        return;
    variables->items = grow_items(variables->items, variables->count, &variables->capacity,
                                  sizeof(*variables->items));
    variables->items[variables->count++] = variable;
}

static void leave_scope(struct variables *variables) {
    assert(variables->count <= variables->capacity);
    size_t kept = 0;
    variables->braces -= variables->braces > 0;
    for (size_t i = 0; i < variables->count; i++)
        if (variables->items[i].depth <= variables->braces)
            variables->items[kept++] = variables->items[i];
    variables->count = kept;
}

/* After the name of a variable: whether it is given something, by a function perhaps. */
static void read_after_name(struct variables *variables, char c, struct c_lexer lexer) {
    /* The members of a string of C++ that leave it as it is. */
    static const char *const readers[] = {"c_str", "data", "size", "length", "empty"};
    struct c_span nothing = {lexer, lexer.cursor};
    bool assigns = c == '=' && *lexer.cursor != '=';
    bool ends = c == ',' || c == ')' || c == ';';
    struct c_lexer member = lexer;
    bool changes = c == '.';
    if (changes)
        lex_c_token(&member);
    for (size_t i = 0; changes && i < COUNT_OF(readers); i++)
        changes = !is_c_word(&member, readers[i]);
    if (assigns && (!variables->is_array || variables->is_const)) {
        struct c_span value = {lexer, NULL};
        int depth = 0;
        for (enum c_token token; (token = lex_c_token(&lexer)) != C_END;) {
            char sign = token == C_OTHER ? *lexer.token : 'x';
            depth += sign == '(' || sign == '[' || sign == '{';
            depth -= sign == ')' || sign == ']' || sign == '}';
            if (depth < 0 || (depth == 0 && (sign == ',' || sign == ';')))
                break;
        }
        value.end = lexer.token;
        note_variable(variables, value);
    } else if (assigns || (c == '+' && *lexer.cursor == '=') || changes ||
               (ends && (variables->is_pointed_at || variables->is_declared)))
        note_variable(variables, nothing);
}

void watch_variable(struct variables *variables, enum c_token token, struct c_lexer lexer) {
    char c = token == C_OTHER ? *lexer.token : 'x';
    if (variables->brackets > 0 || (c == '[' && variables->name.token)) {
        variables->is_array = true;
        variables->brackets += c == '[';
        variables->brackets -= c == ']';
        return;
    }
    if (variables->name.token)
        read_after_name(variables, c, lexer);
    variables->name.token = NULL;
    if (token == C_NAME) {
        variables->is_const =
            variables->is_const || is_c_word(&lexer, "const") || is_c_word(&lexer, "constexpr");
        variables->is_declared =
            variables->sign == '*' || (!variables->sign && is_type(&variables->before));
        variables->is_array = false;
        variables->is_pointed_at = variables->sign == '&';
        if (variables->sign != '.' && variables->sign != '>') /* a member */
            variables->name = lexer;
    }
    variables->parentheses += c == '(';
    variables->parentheses -= c == ')' && variables->parentheses > 0;
    if (c == ';' || c == '{' || c == '}')
        variables->is_const = false;
    if (c == '{' || c == '}')
        variables->parentheses = 0;
    variables->braces += c == '{';
    if (c == '}')
        leave_scope(variables);
    bool is_and = c == '&' && variables->sign == '&';
    variables->sign = token == C_NAME ? '\0' : is_and ? 'x' : c;
    variables->before = lexer;
}

void free_variables(struct variables *variables) {
    free(variables->items);
    *variables = (struct variables){0};
}
