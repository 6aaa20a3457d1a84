# The source as README.md describes it: a folder of the runtime uses the folders that its row
# names, and a host links no more than it calls.
. "$(dirname "$0")/../lib.sh"

# "engine base history": a room of compiler/ or runtime/ and what it uses, for each row of its table.
rows() {
    awk -F ' *\\| *' -v table="\`$1/\`" '
        NF < 4 { inside = 0 }
        inside && $2 ~ /^`/ { print $2, $4 }
        $2 == table { inside = 1 }
    ' "$ROOT/README.md" | tr -d '`'
}

# "engine/run migci_plan U" for each name that an object has or wants; not those of files that
# were renamed since.
names() {
    (
        cd "$BUILD/$1" || exit
        for object in */*.o; do
            [ ! -e "$ROOT/$1/${object%.o}.c" ] || echo "$object"
        done | xargs nm -A -g
    ) | awk '{ object = $1; sub(/\.o:.*/, "", object); print object, $NF, $(NF - 1) }'
}

# "prove/prove lint/lint": a file, and another file of whose names it wants some.
uses() {
    awk '
        FNR == NR { if ($3 != "U") home[$2] = $1; next }
        $3 == "U" && $2 in home && home[$2] != $1 { print $1, home[$2] }
    ' "$1" "$1" | sort -u
}

# The same for headers that it includes.
includes() {
    (cd "$ROOT/$1" && grep -oE '^#include ["<][a-z]+/[a-z_]+\.h' */*.[ch]) |
        sed -E 's,\.[ch]:#include ["<]([^.]*)\.h, \1,'
}

# Held against the table: pairs of files that use each other, on the standard input.
judge() {
    awk '
        FILENAME == ARGV[1] {
            all[$1] = $2 == "all"
            for (i = 2; i <= NF; i++)
                may[$1, $i] = 1
            room[$1] = 1
            next
        }
        {
            split($1, from, "/")
            split($2, to, "/")
        }
        from[1] == to[1] || !(to[1] in room) { next }
        { used[from[1], to[1]] = 1 }
        !all[from[1]] && !((from[1], to[1]) in may) { print $1 " uses " $2 }
        END {
            for (pair in may) {
                split(pair, part, SUBSEP)
                if (part[2] != "all" && !(pair in used))
                    print part[1] " does not use " part[2]
            }
        }
    ' "$1" -
}

for side in compiler runtime; do
    scenario "H2: each room of $side/ has its row, and each row its room"
    rows "$side" | sed 's/ .*//' | sort >written
    (cd "$ROOT/$side" && ls -d */ | tr -d /) | sort >there
    expect diff written there

    scenario "H2: a room of $side/ uses the rooms of its row, and no others"
    rows "$side" >rows.txt
    names "$side" >names.txt
    expect test "$(wc -l <names.txt)" -gt 300
    includes "$side" >included
    uses names.txt | cat - included | judge rows.txt >wrong
    expect diff /dev/null wrong
done

scenario "H2: a static function's name stands for one thing: it occurs once in the tree"
for side in compiler runtime; do
    find "$ROOT/$side" -name '*.c' ! -name lex.c ! -name c_lex.c
done | while read -r file; do
    sed -nE 's/^static [^=;]*[ *]([a-z][a-z_0-9]*)\(.*/\1/p' "$file" | sort -u
done | sort >statics
expect test "$(wc -l <statics)" -gt 2000
uniq -d statics >repeated
expect diff /dev/null repeated

for side in compiler runtime; do
    scenario "H2: no files of $side/ use each other in a circle"
    names "$side" >names.txt
    uses names.txt | tsort 2>&1 >/dev/null | sed 's/^tsort: //' >loops
    expect diff /dev/null loops
done

scenario "H2: a program that calls migc_up has base, history and engine in it, and nothing else"
cat >up.c <<'END'
#include "migc.h"
int main(void) {
    return (int)migc_up(NULL, NULL, NULL, NULL);
}
END
expect "$CC" ${TEST_CFLAGS:-} -I"$ROOT/runtime" -Wl,-Map=map -o up up.c "$BUILD/libmigc.a" ${SQLITE_LIBS:--lsqlite3}
grep -oE 'libmigc\.a\([a-z_0-9]+\.o' map | sed 's/.*(//' | sort -u >linked
expect grep -q '^plan.o$' linked
while read -r object; do
    (cd "$BUILD/runtime" && ls */"$object")
done <linked | sed 's,/.*,,' | sort -u >folders
printf 'base\nengine\nhistory\n' >expected
expect diff expected folders
