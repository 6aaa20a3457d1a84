/*
 * lower.h - the set as a program will have it, made once: the proof runs that object, and emit
 * prints it.
 */
#ifndef LOWER_H
#define LOWER_H

#include "set/set.h"

#include <migc.h>

/* Makes set->lowered and the `lowered` of each migration, of the modules too.  What the proof finds
 * out is added there.  A step in C has a function that does nothing: the host's is not here. */
void lower_set(struct set *set, struct arena *arena);

/* The step of the source that was lowered to this one. */
const struct step *source_of_step(const struct migration *migration, const migc_step *step);

#endif
