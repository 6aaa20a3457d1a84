# One change in the UP of a migration, which is printed with it; "KIND" goes to the file `kind`.
# Nothing is printed where there are not so many places: status 1.
#
#     awk -v number=N -v kind=FILE -f ups.awk 003_orders.sql

function site(name) {
    if (++sites != number)
        return 0
    print name >kind
    return found = 1
}

# Statements of UP are in s[1..n], each with its lines.
function keep(from, text) {
    s[from] = text
}

function swap_names(text,   at, list, names, count, first) {
    if (!match(text, /SELECT [a-z0-9_, ]+/))
        return text
    at = RSTART + 7
    list = substr(text, at, RLENGTH - 7)
    sub(/ +$/, "", list)
    count = split(list, names, /, */)
    if (count < 3)
        return text
    first = names[2] ", " names[3]
    return substr(text, 1, at - 1) names[1] ", " names[3] ", " names[2] substr(list, length(names[1] ", " first) + 1) \
        substr(text, at + length(list))
}

function drop_name(text,   open, close_, list, names, count) {
    open = index(text, "(")
    close_ = index(text, ")")
    if (!open || close_ < open)
        return text
    list = substr(text, open + 1, close_ - open - 1)
    count = split(list, names, /, */)
    if (count < 3)
        return text
    text = substr(text, 1, open) substr(list, 1, length(list) - length(names[count]) - 2) substr(text, close_)
    sub(", *" names[count] "( |\n)*FROM", "\nFROM", text)
    return text
}

function change_literal(text,   at) {
    if (match(text, /'[a-z]+'/))
        return substr(text, 1, RSTART) "x" substr(text, RSTART + 1)
    if (match(text, /[ (][0-9]+[ ,);]/))
        return substr(text, 1, RSTART) "7" substr(text, RSTART + 1)
    return text
}

{ all = all $0 "\n" }
/^-- (up|=== UP)/ { inside = 1; head = all; next }
/^-- (down|verify|test|=== [DVT])/ { if (inside) { inside = 0; rest = 1 } }
rest { tail = tail $0 "\n" }
inside {
    s[n + 1] = s[n + 1] $0 "\n"
    if (/BEGIN *$/)
        body = 1
    if (/^END;/ || /END; *$/)
        body = 0
    if (/; *$/ && !body)
        n++
}
END {
    for (i = 1; i <= n; i++) {
        copy = s[i] ~ /INSERT INTO/ && s[i] ~ /SELECT/
        renames = renames || s[i] ~ /RENAME TO/
        if (copy && site("forget the copy")) s[i] = ""
        if (copy && swap_names(s[i]) != s[i] && site("swap two columns")) s[i] = swap_names(s[i])
        if (copy && drop_name(s[i]) != s[i] && site("drop a column of the list")) s[i] = drop_name(s[i])
        if (copy && site("OR IGNORE")) sub(/INSERT INTO/, "INSERT OR IGNORE INTO", s[i])
        if (s[i] ~ /ADD COLUMN/ && s[i] !~ /NOT NULL/ && site("NOT NULL without default"))
            sub(/;/, " NOT NULL;", s[i])
        if (s[i] ~ /ADD COLUMN/ && s[i] ~ /DEFAULT/ && site("NOT NULL without default"))
            sub(/ DEFAULT [^ ;]+/, "", s[i])
        if (renames && s[i] ~ /CREATE (UNIQUE )?(INDEX|TRIGGER)/ && site("drop an index or trigger"))
            s[i] = ""
        if (s[i] !~ /^INSERT INTO [a-z_ (),]+VALUES/ && change_literal(s[i]) != s[i] && site("change a literal"))
            s[i] = change_literal(s[i])
    }
    if (!found)
        exit 1
    printf "%s", head
    for (i = 1; i <= n + 1; i++)
        printf "%s", s[i]
    printf "%s", tail
}
