/*
 * symbol.c - which names the emitted C can use: identifiers that are no
 * keyword of C or C++ and clash with no header that it includes.
 */
#include "base.h"

#include <stdlib.h>
#include <string.h>

/* C11 and C++20, in byte order for bsearch. */
/* clang-format off */
static const char *const keywords[] = {
    "_Alignas", "_Alignof", "_Atomic", "_Bool", "_Complex", "_Generic", "_Imaginary",
    "_Noreturn", "_Static_assert", "_Thread_local", "alignas", "alignof", "and", "and_eq",
    "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char", "char16_t",
    "char32_t", "char8_t", "class", "co_await", "co_return", "co_yield", "compl", "concept",
    "const", "const_cast", "consteval", "constexpr", "constinit", "continue", "decltype",
    "default", "delete", "do", "double", "dynamic_cast", "else", "enum", "explicit", "export",
    "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int", "long",
    "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or",
    "or_eq", "private", "protected", "public", "register", "reinterpret_cast", "requires",
    "restrict", "return", "short", "signed", "sizeof", "static", "static_assert", "static_cast",
    "struct", "switch", "template", "this", "thread_local", "throw", "true", "try", "typedef",
    "typeid", "typename", "typeof", "union", "unsigned", "using", "virtual", "void", "volatile",
    "wchar_t", "while", "xor", "xor_eq",
};
/* clang-format on */

struct word {
    const char *text;
    size_t size;
};

static int compare_keyword(const void *key, const void *row) {
    const struct word *word = key;
    const char *keyword = *(const char *const *)row;
    int order = strncmp(word->text, keyword, word->size);
    return order ? order : -(keyword[word->size] != '\0');
}

bool is_identifier(const char *text, size_t size) {
    if (size == 0 || is_digit(text[0]))
        return false;
    for (size_t i = 0; i < size; i++)
        if (!is_word(text[i]))
            return false;
    return true;
}

/* "migc" itself or "migc_...": in any case, because macros are made of the name. */
static bool belongs_to(const char *text, size_t size, const char *owner) {
    size_t length = strlen(owner);
    return size >= length && same_word(text, length, owner) &&
           (size == length || text[length] == '_');
}

/* "m003": the steps of a migration. */
static bool is_emitted(const char *text, size_t size) {
    size_t i = 1;
    while (i < size && is_digit(text[i]))
        i++;
    return text[0] == 'm' && size > 1 && i == size;
}

const char *symbol_problem(const char *text, size_t size) {
    struct word word = {text, size};
    if (!is_identifier(text, size))
        return "is not a C identifier (letters, digits and '_', no digit first)";
    if (bsearch(&word, keywords, COUNT_OF(keywords), sizeof(keywords[0]), compare_keyword))
        return "is a keyword of C or C++";
    if (belongs_to(text, size, "migc") || belongs_to(text, size, "sqlite3"))
        return "belongs to migc.h or sqlite3.h";
    if (is_emitted(text, size))
        return "is a name that migc itself uses in what it emits";
    if (same_text(text, size, "main") || same_text(text, size, "NULL"))
        return "has a meaning of its own in C";
    return NULL;
}
