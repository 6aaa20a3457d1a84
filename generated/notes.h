/* Emitted by migc.  Edit the SQL, not this file. */
#ifndef NOTES_H
#define NOTES_H

#include "migc.h"

#define NOTES_COUNT 9
#define NOTES_LATEST INT64_C(9)

#ifdef __cplusplus
extern "C" {
#endif

extern const migc_set notes;

/* The steps in C; 0 when done, see migc_function. */
int normalise_titles(migc_context *context);

#ifdef __cplusplus
}
#endif

#endif
