/*
 * tame.c - makes any bytes of a name, a path or a message safe to print: what is text, and what a
 * terminal takes for a command.
 */
#include "base/tame.h"

#include <stdint.h>

size_t migci_utf8_length(const unsigned char *at) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = *at < 0x80 ? 1 : *at < 0xc2 ? 0 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;
    uint32_t code = length > 1 ? *at & (0x7fu >> length) : *at;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3f);
    }
    if (length && (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)))
        return 0;
    return length;
}

unsigned migci_control_code(const unsigned char *at, size_t length) {
    if (length == 2 && *at == 0xc2 && at[1] < 0xa0)
        return at[1];
    return *at < ' ' || *at == 0x7f ? *at : 0;
}

/* Characters that change the direction in which a terminal shows those behind them, and U+2028 and
 * U+2029, which begin a line: a name could look like another one. */
static bool turns_text(const unsigned char *at, size_t length) {
    if (length == 2)
        return at[0] == 0xd8 && at[1] == 0x9c;
    return length == 3 && at[0] == 0xe2 &&
           ((at[1] == 0x80 &&
             (at[2] == 0x8e || at[2] == 0x8f || (at[2] >= 0xa8 && at[2] <= 0xae))) ||
            (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9));
}

/* A lone byte from 0x80 to 0x9f is a command to terminals that do not speak UTF-8. */
void migci_tame(char *text) {
    for (unsigned char *at = (unsigned char *)text; *at;) {
        size_t length = migci_utf8_length(at);
        bool control =
            length ? migci_control_code(at, length) || turns_text(at, length) : *at < 0xa0;
        bool keeps = *at == '\n' || *at == '\t' || (*at == '\r' && at[1] == '\n');
        for (size_t i = 0; i < (length ? length : 1); i++, at++)
            if (control && !keeps)
                *at = '?';
    }
}

void migci_tame_line(char *text) {
    migci_tame(text);
    for (; *text; text++)
        if ((unsigned char)*text < ' ')
            *text = '?';
}
