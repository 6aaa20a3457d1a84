/*
 * baton.c - see baton.h.
 */
#include "baton.h"
#include "measure.h"

#include <pthread.h>

struct baton {
    pthread_mutex_t mutex;
    pthread_cond_t passed;
    int turn, count, running;
    int is_done[MOST_RUNNERS];
};

/* With the mutex held. */
static void wait_for_turn(struct runner *runner) {
    while (runner->baton->turn != runner->place)
        pthread_cond_wait(&runner->baton->passed, &runner->baton->mutex);
}

/* With the mutex held. */
static void hand_on(struct baton *baton) {
    if (baton->running == 0)
        return;
    do
        baton->turn = (baton->turn + 1) % baton->count;
    while (baton->is_done[baton->turn]);
    pthread_cond_broadcast(&baton->passed);
}

void pass_baton(struct runner *runner) {
    struct baton *baton = runner->baton;
    runner->us += now_us() - runner->since_us;
    pthread_mutex_lock(&baton->mutex);
    hand_on(baton);
    wait_for_turn(runner);
    pthread_mutex_unlock(&baton->mutex);
    runner->since_us = now_us();
}

static void *run_thread(void *argument) {
    struct runner *runner = argument;
    struct baton *baton = runner->baton;
    pthread_mutex_lock(&baton->mutex);
    wait_for_turn(runner);
    pthread_mutex_unlock(&baton->mutex);
    runner->since_us = now_us();
    runner->run(runner);
    runner->us += now_us() - runner->since_us;
    pthread_mutex_lock(&baton->mutex);
    baton->is_done[runner->place] = 1;
    baton->running--;
    hand_on(baton);
    pthread_mutex_unlock(&baton->mutex);
    return NULL;
}

void race(struct runner *runners, int count, int first) {
    struct baton baton = {.turn = first, .count = count, .running = count};
    pthread_t threads[MOST_RUNNERS];
    if (count > MOST_RUNNERS)
        give_up("a race", "too many runners");
    pthread_mutex_init(&baton.mutex, NULL);
    pthread_cond_init(&baton.passed, NULL);
    for (int i = 0; i < count; i++) {
        runners[i].us = 0;
        runners[i].place = i;
        runners[i].baton = &baton;
        if (pthread_create(&threads[i], NULL, run_thread, &runners[i]) != 0)
            give_up("a race", "no thread could be made");
    }
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    pthread_cond_destroy(&baton.passed);
    pthread_mutex_destroy(&baton.mutex);
}
