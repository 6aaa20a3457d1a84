/*
 * warn_character.c - characters outside of strings that nobody sees, or that look like others.  To
 * SQLite each of them is a letter of a name.
 */
#include "lint.h"

#include <string.h>

static const struct odd_character {
    unsigned first, last;
    const char *name;
    bool in_quotes; /* odd in a quoted name, too */
} odd_characters[] = {
    {0xA0, 0xA0, "a no-break space", true},
    {0xAD, 0xAD, "a soft hyphen", true},
    {0x0370, 0x03FF, "a Greek letter among others", false},
    {0x0400, 0x052F, "a Cyrillic letter among others", false},
    {0x2000, 0x200A, "a typographic space", true},
    {0x200B, 0x200B, "a zero-width space", true},
    {0x200C, 0x200D, "a zero-width joiner", true},
    {0x200E, 0x200F, "a mark of direction", true},
    {0x2010, 0x2015, "a typographic dash", false},
    {0x2018, 0x201F, "a typographic quote", false},
    {0x2028, 0x2029, "a separator of lines", true},
    {0x202A, 0x202E, "a mark of direction", true},
    {0x202F, 0x202F, "a narrow no-break space", true},
    {0x205F, 0x2064, "an invisible character", true},
    {0x2066, 0x2069, "a mark of direction", true},
    {0x2212, 0x2212, "a minus sign that is not '-'", false},
    {0x3000, 0x3000, "an ideographic space", true},
    {0xFEFF, 0xFEFF, "a byte order mark", true},
    {0xFF01, 0xFF5E, "a full-width character", false},
};

/* Letters of other alphabets are odd only beside Latin ones: "аmount" with a Cyrillic a. */
static const struct odd_character *find_odd(const struct cursor *cursor, unsigned code) {
    bool is_other_alphabet = code < 0x2000 && code > 0xFF, has_latin = false;
    for (size_t i = 0; i < cursor->size; i++)
        has_latin |= is_letter(cursor->text[i]);
    for (size_t i = 0; i < COUNT_OF(odd_characters); i++) {
        const struct odd_character *odd = &odd_characters[i];
        if (code >= odd->first && code <= odd->last &&
            (cursor->token == TOKEN_WORD || odd->in_quotes))
            return is_other_alphabet && !has_latin ? NULL : odd;
    }
    return NULL;
}

/* Reports the first odd character of the token. */
static void warn_of_token(struct lint *lint, const struct migration *migration,
                          const struct cursor *cursor) {
    static const unsigned char masks[] = {0, 0, 0x1F, 0x0F, 0x07}; /* of the first byte */
    const char *end = cursor->text + cursor->size;
    for (const char *at = cursor->text; at < end;) {
        size_t length = utf8_length(at, end);
        unsigned code = (unsigned char)at[0] & masks[length];
        for (size_t i = 1; i < length; i++) /* the source is valid UTF-8 */
            code = code << 6 | ((unsigned char)at[i] & 0x3F);
        const struct odd_character *odd = code ? find_odd(cursor, code) : NULL;
        if (odd) {
            report_warning(
                lint->diagnostics, WARNING_ODD_CHARACTER, text_location(migration, at, length),
                "%s (U+%04X), which SQLite takes for a letter of a name", odd->name, code);
            return;
        }
        at += length ? length : 1;
    }
}

void warn_of_characters(struct lint *lint, const struct migration *migration) {
    for (int kind = 0; kind < SECTION_COUNT; kind++)
        for (size_t i = 0; i < migration->sections[kind].count; i++) {
            const struct step *step = &migration->sections[kind].steps[i];
            if (step->is_call)
                continue;
            struct cursor cursor = cursor_at(step, step->text);
            for (; cursor.token != TOKEN_END; cursor_next(&cursor))
                if (cursor.token == TOKEN_WORD || cursor.token == TOKEN_QUOTED)
                    warn_of_token(lint, migration, &cursor);
        }
}
