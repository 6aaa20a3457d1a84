# The results of tests/bench/run as one JSON document.

function quote(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/"/, "\\\"", text)
    sub(/^ +/, "", text)
    return "\"" text "\""
}

BEGIN {
    FS = "\t"
    printf "{\"results\": ["
}

{
    printf "%s\n  {\"key\": %s, \"what\": %s, \"measured\": %.3f", (NR > 1 ? "," : ""), quote($1),
        quote($2), $3
    if ($4 > 0)
        printf ", \"limit\": %.3f, \"met\": %s", $4, ($3 <= $4 ? "true" : "false")
    printf ", \"unit\": %s, \"note\": %s}", quote($5), quote($6)
}

END {
    print "\n]}"
}
