# Judges what one part of the tests printed: called by tests/run with its name, its exit
# status, and where to write "passed failed skipped".  Everything that is not plainly a
# success is a failure.

/^ok /         { passed++ }
/^not ok /     { failed++ }
/^skip .*: ./  { skipped++ }
/^skip/ && !/^skip .*: ./ { failed++ }
{ line[NR] = $0 }

function complain(text) {
    failed++
    complaint = complaint "not ok " name ": " text "\n"
}

function describe_status() {
    if (status == "none")
        return "did not come to its end"
    if (status == 124)
        return "took too long"
    if (status > 128)
        return "ended by signal " (status - 128)
    if (status == 126 || status == 127)
        return "could not be run (status " status "); is it built?"
    return "ended with status " status
}

# 1 is the status of a part that says itself what failed.
function judge_status() {
    if (status == "0" || (status == "1" && failed > 0))
        return
    for (i = NR; i > 0 && line[i] !~ /^(ok|not ok) /; i--)
        continue
    complain(describe_status() (i > 0 ? ", after: " line[i] : ""))
}

END {
    judge_status()
    silent = passed + failed + skipped == 0
    if (silent && !picking)
        complain("printed no result")
    if (!silent || !picking) {
        printf "%-24s %d passed, %d failed", name ":", passed, failed
        print (skipped ? ", " skipped " skipped" : "")
    }
    for (i = 1; i <= NR; i++)
        if (verbose || line[i] ~ /^skip/ || (failed && line[i] !~ /^ok /))
            print "  " line[i]
    if (complaint)
        printf "  %s", complaint
    print passed + 0, failed + 0, skipped + 0 >counts
}
