/*
 * tame.h - makes any bytes of a name, a path or a message safe to print.
 */
#ifndef MIGC_TAME_H
#define MIGC_TAME_H

#include <stdbool.h>
#include <stddef.h>

/* How many bytes the UTF-8 character has that begins here.  0: none begins here; a message may
 * be cut within one, and a path may be any bytes. */
size_t migci_utf8_length(const unsigned char *at);
/* The code of a control character, of one byte or, from U+0080 to U+009F, of two; 0 of others. */
unsigned migci_control_code(const unsigned char *at, size_t length);
/* Control characters except newlines and tabs become '?'. */
void migci_tame(char *text);
/* Those too: the text is one line, or a part of one, and must not make lines of its own. */
void migci_tame_line(char *text);

#endif
