/*
 * measure.h - what the benchmark programs share: a clock, samples taken in rounds, their
 * medians, and the one form in which results are handed to tests/bench/run.
 *
 * A machine may be half as fast a second later.  So what is compared runs in the same round,
 * and a ratio is the median of the rounds' ratios, never that of two medians.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

enum { MOST_ROUNDS = 101 };

/* One time a round, in microseconds. */
struct samples {
    int count;
    double us[MOST_ROUNDS];
};

/* One of those that are measured against each other. */
struct contestant {
    void (*run)(void *argument);
    void *argument;
    struct samples samples;
};

double now_us(void);

/* Adds a time; those above MOST_ROUNDS are dropped. */
void add_sample(struct samples *samples, double us);
double median(const struct samples *samples);
/* The median, over the rounds, of a's time divided by b's of the same round. */
double median_ratio(const struct samples *a, const struct samples *b);

/* Runs each once without measuring, then `rounds` times, every second round backwards. */
void measure(struct contestant *contestants, int count, int rounds);

/* Prints a result: key, what was measured, the measure, its limit (0: none, a peer), its unit,
 * and how it came about. */
void report(const char *key, const char *what, double figure, double limit, const char *unit,
            const char *note);

/* Prints the reason and ends the program: a benchmark that did not do its work has no result. */
_Noreturn void give_up(const char *what, const char *why);

#endif
