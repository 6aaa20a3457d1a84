/*
 * side.h - what verbs read: a folder, perhaps up to one of its migrations, a file of SQL, or a
 * database.
 */
#ifndef SIDE_H
#define SIDE_H

#include "command.h"
#include "state/state.h"

struct side {
    struct folder folder;
    struct set set; /* of a folder */
    struct state state;
    bool is_folder;
};

/* `version` is a number, or NULL; "DIR@7" has it in the path.  False: reported. */
bool open_side(struct side *side, const char *path, const char *version,
               const struct options *options, struct arena *arena, struct diagnostics *diagnostics);
/* What is wrong with how a side is given, or NULL. */
const char *side_problem(const char *path, const char *version, struct arena *arena);
void close_side(struct side *side);

void print_schema(const struct state *state, bool json);

#endif
