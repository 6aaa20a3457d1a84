#!/bin/sh
# Runs clang-tidy and cppcheck over the sources and mandoc over the man pages.  Any warning
# fails.  Generated files are not looked at: the compilers' warnings are for them.  Nor is what
# is compiled with such a file alone (tests/bench/embedded.c).
set -u
cd "$(dirname "$0")/.."

sources() {
    find compiler runtime tests/host tests/unit tests/bench -name '*.c' ! -name lex.c \
        ! -name c_lex.c ! -name embedded.c 2>/dev/null |
        sort
}

pages() {
    find compiler runtime -name '*.[1357]'
}

includes="-Iruntime -Icompiler -Itests -Igenerated"
jobs=2
failed=0

# clang-tidy's count of the warnings it did not show goes to stderr with nothing else.
echo "clang-tidy: $(sources | wc -l) files"
# shellcheck disable=SC2086  # the flags are a list
sources | xargs -P "$jobs" -n 1 sh -c '
    clang-tidy --quiet "$1" -- -std=c11 -D_POSIX_C_SOURCE=200809L -DMIGC_SOURCES="\"\"" '"$includes"' 2>/dev/null
' lint || failed=1

echo "cppcheck"
# It does not read the system's headers, so it is told of the one number that must be known.
# shellcheck disable=SC2046,SC2086
cppcheck -q -j "$jobs" --std=c11 --enable=warning,performance,portability --inline-suppr \
    --suppress=missingIncludeSystem --error-exitcode=1 -D_POSIX_C_SOURCE=200809L \
    -DSQLITE_VERSION_NUMBER=3038000 $includes $(sources) || failed=1

# Our own pages refer to each other before they are installed.
echo "mandoc: $(pages | wc -l) pages"
for page in $(pages); do
    mandoc -T lint -W style "$page" | grep -v 'referenced manual not found' && failed=1
done
exit "$failed"
