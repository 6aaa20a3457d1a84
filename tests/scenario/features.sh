# The table of features in tests/README.md and the titles of the tests say the same.
. "$(dirname "$0")/../lib.sh"

rows() {
    sed -n 's/^| \([A-Z][0-9][0-9]*\) |.*/\1/p' "$ROOT/tests/README.md"
}

open_rows() {
    sed -n 's/^| \([A-Z][0-9][0-9]*\) |.*\*(open)\* |$/\1/p' "$ROOT/tests/README.md"
}

# "FILE: TITLE" of every test in folder $1, but of those whose title a function is given.
titles() {
    for file in "$1"/golden/*/cmd; do
        [ -e "$file" ] && sed -n "1s|^|${file#"$1"/}: |p" "$file"
    done | sed 's/: # /: /'
    for file in "$1"/scenario/*.sh "$1"/*/scenario/*.sh; do
        case $file in "$1"/sanity/*) continue ;; esac
        [ -e "$file" ] && sed -n "s|^ *scenario \"\([^$].*\)\"\$|${file#"$1"/}: \1|p" "$file"
    done
    for file in "$1"/unit/*.c; do
        [ -e "$file" ] && tr '\n' ' ' <"$file" | grep -o 'TEST([a-z0-9_]*, *"[^"]*"' |
            sed "s|[^\"]*\"\(.*\)\"|${file#"$1"/}: \1|"
    done
}

# Complains about the tests of folder $1.
judge() {
    titles "$1" >titles
    sed 's/^[^ ]*: //' titles | sed -E 's/^(([A-Z][0-9]+ )*[A-Z][0-9]+): .*/\1/; t; s/.*//' >cited
    paste -d '|' cited titles | grep '^|' | sed 's/^|/cites no row: /'
    paste -d '|' cited titles | awk -F '|' '$1 != "" && $2 !~ /: [A-Z0-9 ]+: .+ .+/' |
        sed 's/^.*|/says nothing in words: /'
    tr ' ' '\n' <cited | grep . | sort -u >used
    rows | sort -u >rows
    comm -23 used rows | sed 's/^/is cited and is no row: /'
    open_rows | sort >open
    comm -13 used rows | comm -23 - open | sed 's/^/has no test: /'
    comm -12 used open | sed 's/^/has a test and is (open): /'
}

scenario "H1: each row of the table of features has a test, and each test its rows"
judge "$ROOT/tests" >"$output"
expect_output </dev/null
expect test "$(wc -l <titles)" -gt 800

scenario "H1: a row that is twice in the table of features is noticed"
rows | sort | uniq -d >"$output"
expect_output </dev/null

scenario "H1: a test that cites nothing, nothing that exists, or says nothing is noticed"
mkdir -p tests/golden/one tests/scenario tests/unit
echo '# what it does' >tests/golden/one/cmd
printf '%s\n' 'scenario "B4: word"' 'scenario "X77 B4: it works well"' >tests/scenario/two.sh
printf 'TEST(three,\n     "V2 N1: it is whole") {\n' >tests/unit/three.c
judge tests >"$output"
expect_text "cites no row: golden/one/cmd: what it does"
expect_text "says nothing in words: scenario/two.sh: B4: word"
expect_text "is cited and is no row: X77"
expect_text "has no test: V1"
expect_no_text "has no test: V2"
expect test "$(grep -cx 'has no test: N1' "$output")" = 0
