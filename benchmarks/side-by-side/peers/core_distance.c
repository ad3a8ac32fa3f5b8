/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a cache line takes from one core to the other and back, in nanoseconds: the median of
 * some windows. On a virtual machine it changes while nothing in it does, since its host moves the
 * virtual cores about, and with it changes every latency that a library can reach.
 */
#define _GNU_SOURCE
#include "measure.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { WINDOWS = 21, TURNS = 5000 };

static _Alignas(128) atomic_uint turn;

/* The n-th of the cores that this process may use. */
static void pin(int n) {
    cpu_set_t allowed, one;
    sched_getaffinity(0, sizeof(allowed), &allowed);
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &allowed) && n-- == 0) {
            CPU_SET(cpu, &one);
            sched_setaffinity(0, sizeof(one), &one);
            return;
        }
    }
}

/* Waits for its parity and passes the line on; a side that shares its core with the other yields.
 */
static void take_turns(unsigned from, unsigned to) {
    for (unsigned t = from; t < to; t += 2) {
        for (int spins = 0; atomic_load_explicit(&turn, memory_order_acquire) != t; spins++) {
            if (spins > 100000) {
                sched_yield();
            }
        }
        atomic_store_explicit(&turn, t + 1, memory_order_release);
    }
}

static void *other(void *unused) {
    pin(1);
    take_turns(1, 2 * WINDOWS * TURNS);
    return unused;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(void) {
    pthread_t thread;
    double windows[WINDOWS];
    pthread_create(&thread, NULL, other, NULL);
    pin(0);
    for (unsigned w = 0; w < WINDOWS; w++) {
        double start = seconds_now();
        take_turns(2 * w * TURNS, 2 * (w + 1) * TURNS);
        windows[w] = (seconds_now() - start) / TURNS * 1e9;
    }
    pthread_join(thread, NULL);
    qsort(windows, WINDOWS, sizeof(windows[0]), ascending);
    printf("%.1f\n", windows[WINDOWS / 2]);
    return 0;
}
