/*
 * schema_parens.c - finds parentheses that change nothing: "((a > 0) AND (b > 0)) AND c" means
 * "a > 0 AND b > 0 AND c".
 *
 * Looks at what stands on both sides of a pair, and at the weakest operator inside.  A pair
 * stays if it is no part of an expression (arguments, lists, subqueries), or if its inside is
 * not understood.
 */
#include "schema.h"

#include <string.h>

/* How tightly an operator binds in SQLite. */
enum strength {
    STRENGTH_NONE,
    STRENGTH_OR,
    STRENGTH_AND,
    STRENGTH_NOT,
    STRENGTH_EQUAL,
    STRENGTH_COMPARE,
    STRENGTH_ESCAPE,
    STRENGTH_BITS,
    STRENGTH_ADD,
    STRENGTH_MULTIPLY,
    STRENGTH_CONCAT,
    STRENGTH_COLLATE,
    STRENGTH_UNARY,
    STRENGTH_OPERAND
};

static const struct {
    const char *token;
    enum strength strength;
} operators[] = {
    {"or", STRENGTH_OR},        {"and", STRENGTH_AND},       {"=", STRENGTH_EQUAL},
    {"==", STRENGTH_EQUAL},     {"<>", STRENGTH_EQUAL},      {"!=", STRENGTH_EQUAL},
    {"is", STRENGTH_EQUAL},     {"in", STRENGTH_EQUAL},      {"like", STRENGTH_EQUAL},
    {"glob", STRENGTH_EQUAL},   {"match", STRENGTH_EQUAL},   {"regexp", STRENGTH_EQUAL},
    {"isnull", STRENGTH_EQUAL}, {"notnull", STRENGTH_EQUAL}, {"between", STRENGTH_EQUAL},
    {"not", STRENGTH_EQUAL}, /* after an operand: NOT LIKE */
    {"<", STRENGTH_COMPARE},    {"<=", STRENGTH_COMPARE},    {">", STRENGTH_COMPARE},
    {">=", STRENGTH_COMPARE},   {"escape", STRENGTH_ESCAPE}, {"&", STRENGTH_BITS},
    {"|", STRENGTH_BITS},       {"<<", STRENGTH_BITS},       {">>", STRENGTH_BITS},
    {"+", STRENGTH_ADD},        {"-", STRENGTH_ADD},         {"*", STRENGTH_MULTIPLY},
    {"/", STRENGTH_MULTIPLY},   {"%", STRENGTH_MULTIPLY},    {"||", STRENGTH_CONCAT},
    {"->", STRENGTH_CONCAT},    {"->>", STRENGTH_CONCAT},    {"collate", STRENGTH_COLLATE},
};

/* An expression begins after these, as after operators, commas and parentheses. */
static const char *const leaders[] = {"where", "on",     "when",     "then",   "else",
                                      "case",  "by",     "having",   "select", "distinct",
                                      "limit", "offset", "returning"};

/* Words that are operands, or parts of CASE. */
static const char *const plain_words[] = {
    "null", "true", "false", "current_time", "current_date", "current_timestamp",
    "case", "when", "then",  "else",         "end"};

/* A pair that is open. */
struct paren_group {
    size_t open;           /* its "(" among the parentheses */
    enum strength left;    /* of the operator in front of it */
    enum strength weakest; /* of the operators inside */
    enum strength pending; /* of the operator in front of the next operand */
    bool groups;           /* it stands in the place of an operand */
    bool opaque;           /* its inside is no expression, or is not understood */
    bool has_operand;      /* the last token ended an operand */
    bool between;          /* the next AND belongs to a BETWEEN */
    int cases;             /* CASEs that have no END yet */
};

struct paren_search {
    migci_parens *parens;
    struct paren_group *groups;
    size_t depth;
    migci_token last;
};

static bool is_among(migci_token token, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (migci_token_is(token, words[i]))
            return true;
    return false;
}

static enum strength strength_of(migci_token token) {
    for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++)
        if (migci_token_is(token, operators[i].token))
            return operators[i].strength;
    return STRENGTH_NONE;
}

static bool begins_operand(migci_token before) {
    if (before.kind == MIGCI_TOKEN_END || migci_token_is(before, "(") ||
        migci_token_is(before, ","))
        return true;
    if (is_among(before, leaders, sizeof(leaders) / sizeof(*leaders)))
        return true;
    return strength_of(before) != STRENGTH_NONE && !migci_token_is(before, "in") &&
           !migci_token_is(before, "collate") && !migci_token_is(before, "isnull") &&
           !migci_token_is(before, "notnull");
}

