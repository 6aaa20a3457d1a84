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

scenario "H4: install puts a host's needs below DESTDIR and PREFIX"
expect_exit 0 make_in_root install
expect_output </dev/null
(cd "$there" && find . ! -type d | sort) >"$output"
for file in bin/migc include/migc.h lib/libmigc.a lib/pkgconfig/migc.pc share/man/man1/migc.1 share/man/man1/migc-migrate.1 \
    share/man/man3/migc.3 share/man/man5/migc.5; do
    expect_text "./$file"
done
expect_no_text "libmigc.so"
expect "$there/bin/migc" --version

scenario "H4: a host builds with pkg-config's flags and needs no libmigc at run time"
# shellcheck disable=SC2046  # the flags are a list
expect "$CC" -o host "$lab/host.c" $(flags --cflags --libs)
expect ./host

scenario "H4: a shared library of the host's own takes libmigc in"
sed 's/int main/int host/' "$lab/host.c" >library.c
echo 'int host(void); int main(void) { return host(); }' >main.c
# shellcheck disable=SC2046
expect "$CC" -shared -fPIC -o libhost.so library.c $(flags --cflags --libs)
# shellcheck disable=SC2046
expect "$CC" -o main main.c -L. -lhost $(pkg-config --libs sqlite3)
expect env LD_LIBRARY_PATH=. ./main

scenario "H4: CMake links a host in the three ways that it has"
command -v cmake >/dev/null || skip "there is no cmake"
cp "$lab/host.c" .
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.16)
project(host C)
find_package(PkgConfig REQUIRED)
pkg_check_modules(MIGC REQUIRED IMPORTED_TARGET migc)
foreach(way target flags libraries)
    add_executable(${way} host.c)
endforeach()
target_link_libraries(target PkgConfig::MIGC)
target_include_directories(flags PRIVATE ${MIGC_INCLUDE_DIRS})
target_link_libraries(flags ${MIGC_LDFLAGS})
target_include_directories(libraries PRIVATE ${MIGC_INCLUDE_DIRS})
target_link_directories(libraries PRIVATE ${MIGC_LIBRARY_DIRS})
target_link_libraries(libraries ${MIGC_LIBRARIES})
END
sed "s|^prefix=.*|prefix=$there|" "$there/lib/pkgconfig/migc.pc" >migc.pc
PKG_CONFIG_PATH=$PWD expect cmake -S . -B out
expect cmake --build out
for way in target flags libraries; do
    expect "out/$way"
done

scenario "H4: install-shared adds the shared library under its soname"
expect_exit 0 make_in_root install-shared
abi=$(sed -n 's/^#define MIGC_ABI //p' "$ROOT/runtime/migc.h")
expect test -f "$there/lib/libmigc.so.$abi"
expect test "$(readlink "$there/lib/libmigc.so")" = "libmigc.so.$abi"
expect_exit 0 readelf -d "$there/lib/libmigc.so"
expect_text "Library soname: [libmigc.so.$abi]"

scenario "H4: a host builds and runs with the shared library"
# shellcheck disable=SC2046
expect "$CC" -o host "$lab/host.c" $(flags --cflags --libs)
expect_exit 0 readelf -d host
expect_text "[libmigc.so."
expect env LD_LIBRARY_PATH="$there/lib" ./host

scenario "H4: the shared library shows migc_ names and no others"
expect_exit 0 nm -D --defined-only -P "$there/lib/libmigc.so"
grep -v '^migc_' "$output" >others || :
expect test ! -s others
expect_text "migc_up "
expect_no_text "migci_"

scenario "H4: uninstall leaves no file behind"
expect_exit 0 make_in_root uninstall
(cd "$there" && find . ! -type d) >"$output"
expect_output </dev/null
