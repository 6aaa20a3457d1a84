# migc report: one page, in which nothing of strangers acts.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/app.sh"

hostile() {
    migration 001_hostile.sql <<'END'
-- Description: <script>alert(1)</script> & "quotes" 'too'
-- Author: <img src=x onerror=alert(2)>
-- up
CREATE TABLE "<script>alert(3)</script>"(id INTEGER PRIMARY KEY, "</td><b onclick='x'>" TEXT DEFAULT '</pre><script>');
CREATE TABLE "a"" -> b [URL=""javascript:alert(4)""]"(id INTEGER PRIMARY KEY,
    up REFERENCES "<script>alert(3)</script>"(id));
CREATE VIEW "v\""><svg onload=alert(5)>" AS SELECT '</style>' AS x;
-- down
DROP VIEW "v\""><svg onload=alert(5)>";
DROP TABLE "a"" -> b [URL=""javascript:alert(4)""]";
DROP TABLE "<script>alert(3)</script>";
END
}

# What the page lets act is what it has itself, by its hash.
expect_policy() {
    for part in style script; do
        tr '\n' '\001' <r.html | sed "s/.*<$part>\(.*\)<\/$part>.*/\1/" | tr '\001' '\n' >part
        hash=$(sha256sum part | cut -d' ' -f1 | sed 's/../\\\\x&/g')
        hash=$(sh -c "printf '$(sha256sum part | awk '{ for (i = 1; i < 65; i += 2) printf "\\%03o", (index("0123456789abcdef", substr($1, i, 1)) - 1) * 16 + index("0123456789abcdef", substr($1, i + 1, 1)) - 1 }')'" | base64)
        expect grep -qF "'sha256-$hash'" r.html
    done
}

scenario "F8: a report of hostile names has no markup and no script but its own"
hostile
expect_exit 0 migc report -Wno-primary-key-null -o r.html migrations
expect test "$(grep -c '<script' r.html)" = 1
expect test "$(grep -ciE '<img|<b onclick|<svg onload|</pre><|javascript:alert\(4\)"' r.html)" = 0
expect grep -q '&lt;script&gt;alert(3)&lt;/script&gt;' r.html
expect grep -q "default-src 'none'" r.html
expect_policy

scenario "F8: a report tells the schema, who made it, and what a database has"
use_books
make_app
expect ./app up --db books.db --quiet
sqlite3 books.db "INSERT INTO books(title) VALUES('one'), ('two'); ALTER TABLE books ADD COLUMN extra"
expect_exit 0 migc report -o r.html --db books.db migrations
cp r.html "$output"
expect_text "3 applied, 0 pending"
expect_text "column books.extra is extra"
expect_text "<td>books</td><td>4</td>"
expect_text '<a href="#m1">002_add_year</a>'
expect_exit 0 migc report migrations
expect_text "<!DOCTYPE html>"

scenario "F8: a report draws the tables where Graphviz is, and says so where it is not"
use_books
PATH=$BUILD:/nowhere expect_exit 0 "$BUILD/migc" report -o r.html migrations
expect grep -q 'Graphviz (dot) is not installed' r.html
if command -v dot >/dev/null; then
    expect_exit 0 migc report -o r.html migrations
    expect grep -q '<svg' r.html
    expect grep -q 'href="#t0"' r.html
fi

# No message, no dialog, nothing wider than a phone, a search that finds, a drawing that leads to
# tables, light and dark: tests/report/browser.js looks.
look_at() {
    if command -v chromium >/dev/null && command -v node >/dev/null; then
        expect_exit 0 timeout 120 node "$ROOT/tests/report/browser.js" "$1"
        expect_output </dev/null
    else
        skip "there is no chromium, or no node"
    fi
}

scenario "F8: in a browser, hostile names are text"
hostile
expect migc report -o r.html migrations
look_at r.html

scenario "F8: in a browser, the page of a set and its database has nothing amiss"
expect_exit 0 notes --migrate up
expect migc report -o r.html --db notes.db "$ROOT/migrations"
look_at r.html
