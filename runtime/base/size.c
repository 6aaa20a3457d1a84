/*
 * size.c - a number of bytes in words.
 */
#include "base/core.h"

#include <stdio.h>

const char *migci_size(int64_t bytes, char buffer[32]) {
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double size = (double)bytes;
    int unit = 0;
    while (size >= 999.95 && unit < 4) {
        size /= 1000;
        unit++;
    }
    snprintf(buffer, 32, unit ? "%.1f %s" : "%.0f %s", size, units[unit]);
    return buffer;
}
