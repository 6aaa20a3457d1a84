# The results of tests/bench/run as a table.

function number(value) {
    return value >= 100 ? sprintf("%.0f", value) : sprintf("%.2f", value)
}

BEGIN {
    FS = "\t"
    form = "%-52s %10s %9s  %-7s %s\n"
    printf form, "what", "measured", "at most", "", ""
}

{
    limit = $4 > 0 ? number($4) " " $5 : ""
    verdict = $4 == 0 ? "" : $3 <= $4 ? "met" : "MISSED"
    printf form, $2, number($3) " " $5, limit, verdict, "(" $6 ")"
}
