/* SPDX-License-Identifier: Apache-2.0 */
#include "progress/helper.h"

#include "base/thread.h"
#include "progress/engine.h"
#include "progress/futex.h"

#include <pthread.h>

#define TICK_NANOS 100000u
#define LONG_TICK_NANOS 1000000u
#define ASLEEP_NANOS 1000000000u
/* A program that issues one operation after the other must not pay for a wake with each; but its
 * CPU is not free either. */
#define IDLE_TICK_NANOS 400000u
#define IDLE_TICKS_BEFORE_SLEEP 20u

enum helper_state { HELPER_ASLEEP = 0, HELPER_TICKING = 1, HELPER_RESTING = 2 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic uint32_t state;
static atomic_bool disabled;

static void nap(enum helper_state while_state, uint64_t nanos) {
    struct futex_word word = {.address = &state, .expected = while_state};
    futex_wait(&word, 1, nanos);
}

static void sleep_until_poked(void) {
    atomic_store(&state, HELPER_ASLEEP);
    if (!engine_has_work()) {
        nap(HELPER_ASLEEP, ASLEEP_NANOS);
    }
    atomic_store(&state, HELPER_TICKING);
}

/* Somebody waits and steps everything: only look in now and then. */
static void rest(void) {
    atomic_store(&state, HELPER_RESTING);
    if (engine_waiters() > 0) {
        nap(HELPER_RESTING, LONG_TICK_NANOS);
    }
    atomic_store(&state, HELPER_TICKING);
}

static void *run(void *unused) {
    (void)unused;
    unsigned idle_ticks = 0;
    atomic_store(&state, HELPER_TICKING);
    for (;;) {
        if (atomic_load(&disabled)) {
            nap(HELPER_TICKING, ASLEEP_NANOS);
        } else if (!engine_has_work()) {
            if (++idle_ticks < IDLE_TICKS_BEFORE_SLEEP) {
                nap(HELPER_TICKING, IDLE_TICK_NANOS);
            } else {
                sleep_until_poked();
                idle_ticks = 0;
            }
        } else if (engine_waiters() > 0) {
            idle_ticks = 0;
            rest();
        } else {
            idle_ticks = 0;
            if (engine_step_deserted() != STEP_PROGRESSED) {
                nap(HELPER_TICKING, TICK_NANOS);
            }
        }
    }
    return NULL;
}

static void start_once(void) {
    /* Without the thread, work still progresses whenever somebody waits or queries. */
    thread_start_detached("convoy-helper", run, NULL);
}

static void wake_from(enum helper_state sleeping) {
    uint32_t expected = sleeping;
    if (atomic_compare_exchange_strong(&state, &expected, HELPER_TICKING)) {
        futex_wake_all(&state);
    }
}

void helper_poke(void) {
    if (atomic_load(&disabled)) {
        return;
    }
    pthread_once(&once, start_once);
    if (atomic_load(&state) == HELPER_ASLEEP) {
        wake_from(HELPER_ASLEEP);
    }
}

void helper_take_over(void) {
    if (atomic_load(&state) == HELPER_RESTING && engine_waiters() == 0 && engine_has_work()) {
        wake_from(HELPER_RESTING);
    }
}

void helper_disable(void) {
    atomic_store(&disabled, true);
}
