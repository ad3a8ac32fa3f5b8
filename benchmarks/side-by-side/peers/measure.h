/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every measuring program of this folder shares, so that their figures mean the same thing.
 *
 * Sizes and bus bandwidth are nccl-tests': a size is the larger of the two buffers, in bytes; the
 * time is wall clock over iterations, averaged over the ranks; each operation is awaited before the
 * next begins.
 *
 * One line a figure: operation, bytes, iterations, microseconds, GB/s of bus bandwidth, wrong
 * elements.
 */
#ifndef SIDE_BY_SIDE_MEASURE_H
#define SIDE_BY_SIDE_MEASURE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FIRST_ITERATIONS = 4, MAX_ITERATIONS = 1 << 20 };

static inline double seconds_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/*
 * How many iterations the next pass has, after one of `iterations` that took `each` seconds for
 * one; 0 when that pass was long enough to be the figure. The passes before it are the warm-up.
 * Grows in steps: a root that runs ahead makes a short pass look cheaper than a long one is.
 */
static inline int next_pass(int iterations, double each, double budget) {
    if (each * iterations >= budget / 2 || iterations >= MAX_ITERATIONS) {
        return 0;
    }
    double wanted = budget / each, most = 16.0 * iterations;
    return (int)(wanted < most ? wanted : most) + 1;
}

/* Page-aligned: where a buffer happens to begin must not decide a comparison. */
static inline float *new_floats(size_t bytes) {
    size_t page = 4096;
    float *memory = (float *)aligned_alloc(page, (bytes + page - 1) / page * page);
    if (memory == NULL) {
        fprintf(stderr, "no memory for a buffer of %zu bytes\n", bytes);
        exit(1);
    }
    return memory;
}

static inline void print_figure(const char *operation, size_t bytes, int iterations, double seconds,
                                double bus_factor, size_t wrong) {
    printf("%s %zu %d %.4f %.4f %zu\n", operation, bytes, iterations, seconds * 1e6,
           (double)bytes / seconds / 1e9 * bus_factor, wrong);
    fflush(stdout);
}

/*
 * Inputs are whole numbers so small that their sums are exact in float32 in any order, which makes
 * the expected result independent of the algorithm. This is rank r's element i; what becomes of it
 * is worked out from this alone.
 */
static inline float input_of(int rank, size_t i) {
    return (float)((((uint32_t)i * 2654435761u) >> 26) + 3u * (uint32_t)rank);
}

static inline float sum_of(int ranks, size_t i) {
    return (float)ranks * input_of(0, i) + 1.5F * (float)(ranks * (ranks - 1));
}

#endif
