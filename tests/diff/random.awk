# Writes two schemas made of SEED to the files A and B: the second is the first, edited at random.

function pick(n) { return int(rand() * n) + 1 }
function one_of(list, parts, n) { n = split(list, parts, "|"); return parts[pick(n)] }

function column(   type, text) {
    type = one_of("INTEGER|TEXT|REAL|BLOB|NUMERIC|VARCHAR(20)|")
    text = type
    if (rand() < 0.3) text = text " DEFAULT " one_of("0|1.5|'x y'|NULL|'it''s'|-3")
    if (rand() < 0.2 && text !~ /NULL/) text = text " NOT NULL"
    if (rand() < 0.1) text = text " COLLATE NOCASE"
    if (rand() < 0.06) text = text " UNIQUE"
    if (rand() < 0.08) text = text " CHECK (length(" name_of_check ") < 100)"
    return text
}

function new_column(t,   c) {
    c = "c" (++names)
    name_of_check = c
    columns[t, ++count[t]] = c
    definition[t, count[t]] = column()
}

function new_table(   t, n) {
    t = ++tables
    table[t] = one_of("items|users|notes|big-orders|\"order\"|log") "_" t
    count[t] = 0
    keys[t] = one_of("id INTEGER PRIMARY KEY|id INTEGER PRIMARY KEY AUTOINCREMENT|id TEXT PRIMARY KEY NOT NULL|")
    gsub(/"/, "", table[t])
    tail[t] = keys[t] ~ /TEXT/ && rand() < 0.3 ? " WITHOUT ROWID" : ""
    if (rand() < 0.2 && t > 1) foreign[t] = pick(t - 1)
    for (n = pick(5) + 1; n > 0; n--) new_column(t)
}

function drop_column(t, which) {
    for (; which < count[t]; which++) {
        columns[t, which] = columns[t, which + 1]
        definition[t, which] = definition[t, which + 1]
    }
    count[t]--
}

function edit(   t, what) {
    t = pick(tables)
    if (!(t in table)) return
    what = rand()
    if (what < 0.3) new_column(t)
    else if (what < 0.5 && count[t] > 1) drop_column(t, pick(count[t]))
    else if (what < 0.6) { n = pick(count[t]); name_of_check = columns[t, n]; definition[t, n] = column() }
    else if (what < 0.65) new_table()
    else if (what < 0.7 && tables > 1) delete table[t]
    else if (what < 0.8) indexed[t] = !indexed[t]
    else if (what < 0.9) viewed[t] = (viewed[t] + 1) % 3
    else if (what < 0.95) triggered[t] = !triggered[t]
    else searched[t] = !searched[t]
}

function write_table(t, file,   n, text, c) {
    text = "CREATE TABLE \"" table[t] "\"(" keys[t]
    for (n = 1; n <= count[t]; n++)
        text = text (n > 1 || keys[t] != "" ? ", " : "") columns[t, n] " " definition[t, n]
    if (foreign[t] && foreign[t] in table && keys[foreign[t]] != "")
        text = text ", FOREIGN KEY (" columns[t, 1] ") REFERENCES \"" table[foreign[t]] "\"(id)"
    print text ")" tail[t] ";" >file
    c = columns[t, 1]
    if (indexed[t])
        print "CREATE INDEX \"i_" t "\" ON \"" table[t] "\"(" c " DESC" (count[t] > 1 ? ", lower(" columns[t, 2] ")" : "") ");" >file
    if (viewed[t])
        print "CREATE VIEW v_" t " AS SELECT " (viewed[t] == 1 ? "*" : c " AS x") " FROM \"" table[t] "\" WHERE " c " IS NOT NULL;" >file
    if (triggered[t])
        print "CREATE TRIGGER t_" t " AFTER INSERT ON \"" table[t] "\" BEGIN UPDATE \"" table[t] "\" SET " c " = " c " WHERE 0; END;" >file
    if (searched[t] && keys[t] ~ /INTEGER/)
        print "CREATE VIRTUAL TABLE s_" t " USING fts5(" c ", content='" table[t] "', content_rowid='id');" >file
}

function write_all(file,   t) {
    printf "" >file
    for (t = 1; t <= tables; t++)
        if (t in table) write_table(t, file)
    close(file)
}

BEGIN {
    srand(SEED)
    rand()
    for (n = pick(4); n > 0; n--) new_table()
    for (n = pick(4) - 1; n > 0; n--) edit()
    write_all(A)
    for (n = pick(6); n > 0; n--) edit()
    write_all(B)
}
