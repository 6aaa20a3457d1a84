# `make install` gives a packager what a host needs, and `make uninstall` takes all of it back.
. "$(dirname "$0")/../../lib.sh"

make_in_root() {
    make -s -C "$ROOT" BUILD="$BUILD" PREFIX=/opt/migc DESTDIR="$lab/dest" "$@"
}

# pkg-config, as if the tree were where it is meant to be.
flags() {
    PKG_CONFIG_PATH="$there/lib/pkgconfig" pkg-config --define-variable=prefix="$there" "$@" migc
}

there=$lab/dest/opt/migc
cat >"$lab/host.c" <<'END'
#include <stdio.h>
#include <migc.h>

static const migc_set empty = {.abi = MIGC_ABI, .name = "empty"};

int main(void) {
    sqlite3 *db = NULL;
    migc_error error;
    if (migc_open(":memory:", &empty, NULL, &db, &error) != MIGC_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    return sqlite3_close(db) != SQLITE_OK;
}
END

scenario "install puts a host's needs below DESTDIR and PREFIX"
expect_exit 0 make_in_root install
expect_output </dev/null
(cd "$there" && find . ! -type d | sort) >"$output"
abi=$(sed -n 's/^#define MIGC_ABI //p' "$ROOT/runtime/migc.h")
for file in bin/migc include/migc.h lib/libmigc.a lib/libmigc.so "lib/libmigc.so.$abi" \
    lib/pkgconfig/migc.pc share/man/man1/migc.1 share/man/man1/migc-migrate.1 \
    share/man/man3/migc.3 share/man/man5/migc.5; do
    expect_text "./$file"
done
expect "$there/bin/migc" --version

scenario "a host builds with pkg-config's flags and runs with the shared library"
# shellcheck disable=SC2046  # the flags are a list
expect "$CC" -o host "$lab/host.c" $(flags --cflags --libs) $(pkg-config --libs sqlite3)
expect env LD_LIBRARY_PATH="$there/lib" ./host

scenario "a host builds with the static library and needs no other at run time"
# shellcheck disable=SC2046
expect "$CC" -o host "$lab/host.c" $(flags --cflags) "$there/lib/libmigc.a" \
    $(pkg-config --libs sqlite3)
expect ./host

scenario "the shared library shows migc_ names and no others"
expect_exit 0 nm -D --defined-only -P "$there/lib/libmigc.so"
grep -v '^migc_' "$output" >others || :
expect test ! -s others
expect_text "migc_up "
expect_no_text "migci_"

scenario "uninstall leaves no file behind"
expect_exit 0 make_in_root uninstall
(cd "$there" && find . ! -type d) >"$output"
expect_output </dev/null
