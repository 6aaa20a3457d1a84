# Where migc -o and -MF write: files, symbolic links, FIFOs, devices, descriptors.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/app.sh"

# A command's output is never read from a FIFO that it may not have opened: it has a second end.
expect_through_fifo() {
    fifo=$1
    shift
    rm -f "$fifo"
    mkfifo "$fifo"
    cat "$fifo" >got &
    reader=$!
    expect_exit 0 "$@"
    if [ -p "$fifo" ]; then
        wait "$reader"
    else
        kill "$reader"
        fail "the FIFO was replaced"
    fi
}

scenario "L5: a FIFO is written to, and stays"
use_books
migc report migrations >wanted.html
migc build -MF wanted.d -o x.c migrations
expect_through_fifo page migc report -o page migrations
expect cmp got wanted.html
expect_through_fifo deps migc build -MF deps -o x.c migrations
sed 's/^deps:/wanted.d:/' got >got.d
expect cmp got.d wanted.d
expect_through_fifo x.c migc build -o x.c migrations
expect grep -q 'migc_set' got
expect test -z "$(find . -name '.*.*')"

scenario "L5: a device is written to, and stays"
use_books
if mknod null c 1 3 2>/dev/null && : 2>/dev/null >null; then
    expect_exit 0 migc report -o null migrations
    expect_exit 0 migc build -MF null -o x.c migrations
    expect test -c null
    mknod full c 1 7
    expect_exit 3 migc report -o full migrations
    expect_text "cannot write full: No space left on device"
    expect test -c full
else
    skip "no device can be made here"
fi

# As /dev/stdout and /dev/fd are, which a migc that fails here would replace.
scenario "L5: a link to an open descriptor is that descriptor, where it is already"
use_books
if [ -e /proc/self/fd ]; then
    ln -s /proc/self/fd/1 stdout
    ln -s /proc/self/fd fd
    migc report migrations >page
    expect test -s page
    migc report -o stdout migrations | cmp - page || fail "a pipe got something else"
    { echo before && cat page && echo after; } >wanted
    { echo before && migc report -o stdout migrations && echo after; } >all
    expect cmp all wanted
    { echo before >&3 && migc report -o fd/3 migrations && echo after >&3; } 3>>third
    expect cmp third wanted
    expect test -L stdout
else
    skip "there is no /proc/self/fd"
fi

scenario "L5: a symbolic link stays, and what it names is replaced"
use_books
mkdir real
echo old >real/page
ln -s real/page second
ln -s "$PWD/second" first
expect_exit 0 migc report -o first migrations
expect test -L first -a -L second -a ! -L real/page
expect grep -q DOCTYPE real/page
rm real/page
expect_exit 0 migc report -o first migrations
expect test -L first -a -L second -a -f real/page
ln -s round about
ln -s about round
expect_exit 3 migc report -o about migrations
expect_text "Too many levels of symbolic links"
expect test -L about -a -L round
ln -s nowhere/x.h x.h
expect_exit 3 migc build -o x.c migrations
expect_text "cannot write x.h: there is no folder nowhere"
expect test ! -e x.c

scenario "L5: a file that is replaced keeps its mode; a new one has the umask's"
use_books
umask 027
echo old >x.c
chmod 604 x.c
expect_exit 0 migc build -o x.c migrations
expect test "$(stat -c %a x.c x.h | tr '\n' ' ')" = "604 640 "
umask 022

scenario "L5: what makes a new file never follows a link"
use_books
echo mine >mine
ln -s ../mine migrations/R_views.sql
expect_exit 3 migc create --repeatable views migrations
expect_text "File exists"
expect grep -qx mine mine

scenario "L5 P10: whatever prints says so, once, where standard output cannot be written"
use_books
expect make_app
# tries STATUS NAME COMMAND...: closed, and full where there is such a device.
tries() {
    wanted=$1 who=$2
    shift 2
    for to in '>&-' '>/dev/full'; do
        case $to in */*) [ -e /dev/full ] || continue ;; esac
        expect_exit "$wanted" sh -c "exec \"\$@\" $to" sh "$@"
        expect test "$(wc -l <"$output")" = 1
        expect_text "$who: "
    done
}
tries 1 app ./app help
tries 1 app ./app up --help
tries 1 app ./app --version
tries 1 app ./app status --db none.db
tries 1 'migc run DIR' migc run migrations status --db none.db
tries 1 'migc run DIR' migc run migrations --version
tries 1 migc migc run --help
tries 3 migc migc --version
tries 3 migc migc help run
