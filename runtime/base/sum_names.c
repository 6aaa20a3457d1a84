/*
 * sum_names.c - a checksum of names, for look-up.
 */
#include "base/core.h"

#include <string.h>

uint64_t migci_sum_names(uint64_t sum, const char *text, const char *skipped) {
    for (; *text; text++) {
        char small = (char)(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text);
        if (!strchr(skipped, *text))
            sum = (sum ^ (unsigned char)small) * MIGCI_SUM_FACTOR;
    }
    return sum;
}
