# What migc emits, and what a host includes, compile everywhere without a warning.
. "$(dirname "$0")/../../lib.sh"

strict="-Wall -Wextra -Wpedantic -Werror -I$ROOT/runtime -I$ROOT/generated -c -o emitted.o"

while read -r compiler flags; do
    scenario "L6: the emitted file compiles with $compiler $flags"
    # shellcheck disable=SC2086  # the flags are a list
    expect_exit 0 $compiler $flags $strict "$ROOT/generated/notes.c"
    expect_output </dev/null
done <<'END'
gcc -std=c99
gcc -std=c11 -O2
gcc -std=c2x
clang -std=c99
clang -std=c11 -O2
tcc -std=c99
g++ -std=c++11 -x c++
clang++ -std=c++11 -x c++
END

scenario "L6: a C++ host includes what migc emits"
cat >host.cpp <<'END'
#include "migc.h"
#include "notes.h"
int main() { return notes.abi == MIGC_ABI && migc_code_name(MIGC_OK) != nullptr ? 0 : 1; }
END
for compiler in g++ clang++; do
    expect $compiler -std=c++11 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow \
        -Wcast-qual -Wundef -Wold-style-cast -Wzero-as-null-pointer-constant -Werror \
        -I"$ROOT/runtime" -I"$ROOT/generated" -fsyntax-only host.cpp
done
