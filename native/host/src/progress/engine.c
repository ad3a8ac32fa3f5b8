/* SPDX-License-Identifier: Apache-2.0 */
#include "progress/engine.h"

#include "base/settings.h"
#include "memory/arena.h"
#include "peers/peers.h"
#include "progress/bell.h"
#include "progress/futex.h"
#include "progress/helper.h"

#include <sched.h>

#define SPIN_NANOS 2000u
#define YIELD_NANOS 200000u
#define SLEEP_NANOS 2000000u

/*
 * Linux gives whom it wakes an idle CPU, but leaves threads that yield to each other on the one
 * that they share, for seconds, with another one idle. So a thread that has had to yield in so many
 * waits in a row sleeps once; and where that does not help it spins no more for a while, since it
 * would only keep the other from running.
 */
#define YIELDED_BEFORE_SLEEP 32u
#define YIELDED_BEFORE_SPIN 2048u

enum wait_phase { PHASE_SPIN, PHASE_YIELD, PHASE_SLEEP };

struct backoff {
    enum wait_phase phase;
    uint64_t since; /* of the phase; 0 until it looked at the clock */
};

static atomic_uint waiters;
static _Thread_local bool yielding;    /* in this wait */
static _Thread_local unsigned yielded; /* waits in a row that spinning did not end */

unsigned engine_waiters(void) {
    return atomic_load(&waiters);
}

bool engine_has_work(void) {
    for (unsigned i = 0; i < stream_table_size(); i++) {
        if (!stream_is_drained(stream_table_at(i))) {
            return true;
        }
    }
    return false;
}

static enum step_result step_each(enum step_result (*step)(struct CUstream_st *)) {
    if (arena_get() == NULL) {
        return STEP_PENDING; /* a forked child has the tasks, but not the memory that they use */
    }
    enum step_result best = STEP_PENDING;
    for (unsigned i = 0; i < stream_table_size(); i++) {
        enum step_result result = step(stream_table_at(i));
        if (result > best) {
            best = result;
        }
    }
    return best;
}

enum step_result engine_step_all(void) {
    return step_each(stream_step);
}

enum step_result engine_step_deserted(void) {
    return step_each(stream_step_deserted);
}

uint64_t engine_deadline(uint64_t nanos) {
    uint64_t now = clock_nanos();
    return nanos < ENGINE_FOREVER - now ? now + nanos : ENGINE_FOREVER;
}

/* More ranks than CPUs: a spinning rank keeps the one that it waits for from running. */
static bool is_crowded(void) {
    return peers_count() + engine_waiters() > (unsigned)settings_get()->cpus ||
           yielded > YIELDED_BEFORE_SLEEP;
}

bool engine_may_spin(void) {
    return !yielding && yielded <= YIELDED_BEFORE_SLEEP;
}

static void next_phase(struct backoff *backoff, uint64_t now) {
    backoff->phase++;
    backoff->since = now;
    yielding = true;
}

static void end_of_spin(struct backoff *backoff, uint64_t now) {
    next_phase(backoff, now);
    if (yielded == YIELDED_BEFORE_SLEEP) {
        next_phase(backoff, now);
    }
}

/* A wait that was over at once tells nothing. */
static void note_end(const struct backoff *backoff) {
    if (yielding) {
        yielded = yielded < YIELDED_BEFORE_SPIN ? yielded + 1 : 0;
    } else if (backoff->since > 0) {
        yielded = 0;
    }
    yielding = false;
}

static void spin(struct backoff *backoff) {
    cpu_pause();
    uint64_t now = clock_nanos();
    if (backoff->since == 0) {
        backoff->since = now;
    }
    if (is_crowded() || now - backoff->since >= SPIN_NANOS) {
        end_of_spin(backoff, now);
    }
}

static void yield(struct backoff *backoff, bool may_sleep) {
    sched_yield();
    uint64_t now = clock_nanos();
    if (may_sleep && now - backoff->since >= YIELD_NANOS) {
        next_phase(backoff, now);
    }
}

/* True where the last look before the sleep found something, so that there was no sleep. */
static bool sleep_once(bool (*done)(void *), void *argument, uint64_t deadline) {
    struct futex_word words[FUTEX_WORDS_MAX];
    const struct arena_header *own = arena_get()->header;
    bell_sleeper_enter();
    words[0].address = &own->bell;
    words[0].expected = atomic_load(&own->bell);
    unsigned count = 1 + peers_bells(words + 1, FUTEX_WORDS_MAX - 1);
    bool found = engine_step_all() != STEP_PENDING || done(argument);
    if (!found) {
        uint64_t now = clock_nanos();
        uint64_t nanos = now < deadline ? deadline - now : 0;
        if (nanos > 0) {
            futex_wait(words, count, nanos < SLEEP_NANOS ? nanos : SLEEP_NANOS);
        }
    }
    bell_sleeper_leave();
    return found;
}

static void back_off(struct backoff *backoff, bool may_sleep, bool (*done)(void *), void *argument,
                     uint64_t deadline) {
    switch (backoff->phase) {
    case PHASE_SPIN:
        spin(backoff);
        break;
    case PHASE_YIELD:
        yield(backoff, may_sleep);
        break;
    case PHASE_SLEEP:
        if (!may_sleep) {
            sched_yield();
        } else if (sleep_once(done, argument, deadline)) {
            *backoff = (struct backoff){.phase = PHASE_SPIN};
        }
        break;
    }
}

static bool wait_loop(bool (*done)(void *), void *argument, uint64_t deadline,
                      struct backoff *backoff) {
    for (;;) {
        enum step_result result = engine_step_all();
        if (done(argument)) {
            return true;
        }
        if (deadline != ENGINE_FOREVER && clock_nanos() >= deadline) {
            return false;
        }
        if (result == STEP_PROGRESSED) {
            *backoff = (struct backoff){.phase = PHASE_SPIN};
            yielding = false;
        } else {
            back_off(backoff, result == STEP_PENDING, done, argument, deadline);
        }
    }
}

bool engine_wait(bool (*done)(void *), void *argument, uint64_t deadline) {
    if (done(argument)) {
        return true;
    }
    if (arena_get() == NULL) {
        return false; /* a forked child: nobody is left who could make progress */
    }
    atomic_fetch_add(&waiters, 1);
    struct backoff backoff = {.phase = PHASE_SPIN};
    bool result = wait_loop(done, argument, deadline, &backoff);
    note_end(&backoff);
    atomic_fetch_sub(&waiters, 1);
    helper_take_over();
    return result;
}
