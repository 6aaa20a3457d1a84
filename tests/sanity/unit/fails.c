/* For the test of the test runner: two tests that fail, one that holds. */
#include "check.h"

static int cleaned;

static void note_cleaning(void *argument) {
    (void)argument;
    cleaned++;
}

TEST(wrong_number, "a number is wrong") {
    check_defer(note_cleaning, NULL);
    CHECK_INT(1, 2);
}

TEST(wrong_text, "a text is wrong") {
    check_defer(note_cleaning, NULL);
    CHECK_STR("one\ntwo", "one\nok three: this is no result");
}

TEST(cleans_up, "what was deferred has run") {
    CHECK_INT(2, cleaned);
}

#define TESTS(X) X(wrong_number) X(wrong_text) X(cleans_up)
CHECK_MAIN(TESTS)
