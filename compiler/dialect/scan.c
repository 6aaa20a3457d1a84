/*
 * scan.c - reads a folder's migrations in their order: what is there, which tool's files
 * they are, and which of them make a migration.
 */
#include "dialect.h"

bool scan_folder(struct folder *folder, struct arena *arena, const struct dialect *dialect,
                 struct diagnostics *diagnostics) {
    if (!list_files(folder, arena, diagnostics))
        return false;
    folder->dialect = dialect ? dialect : identify_dialect(folder, arena, diagnostics);
    return folder->dialect && arrange_entries(folder, arena, diagnostics);
}
