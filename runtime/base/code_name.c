/*
 * code_name.c - the name of each code, for logs and JSON.
 */
#include "base/core.h"

const char *migc_code_name(migc_code code) {
    static const char *const names[] = {
#define NAME_ROW(name, status, text, advice) "MIGC_" #name,
        MIGC_CODES(NAME_ROW)
#undef NAME_ROW
    };
    size_t index = (size_t)code;
    return index < sizeof(names) / sizeof(*names) ? names[index] : "unknown";
}
