/* For the test of the test runner: a program that ends before its time. */
#include <stdlib.h>

#include "check.h"

TEST(holds, "this one holds") {
    CHECK(1);
}

TEST(crashes, "this one never ends") {
    abort();
}

#define TESTS(X) X(holds) X(crashes)
CHECK_MAIN(TESTS)
