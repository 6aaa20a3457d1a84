/*
 * sum.c - a checksum of text, against accidents and for look-up; it is no protection.
 */
#include "base/core.h"

#include <string.h>

/* FNV-1a of 64 bits: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv */
static uint64_t add_byte(uint64_t sum, unsigned char byte) {
    return (sum ^ byte) * UINT64_C(0x100000001b3);
}

uint64_t migci_sum(uint64_t sum, const char *text) {
    for (; *text; text++)
        sum = add_byte(sum, (unsigned char)*text);
    return sum;
}

uint64_t migci_sum_names(uint64_t sum, const char *text, const char *skipped) {
    for (; *text; text++)
        if (!strchr(skipped, *text))
            sum = add_byte(sum, (unsigned char)(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text));
    return sum;
}
