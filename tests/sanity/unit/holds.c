/* For the test of the test runner: a program without a failure. */
#include "check.h"

TEST(holds, "every kind of check") {
    CHECK(1);
    CHECK_MSG(1, "never printed: %d", 1);
    CHECK_INT(7, 7);
    CHECK_STR("a", "a");
    CHECK_STR(NULL, NULL);
    CHECK_CONTAINS("b", "abc");
}

#define TESTS(X) X(holds)
CHECK_MAIN(TESTS)
