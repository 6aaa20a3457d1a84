/*
 * baton.h - runs contestants side by side in short turns, each in a thread of its own, so that
 * a machine which changes its speed changes it for all of them alike.  Only the holder of the
 * baton works; its time is what passes while it holds it.
 */
#ifndef BENCH_BATON_H
#define BENCH_BATON_H

enum { MOST_RUNNERS = 4 };

struct baton;

struct runner {
    void (*run)(struct runner *runner);
    const void *argument;
    double us; /* the time it took, set by race() */
    /* baton.c's */
    struct baton *baton;
    int place;
    double since_us;
};

/* Runs all of them to their end; the one at `first` begins. */
void race(struct runner *runners, int count, int first);

/* Called by a runner at the end of a turn; returns when it is its turn again. */
void pass_baton(struct runner *runner);

#endif
