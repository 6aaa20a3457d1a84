/*
 * file_time.c - recognizes the time in the name of a file.
 */
#include "base/core.h"

bool migci_is_file_time(const char *text) {
    static const char form[] = "00000000T000000Z";
    for (size_t i = 0; form[i]; i++)
        if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
    return true;
}
