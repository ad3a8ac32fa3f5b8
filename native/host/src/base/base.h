/* SPDX-License-Identifier: Apache-2.0 */
/* What every file needs: the clock, the CPU's pause, and a few expressions. */
#ifndef CONVOY_BASE_H
#define CONVOY_BASE_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define CACHE_LINE 64
#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CONTAINER_OF(pointer, type, member)                                                        \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/* CLOCK_MONOTONIC in nanoseconds: comparable across the processes of one machine. */
static inline uint64_t clock_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline void cpu_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/* The loads before come before those after: for a look back at whether what was read was valid. */
static inline void order_loads(void) {
#if defined(__x86_64__) || defined(__SANITIZE_THREAD__)
    __asm__ volatile("" ::: "memory");
#else
    atomic_thread_fence(memory_order_acquire);
#endif
}

static inline size_t size_min(size_t a, size_t b) {
    return a < b ? a : b;
}

static inline size_t round_up(size_t value, size_t unit) {
    return (value + unit - 1) / unit * unit;
}

#endif
