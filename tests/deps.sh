#!/bin/sh
# Installs what the Makefile's targets need: "deps.sh build" for all, demo and test, and
# "deps.sh build ci" for lint and .ci/run on top.  Debian and Ubuntu only; elsewhere it
# prints what the packages are called there, and fails.
set -eu

# needed for, then the package on Debian and Ubuntu, Fedora, Arch, Alpine, Homebrew;
# "-" where the system has it already, or not at all.
packages() {
    cat <<'END'
build  gcc              gcc                gcc          gcc               -
build  libc6-dev        glibc-devel        -            musl-dev          -
build  make             make               make         make              -
build  libsqlite3-dev   sqlite-devel       sqlite       sqlite-dev        sqlite
build  libxxhash-dev    xxhash-devel       xxhash       xxhash-dev        xxhash
build  libyaml-dev      libyaml-devel      libyaml      yaml-dev          libyaml
build  libmd-dev        libmd-devel        libmd        libmd-dev         libmd
build  zlib1g-dev       zlib-devel         zlib         zlib-dev          zlib
build  sqlite3          sqlite             -            sqlite            -
build  re2c             re2c               re2c         re2c              re2c
build  diffutils        diffutils          diffutils    diffutils         -
build  pkg-config       pkgconf            pkgconf      pkgconf           pkgconf
ci     g++              gcc-c++            -            g++               -
ci     clang            clang              clang        clang             llvm
ci     clang-tidy       clang-tools-extra  -            clang-extra-tools -
ci     clang-format     -                  -            -                 clang-format
ci     tcc              tcc                tcc          tcc               -
ci     cmake            cmake              cmake        cmake             cmake
ci     cppcheck         cppcheck           cppcheck     cppcheck          cppcheck
ci     valgrind         valgrind           valgrind     valgrind          -
ci     mandoc           mandoc             mandoc       mandoc            mandoc
ci     zsh              zsh                zsh          zsh               -
ci     fish             fish               fish         fish              fish
ci     graphviz         graphviz           graphviz     graphviz          graphviz
ci     chromium         chromium           chromium     chromium          -
ci     nodejs           nodejs             nodejs       nodejs            node
dqlite libdqlite-dev     -                  dqlite       -                 -
END
}

# Column $1 of the packages for any of the other arguments.
list() {
    column=$1
    shift
    packages | awk -v column="$column" -v kinds=" $* " \
        'index(kinds, " " $1 " ") && $column != "-" { printf "%s ", $column }'
}

missing_on_debian() {
    for package in $(list 2 "$@"); do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

install_on_debian() {
    missing=$(missing_on_debian "$@")
    [ -n "$missing" ] || return 0
    echo "Installing:" $missing
    as_root apt-get update -q
    as_root apt-get install -q -y --no-install-recommends $missing
}

if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    install_on_debian "$@"
else
    {
        echo "This system is not Debian or Ubuntu. Install these, then run make without deps:"
        echo "  Fedora:   dnf install $(list 3 "$@")"
        echo "  Arch:     pacman -S $(list 4 "$@")"
        echo "  Alpine:   apk add $(list 5 "$@")"
        echo "  Homebrew: brew install $(list 6 "$@")"
    } >&2
    exit 1
fi
