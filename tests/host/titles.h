/*
 * titles.h - how a title is written.  The program uses it for every new note,
 * migration 007 used it for those that were there before.
 */
#ifndef TITLES_H
#define TITLES_H

/*
 * Leaves one blank between the words of `title` and none around them, in place.
 * White space is that of ASCII; other bytes, and so UTF-8, pass unchanged.
 * Returns 1 when that changed the text, else 0.
 */
int title_normalise(char *title);

#endif
