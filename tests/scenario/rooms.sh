# The source as README.md describes it: a folder of the runtime uses the folders that its row
# names, and a host links no more than it calls.
. "$(dirname "$0")/../lib.sh"

# "engine base history": a folder and what it uses, for each row of the table.
rows() {
    sed -nE 's/^\| `([a-z]+)` \| [^|]* \| ([^|]*)\|$/\1 \2/p' "$ROOT/README.md" | tr -d '`'
}

# "engine/run migci_plan U" for each name that an object of ours has or wants.
names() {
    for object in "$BUILD"/runtime/*/*.o; do
        folder=$(basename "$(dirname "$object")")
        nm -g "$object" |
            awk -v object="$folder/$(basename "$object" .o)" '$NF ~ /^migci?_/ { print object, $NF, $(NF - 1) }'
    done
}

scenario "each folder of the runtime has its row, and each row its folder"
rows | sed 's/ .*//' | sort >written
(cd "$ROOT/runtime" && ls -d */ | tr -d /) | sort >there
expect diff written there

scenario "a folder of the runtime uses the folders of its row, and no others"
rows >rows.txt
names >names.txt
expect test "$(wc -l <names.txt)" -gt 300
awk '
    FILENAME == "rows.txt" {
        for (i = 2; i <= NF; i++)
            may[$1, $i] = 1
        all[$1] = $2 == "all"
        next
    }
    { split($1, part, "/") }
    pass == 1 && $3 != "U" { home[$2] = part[1] }
    pass == 2 && $3 == "U" && $2 in home {
        to = home[$2]
        if (to != part[1] && !all[part[1]] && !((part[1], to) in may))
            print $1 " uses " $2 " of " to
        used[part[1], to] = 1
    }
    END {
        for (pair in may) {
            split(pair, part, SUBSEP)
            if (part[2] != "all" && !(pair in used))
                print part[1] " does not use " part[2]
        }
    }
' rows.txt pass=1 names.txt pass=2 names.txt >wrong
expect diff /dev/null wrong

scenario "a program that calls migc_up has base, history and engine in it, and nothing else"
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
