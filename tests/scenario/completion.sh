# What a shell completes a program's command line with, in a real shell where there is one.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/app.sh"

# complete WORD...: what bash offers for the last word
complete() {
    bash -c '. ./script
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        "$(sed -n "s/^complete .* -F \([^ ]*\) .*/\1/p" script)"
        echo "${COMPREPLY[@]}"' bash "$@"
}

offers() {
    expected=$1
    shift
    expect [ "$(complete "$@")" = "$expected" ]
}

scenario "P11: bash completes commands, their options, and migrations"
use_books
make_app
./app completion bash >script
if command -v bash >/dev/null; then
    expect_exit 0 bash -n script
    offers status app stat
    offers '--db --dry-run' app up --d
    offers '001_create_books 002_add_year 003_index_titles' app show 00
    offers '003_index_titles' app down --yes 003
    offers zsh app completion z
    offers status app --db books.db stat
    offers '' app status --db ''
    offers '' app status --rehearse
    offers --rehearse app up --reh
fi

scenario "P11: behind --migrate a program of its own is completed, and before it left alone"
notes --migrate completion bash >script
expect test -s script
if command -v bash >/dev/null; then
    offers status notes --migrate stat
    offers --migrate notes --m
    offers '' notes add stat
    offers '--json' notes --verbose --migrate history --js
fi

scenario "P11: each shell's script has every command and option of the help"
use_books
make_app
./app help >help
for shell in bash zsh fish; do
    ./app completion $shell >script
    sed -nE 's/^  ([a-z]+) .*/\1/p; s/^  --?([a-z-]+).*/\1/p' help | sort -u >words
    expect test "$(wc -l <words)" -gt 40
    while read -r word; do
        grep -Eq -e "(^|[ '(-])$word([ ':)]|\$)" script || fail "$shell: no $word"
    done <words
    if command -v $shell >/dev/null; then
        expect_exit 0 $shell -n script
    fi
done
expect_exit 2 ./app completion csh
expect_output <<'END'
app: completion is for bash, zsh or fish, not 'csh'; see 'app help'
END

scenario "P11: a program of several sets has one script"
use_books
cat >several.c <<'END'
#include "app.h"
int main(int argc, char **argv) {
    const migc_database databases[] = {{&books, "a.db"}, {&books, "b.db"}};
    return migc_cli_sets(argc, argv, databases, 2, NULL);
}
END
migc -n books -o app.c migrations
make_program several several.c app.c
./several --migrate completion bash >script
expect test "$(grep -c '^complete ' script)" = 1
expect grep -q -e '--set' script
