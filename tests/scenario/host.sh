# The sample host: a program somebody uses, which brings its database up to date as it starts.
. "$(dirname "$0")/../lib.sh"

scenario "P3: notes works from an empty folder, with no SQL on disk"
expect_exit 0 notes add 'Call  the plumber'
expect_output <<'END'
notes: migrated the database from version 0 to 9
1
END
expect_exit 0 notes list
expect_output <<'END'
   1 [ ] Call the plumber
END
expect test "$(ls | sed 's/-.*//' | sort -u)" = notes.db

scenario "J3: notes keeps its own PRAGMAs, and migrates under them"
expect_exit 0 notes list
expect_exit 0 sqlite3 notes.db 'PRAGMA journal_mode; PRAGMA integrity_check; PRAGMA foreign_key_check'
expect_output <<'END'
wal
ok
END
expect_exit 0 notes --migrate status --exit-code

scenario "C1: notes: add, list, search, tag, due, done"
expect_exit 0 notes add 'Buy milk' '#shop' '#home'
expect_exit 0 notes add 'Read "Emma"
by Jane Austen'
expect_exit 0 notes tag 2 books
expect_exit 0 notes due 1 2026-12-24
expect_exit 0 notes list
expect_output <<'END'
   1 [ ] Buy milk  (due 2026-12-24)  #home #shop
   2 [ ] Read "Emma"  #books
END
expect_exit 0 notes search austen
expect_output <<'END'
   2 [ ] Read "Emma"  #books
END
expect_exit 0 notes search 'AND "milk'
expect_output </dev/null
expect_exit 0 notes done 1
expect_exit 0 notes list
expect_no_text 'Buy milk'
expect_exit 0 notes list -a
expect_text '   1 [x] Buy milk'

scenario "V6: notes: mistakes get one message"
expect_exit 1 notes done 7
expect_text 'notes: there is no note 7'
expect_exit 2 notes frobnicate
expect_output <<'END'
notes: there is no command "frobnicate"; see notes --help
END
expect_exit 1 notes due 7 tomorrow

scenario "C1: notes brings an older database up to date and keeps its notes"
expect_exit 0 notes --migrate to 3
expect_exit 0 sqlite3 notes.db "INSERT INTO notes(title) VALUES ('  Written   long ago ')"
expect_exit 0 notes search ago
expect_output <<'END'
notes: migrated the database from version 3 to 9
   1 [ ] Written long ago
END
expect_exit 0 notes --migrate status
expect_text 'Total: 9 | Applied: 9 | Pending: 0'

scenario "D5: notes: up, down and up again keeps notes, tags and the search"
expect_exit 0 notes add 'Buy milk' '#shop'
expect_exit 0 notes --migrate to 3 --yes
expect_exit 0 notes --migrate status
expect_text 'Applied: 3 | Pending: 6'
expect_exit 0 notes search milk
expect_text '   1 [ ] Buy milk  #shop'
expect_exit 0 notes --migrate to 0 --yes
expect_exit 0 sqlite3 notes.db "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'migc%' AND name NOT LIKE 'sqlite%'"
expect_output </dev/null

scenario "P9: notes: the rebuild of a parent loses no child, with foreign keys on"
expect_exit 0 notes --migrate to 3
expect_exit 0 sqlite3 notes.db "INSERT INTO notes(id, title) VALUES (1, 'a'), (2, 'b');
    INSERT INTO tags(id, name) VALUES (1, 't'); INSERT INTO note_tag VALUES (1, 1), (2, 1)"
expect_exit 0 notes --migrate up
expect_exit 0 sqlite3 notes.db 'SELECT count(*) FROM note_tag'
expect_output <<'END'
2
END

scenario "V6: notes does not touch what is no database of its own"
sqlite3 notes.db 'CREATE TABLE customers(id)'
cp notes.db before.db
expect_exit 1 notes list
expect_text 'notes: the database has tables (1, the first is "customers") but no history of migrations. Nothing was changed.'
expect cmp before.db notes.db

scenario "V4: notes: DATABASE_PATH names the database, for the program and for --migrate"
DATABASE_PATH=$PWD/other.db
export DATABASE_PATH
expect_exit 0 notes add 'Elsewhere'
expect_exit 0 notes --migrate status
expect_text 'Applied: 9'
expect test ! -e notes.db
unset DATABASE_PATH
