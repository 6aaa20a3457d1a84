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
    const migc_options options = {.verbs = migc_verbs_all};
    return migc_cli_sets(argc, argv, databases, 2, &options);
}
END
migc -n books -o app.c migrations
make_program several several.c app.c
./several --migrate completion bash >script
expect test "$(grep -c '^complete ' script)" = 1
expect grep -q -e '--set' script

# fish_offers LINE: what fish completes the line with, without descriptions
fish_offers() {
    HOME=$PWD fish -c 'source ./script; complete -C $argv[1]' "$1" 2>/dev/null | cut -f1
}

# zsh_offers WORD...: what the script hands to zsh for the last word
zsh_offers() {
    zsh -f -c 'words=("$@") CURRENT=$# PREFIX=${@[-1]}
        compdef() { function=$1 }
        _files() { print FILES }
        compadd() { print -l -- "${@:#--}" }
        _describe() { [[ $1 == -o ]] && shift; for row in "${(@P)2}"; do print -r -- "${row%%:*}"; done }
        . ./script
        [[ -z $function ]] || $function' zsh "$@"
}

scenario "P11: zsh completes verbs, options and warnings of migc, and what a program takes"
if command -v zsh >/dev/null; then
    migc completion zsh >script
    expect_exit 0 zsh -n script
    zsh_offers migc '' >"$output"
    expect_text renumber
    expect_text FILES
    zsh_offers migc diff -- >"$output"
    expect_text --rename
    expect_no_text --main
    zsh_offers migc check -Wd >"$output"
    expect_text -Wno-destructive
    expect test "$(zsh_offers migc check '')" = FILES
    notes --migrate completion zsh >script
    expect_exit 0 zsh -n script
    zsh_offers notes --migrate up '' >"$output"
    expect_text --rehearse
    zsh_offers notes --migrate down '' >"$output"
    expect_text 009_due_dates
else
    skip "there is no zsh"
fi

scenario "P11: so does fish"
if command -v fish >/dev/null; then
    migc completion fish >script
    expect_exit 0 fish -n script
    expect test "$(fish_offers 'migc renu')" = renumber
    fish_offers 'migc diff --' >"$output"
    expect_text --rename
    expect_no_text --main
    fish_offers 'migc check -Wno-' >"$output"
    expect_text -Wno-destructive
    notes --migrate completion fish >script
    expect_exit 0 fish -n script
    fish_offers 'notes --migrate down ' >"$output"
    expect_text 009_due_dates
    expect test "$(fish_offers 'notes --migrate up --reh')" = --rehearse
else
    skip "there is no fish"
fi
