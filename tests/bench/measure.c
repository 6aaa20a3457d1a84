/*
 * measure.c - see measure.h.
 */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

void add_sample(struct samples *samples, double us) {
    if (samples->count < MOST_ROUNDS)
        samples->us[samples->count++] = us;
}

static int compare_numbers(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

double median(const struct samples *samples) {
    struct samples sorted = *samples;
    if (sorted.count == 0)
        return 0;
    qsort(sorted.us, (size_t)sorted.count, sizeof(*sorted.us), compare_numbers);
    return (sorted.us[sorted.count / 2] + sorted.us[(sorted.count - 1) / 2]) / 2;
}

double median_ratio(const struct samples *a, const struct samples *b) {
    struct samples ratios = {0};
    for (int i = 0; i < a->count && i < b->count; i++)
        add_sample(&ratios, a->us[i] / b->us[i]);
    return median(&ratios);
}

static void run_once(struct contestant *contestant) {
    double begun = now_us();
    contestant->run(contestant->argument);
    add_sample(&contestant->samples, now_us() - begun);
}

void measure(struct contestant *contestants, int count, int rounds) {
    for (int i = 0; i < count; i++)
        contestants[i].run(contestants[i].argument);
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < count; i++)
            run_once(&contestants[round % 2 ? count - 1 - i : i]);
}

void report(const char *key, const char *what, double figure, double limit, const char *unit,
            const char *note) {
    printf("%s\t%s\t%.3f\t%.3f\t%s\t%s\n", key, what, figure, limit, unit, note);
}

void give_up(const char *what, const char *why) {
    fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(1);
}
