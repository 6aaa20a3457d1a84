/*
 * code_name.c - the name of each code, for logs and JSON, and its text.
 */
#include "base/core.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

const char *migc_code_name(migc_code code) {
    static const char *const names[] = {
#define NAME_ROW(name, status, text, advice) "MIGC_" #name,
        MIGC_CODES(NAME_ROW)
#undef NAME_ROW
    };
    size_t index = (size_t)code;
    return index < COUNT_OF(names) ? names[index] : "unknown";
}

const char *migc_code_text(migc_code code) {
    static const char *const texts[] = {
#define TEXT_ROW(name, status, text, advice) text,
        MIGC_CODES(TEXT_ROW)
#undef TEXT_ROW
    };
    size_t index = (size_t)code;
    return index < COUNT_OF(texts) ? texts[index] : "unknown";
}