static void weaken(struct paren_group *group, enum strength strength) {
    if (group->cases == 0 && strength < group->weakest)
        group->weakest = strength;
}

static void take_operator(struct paren_group *group, migci_token token, enum strength strength) {
    bool is_prefix =
        !group->has_operand && (migci_token_is(token, "not") || token.kind == MIGCI_TOKEN_SIGN);
    if (is_prefix) { /* -x, NOT x */
        strength = migci_token_is(token, "not") ? STRENGTH_NOT : STRENGTH_UNARY;
        weaken(group, strength);
        group->pending = strength;
        return;
    }
    if (migci_token_is(token, "and") && group->between) {
        group->between = false;
        strength = STRENGTH_EQUAL;
    }
    group->between |= migci_token_is(token, "between");
    weaken(group, strength);
    group->pending = strength;
    group->has_operand = migci_token_is(token, "isnull") || migci_token_is(token, "notnull");
}

static void close_group(struct paren_search *search, migci_token token, migci_text rest) {
    struct paren_group *inside = &search->groups[search->depth];
    enum strength right = strength_of(migci_token_next(&rest)), left = inside->left;
    bool is_associative = left == STRENGTH_OR || left == STRENGTH_AND || left == STRENGTH_NOT;
    bool holds_left = inside->weakest > left || (inside->weakest == left && is_associative);
    bool redundant = search->depth > 0 && inside->groups && !inside->opaque && holds_left &&
                     inside->weakest >= right;
    search->parens->items[search->parens->count++] = (migci_paren){token.start, redundant};
    if (search->depth == 0)
        return;
    search->parens->items[inside->open].redundant = redundant;
    struct paren_group *around = &search->groups[--search->depth];
    weaken(around, redundant ? inside->weakest : STRENGTH_OPERAND);
    around->has_operand = true;
    around->pending = STRENGTH_NONE;
}

static void take_token(struct paren_search *search, migci_token token, migci_text rest) {
    struct paren_group *group = &search->groups[search->depth];
    enum strength strength = strength_of(token);
    if (migci_token_is(token, "(")) {
        struct paren_group *inside = &search->groups[++search->depth];
        memset(inside, 0, sizeof(*inside));
        inside->open = search->parens->count;
        inside->left = group->pending;
        inside->weakest = STRENGTH_OPERAND;
        inside->groups = !group->has_operand && begins_operand(search->last);
        search->parens->items[search->parens->count++] = (migci_paren){token.start, false};
    } else if (migci_token_is(token, ")")) {
        close_group(search, token, rest);
    } else if (migci_token_is(token, ",") || migci_token_is(token, ";")) {
        group->opaque = true;
        group->has_operand = false;
        group->pending = STRENGTH_NONE;
    } else if (strength != STRENGTH_NONE) {
        take_operator(group, token, strength);
    } else if (token.kind == MIGCI_TOKEN_WORD) {
        bool is_keyword = sqlite3_keyword_check(token.start, (int)token.length) != 0;
        bool is_plain = is_among(token, plain_words, sizeof(plain_words) / sizeof(*plain_words));
        group->cases += migci_token_is(token, "case");
        group->cases -= migci_token_is(token, "end");
        group->opaque |= is_keyword && !is_plain;
        group->has_operand =
            !is_keyword ||
            (is_plain && !is_among(token, leaders, sizeof(leaders) / sizeof(*leaders)));
        group->pending = STRENGTH_NONE;
    } else {
        group->has_operand = !migci_token_is(token, ".");
        group->pending = STRENGTH_NONE;
    }
}

bool migci_parens_find(migci_memory *memory, migci_text text, migci_parens *parens) {
    size_t count = 0;
    for (const char *at = text.start; at < text.end; at++)
        count += *at == '(';
    struct paren_search search = {.parens = parens};
    *parens = (migci_parens){0};
    if (count == 0)
        return true;
    size_t closing = 0; /* outnumber the opening ones only in quotes and comments */
    for (const char *at = text.start; at < text.end; at++)
        closing += *at == ')';
    parens->items = migci_allocate(memory, (count + closing) * sizeof(*parens->items));
    search.groups = migci_allocate(memory, (count + 1) * sizeof(*search.groups));
    if (!parens->items || !search.groups)
        return false;
    search.groups[0].weakest = STRENGTH_OPERAND;
    for (;;) {
        migci_token token = migci_token_next(&text);
        if (token.kind == MIGCI_TOKEN_END)
            return true;
        take_token(&search, token, text);
        search.last = token;
    }
}
