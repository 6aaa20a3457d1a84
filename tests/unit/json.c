/*
 * json.c - the writer of JSON: what it writes is JSON, whatever it is given.
 */
#include "base/json.h"
#include "check.h"
#include "database.h"

#include <stdlib.h>
#include <string.h>

/* What stands in the document for a text, behind {"t": and before }. */
static void check_text(const char *expected, const char *text) {
    char *document = NULL, *wanted = sqlite3_mprintf("{\"t\":%s}\n", expected);
    size_t size;
    FILE *stream = open_memstream(&document, &size);
    migci_json json;
    migci_json_begin(&json, stream);
    migci_json_text(&json, "t", text);
    migci_json_end(&json);
    fclose(stream);
    CHECK_STR(wanted, document);
    sqlite3_free(wanted);
    free(document);
}

TEST(escapes, "P10: quotes, backslashes and control characters are escaped in JSON") {
    check_text("null", NULL);
    check_text("\"\"", "");
    check_text("\"a \\\"b\\\" \\\\ c/d\"", "a \"b\" \\ c/d");
    check_text("\"\\b\\f\\n\\r\\t\\u0001\\u001b[31m\\u007f\"", "\b\f\n\r\t\x01\x1b[31m\x7f");
    check_text("\"\\u0080\\u009f\xc2\xa0\"", "\xc2\x80\xc2\x9f\xc2\xa0");
}

TEST(bytes, "P10: bytes that are no UTF-8 become U+FFFD, and UTF-8 stays as it is") {
    check_text("\"d\xef\xbf\xbdj\xef\xbf\xbd.db\"", "d\xe9j\xe0.db");
    check_text("\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"",
               "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    check_text("\"cut \xef\xbf\xbd\xef\xbf\xbd\"", "cut \xe2\x82");
    check_text("\"\xef\xbf\xbd\xef\xbf\xbd\"", "\xc0\x80");
    check_text("\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", "\xed\xa0\x80");
}

TEST(nesting, "P10: objects and arrays, numbers and truth, in the order they are written") {
    char *document = NULL;
    size_t size;
    FILE *stream = open_memstream(&document, &size);
    migci_json json;
    migci_json_begin(&json, stream);
    migci_json_number(&json, "n", INT64_MIN);
    migci_json_open(&json, "list", '[');
    migci_json_number(&json, NULL, 1);
    migci_json_open(&json, NULL, '{');
    migci_json_close(&json);
    migci_json_open(&json, NULL, '{');
    migci_json_bool(&json, "yes", true);
    migci_json_bool(&json, "no", false);
    migci_json_close(&json);
    migci_json_null(&json, NULL);
    migci_json_close(&json);
    migci_json_text(&json, "last", "x");
    migci_json_end(&json);
    fclose(stream);
    CHECK_STR("{\"n\":-9223372036854775808,\"list\":[1,{},{\"yes\":true,\"no\":false},null],"
              "\"last\":\"x\"}\n",
              document);
    free(document);
}

TEST(length, "P10: a document longer than the writer's buffer is complete") {
    enum { LENGTH = 10000 };
    char *document = NULL, *text = sqlite3_malloc(LENGTH + 1);
    size_t size;
    FILE *stream = open_memstream(&document, &size);
    migci_json json;
    memset(text, 'x', LENGTH);
    text[LENGTH] = '\0';
    migci_json_begin(&json, stream);
    migci_json_text(&json, "t", text);
    migci_json_end(&json);
    fclose(stream);
    CHECK_INT((int64_t)(LENGTH + strlen("{\"t\":\"\"}\n")), (int64_t)size);
    sqlite3_free(text);
    free(document);
}

#define TESTS(X) X(escapes) X(bytes) X(nesting) X(length)
CHECK_MAIN(TESTS)
