/*
 * code_text.c - the text of each code.
 */
#include "base/core.h"

const char *migc_code_text(migc_code code) {
    static const char *const texts[] = {
#define TEXT_ROW(name, status, text, advice) text,
        MIGC_CODES(TEXT_ROW)
#undef TEXT_ROW
    };
    size_t index = (size_t)code;
    return index < sizeof(texts) / sizeof(*texts) ? texts[index] : "unknown";
}
