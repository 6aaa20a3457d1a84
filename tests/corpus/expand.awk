# Takes a file of the corpus apart: each case becomes a folder of two migrations below DEST,
# with its name and the words that are expected of migc beside it.
#
#     awk -v dest=DEST -f expand.awk wrong/rows.txt        prints the folders, one a line
#
#     == the name of the case
#     SQL                     what is there before: the first migration
#     -- Lossy: reason        a key of the header of the second one, which the case is about
#     -- up                   the second migration: its sections, as in any file
#     -- down
#     >> words                a part of a message of migc; one line for each error
#
# Lines above the first case say what the file is about.

function open_case(name) {
    count++
    folder = sprintf("%s/%03d", dest, count)
    before = folder "/migrations/001_before.sql"
    after = folder "/migrations/002_case.sql"
    system("mkdir -p '" folder "/migrations'")
    print name >(folder "/name")
    printf "" >(folder "/words")
    print "-- Irreversible: the case begins here\n\n-- up\nPRAGMA user_version;" >before
    file = before
    print folder
}

/^== /                              { close_case(); open_case(substr($0, 4)); next }
count == 0                          { next }
/^>> /                              { print substr($0, 4) >(folder "/words"); next }
/^-- up$/                           { file = after }
file == before && /^-- [A-Z][A-Za-z-]+: / { print >after; next }
                                    { print >file }

function close_case() {
    if (count == 0)
        return
    close(folder "/name")
    close(folder "/words")
    close(before)
    close(after)
}
