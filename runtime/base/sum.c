/*
 * sum.c - a checksum of text, against accidents; it is no protection.
 */
#include "base/core.h"

uint64_t migci_sum(uint64_t sum, const char *text) {
    for (; *text; text++)
        sum = (sum ^ (unsigned char)*text) * MIGCI_SUM_FACTOR;
    return sum;
}
