# A set as projects have it, in FOLDER: tables with indexes, views and triggers, then changes of
# tables that exist (a column, an index, a rebuild, a fill), each with a right DOWN.  Always the
# same.  FOLDER.sql has all UPs, FOLDER-thrice.sql UP, DOWN and UP of each.
#
#     awk -v folder=FOLDER -v tables=80 -v changes=200 -f grown.awk
#     awk -v folder=FOLDER -v rows=500 -f grown.awk       one table that each migration adds to

function chance(n) {
    state = (state * 1103515245 + 12345) % 2147483648
    return int(state / 65536) % n
}

function write(header, up, down,   file) {
    file = sprintf("%s/%04d_change.sql", folder, ++count)
    printf "%s-- up\n%s-- down\n%s", header, up, down >file
    close(file)
    printf "%s", up >(folder ".sql")
    printf "%s%s%s", up, down, up >(folder "-thrice.sql")
}

function create(name, columns) {
    return "CREATE TABLE " name "(\n    " columns "\n);\n"
}

# Of a table: what stands on it, to be made again behind a rebuild.
function objects(t) {
    return indexes[t] trigger[t] view[t]
}

function rebuild(t, from, to, list) {
    return gone[t] create(t "_new", to) \
        "INSERT INTO " t "_new(" list ")\nSELECT " list " FROM " t ";\n" \
        "DROP TABLE " t ";\nALTER TABLE " t "_new RENAME TO " t ";\n" objects(t)
}

function add_table(i,   t) {
    t = sprintf("item%02d", i)
    columns[t] = "id INTEGER PRIMARY KEY,\n    title TEXT NOT NULL,\n    state TEXT NOT NULL " \
        "DEFAULT 'new' CHECK(state IN ('new', 'old', 'gone')),\n    weight INTEGER,\n    remark TEXT"
    list[t] = "id, title, state, weight, remark"
    indexes[t] = "CREATE INDEX " t "_title ON " t "(title);\n"
    if (i > 0) {
        columns[t] = columns[t] ",\n    above INTEGER REFERENCES " sprintf("item%02d", chance(i)) \
            "(id) ON DELETE CASCADE"
        list[t] = list[t] ", above"
        indexes[t] = indexes[t] "CREATE INDEX " t "_above ON " t "(above);\n"
    }
    if (i % 4 == 0) {
        view[t] = "CREATE VIEW " t "_heavy AS SELECT id, title FROM " t " WHERE weight > 0;\n"
        gone[t] = gone[t] "DROP VIEW " t "_heavy;\n"
    }
    if (i % 5 == 0) {
        trigger[t] = "CREATE TRIGGER " t "_renamed AFTER UPDATE OF title ON " t " BEGIN\n    UPDATE " \
            t " SET remark = old.title WHERE id = new.id;\nEND;\n"
        gone[t] = gone[t] "DROP TRIGGER " t "_renamed;\n"
    }
    write("", create(t, columns[t]) objects(t), gone[t] "DROP TABLE " t ";\n")
}

function change(   t, c, kind, wider) {
    t = sprintf("item%02d", chance(tables))
    c = "c" ++fresh
    kind = chance(9)
    if (kind < 3) {
        write("", "ALTER TABLE " t " ADD COLUMN " c " TEXT;\n", "ALTER TABLE " t " DROP COLUMN " c ";\n")
        columns[t] = columns[t] ",\n    " c " TEXT"
        list[t] = list[t] ", " c
    } else if (kind < 5) {
        indexes[t] = indexes[t] "CREATE INDEX " t "_" c " ON " t "(weight, id);\n"
        write("", "CREATE INDEX " t "_" c " ON " t "(weight, id);\n", "DROP INDEX " t "_" c ";\n")
    } else if (kind == 5) {
        write("-- Lossy: which remarks were empty\n", "UPDATE " t " SET remark = '' WHERE remark IS NULL;\n",
              "SELECT 1;\n")
    } else if (kind == 6) {
        write("", "ALTER TABLE " t " ADD COLUMN " c " INTEGER NOT NULL DEFAULT 0;\nUPDATE " t " SET " c \
              " = length(title);\n", "ALTER TABLE " t " DROP COLUMN " c ";\n")
        columns[t] = columns[t] ",\n    " c " INTEGER NOT NULL DEFAULT 0"
        list[t] = list[t] ", " c
    } else {
        wider = columns[t] ",\n    " c " TEXT NOT NULL DEFAULT 'x'"
        write("", rebuild(t, columns[t], wider, list[t]), rebuild(t, wider, columns[t], list[t]))
        columns[t] = wider
        list[t] = list[t] ", " c
    }
}

BEGIN {
    state = 20261126
    if (rows > 0)
        write("", "CREATE TABLE grown(id INTEGER PRIMARY KEY, word TEXT);\n", "DROP TABLE grown;\n")
    for (i = 1; i < rows; i++)
        write("", "INSERT INTO grown VALUES(" i ", 'word " i "');\n", "DELETE FROM grown WHERE id = " i ";\n")
    for (i = 0; rows == 0 && i < tables; i++)
        add_table(i)
    for (i = 0; rows == 0 && i < changes; i++)
        change()
}
