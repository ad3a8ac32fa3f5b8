/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the machine's memory allows for an in-place float32 all-reduce: one thread a core, each of
 * which owns its part of the elements, adds them over all ranks' buffers and writes the sum back to
 * each. No message, no waiting beyond a barrier, no data that another core has just written: no
 * library that moves the same data can be faster.
 *
 * Arguments: ranks (2 or 4 buffers), seconds a figure, then the sizes in bytes. Every size is
 * measured with regular and with non-temporal stores, as all_reduce_regular and
 * all_reduce_nontemporal.
 */
#include "measure.h"
#include <immintrin.h>
#include <pthread.h>
#include <string.h>

enum { THREADS = 2, MAX_RANKS = 4 };

/* As wide as the machine that this is compiled for. */
#ifdef __AVX512F__
typedef __m512 lanes;
#define load _mm512_load_ps
#define add _mm512_add_ps
#define multiply _mm512_mul_ps
#define all(x) _mm512_set1_ps(x)
#define store _mm512_store_ps
#define stream _mm512_stream_ps
#else
typedef __m256 lanes;
#define load _mm256_load_ps
#define add _mm256_add_ps
#define multiply _mm256_mul_ps
#define all(x) _mm256_set1_ps(x)
#define store _mm256_store_ps
#define stream _mm256_stream_ps
#endif
enum { LANES = sizeof(lanes) / sizeof(float) };

static float *buffers[MAX_RANKS];
static size_t count;
static int ranks, iterations, nontemporal;
static pthread_barrier_t barrier;

/* Inlined once for each case, so that neither the loop over the ranks nor the kind of store is
 * decided inside. */
__attribute__((always_inline)) static inline void reduce(size_t from, size_t to, int n,
                                                         int streaming) {
    lanes share =
        all(1.0F / (float)n); /* keeps the values what they are, however often they are added */
    for (size_t i = from; i < to; i += LANES) {
        lanes sum = load(buffers[0] + i);
        for (int r = 1; r < n; r++) {
            sum = add(sum, load(buffers[r] + i));
        }
        sum = multiply(sum, share);
        for (int r = 0; r < n; r++) {
            if (streaming) {
                stream(buffers[r] + i, sum);
            } else {
                store(buffers[r] + i, sum);
            }
        }
    }
    _mm_sfence();
}

static void reduce_part(size_t from, size_t to) {
    if (ranks == 2 && nontemporal) {
        reduce(from, to, 2, 1);
    } else if (ranks == 2) {
        reduce(from, to, 2, 0);
    } else if (nontemporal) {
        reduce(from, to, 4, 1);
    } else {
        reduce(from, to, 4, 0);
    }
}

static void *worker(void *argument) {
    size_t part = count / THREADS / LANES * LANES, mine = (size_t)(intptr_t)argument;
    size_t from = part * mine, to = mine == THREADS - 1 ? count : from + part;
    for (int k = 0; k < iterations; k++) { /* as each operation of a library awaits its peers */
        pthread_barrier_wait(&barrier);
        reduce_part(from, to);
    }
    pthread_barrier_wait(&barrier);
    return NULL;
}

static double time_of(int passes) {
    pthread_t others[THREADS - 1];
    iterations = passes;
    for (intptr_t t = 0; t < THREADS - 1; t++) {
        pthread_create(&others[t], NULL, worker, (void *)t);
    }
    double start = seconds_now();
    worker((void *)(intptr_t)(THREADS - 1));
    double each = (seconds_now() - start) / passes;
    for (int t = 0; t < THREADS - 1; t++) {
        pthread_join(others[t], NULL);
    }
    return each;
}

static void fill(void) {
    for (int r = 0; r < ranks; r++) {
        for (size_t i = 0; i < count; i++) {
            buffers[r][i] = input_of(r, i);
        }
    }
}

static size_t check(void) {
    size_t wrong = 0;
    fill();
    time_of(1);
    for (int r = 0; r < ranks; r++) {
        for (size_t i = 0; i < count; i++) {
            wrong += buffers[r][i] != sum_of(ranks, i) / (float)ranks;
        }
    }
    return wrong;
}

static void measure(size_t bytes, double budget) {
    size_t wrong = check();
    int passes = 0, next = FIRST_ITERATIONS;
    double each = 0;
    while (next > 0) {
        passes = next;
        each = time_of(passes);
        next = next_pass(passes, each, budget);
    }
    print_figure(nontemporal ? "all_reduce_nontemporal" : "all_reduce_regular", bytes, passes, each,
                 2.0 * (ranks - 1) / ranks, wrong);
}

int main(int argc, char **argv) {
    ranks = argc > 2 ? atoi(argv[1]) : 0;
    if (ranks != 2 && ranks != 4) {
        fprintf(stderr, "usage: %s 2|4 SECONDS SIZE...\n", argv[0]);
        return 2;
    }
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int a = 3; a < argc; a++) {
        size_t bytes = strtoull(argv[a], NULL, 10);
        count = bytes / sizeof(float) / LANES * LANES;
        for (int r = 0; r < ranks; r++) {
            buffers[r] = new_floats(bytes);
        }
        for (nontemporal = 0; nontemporal < 2; nontemporal++) {
            measure(bytes, atof(argv[2]));
        }
        for (int r = 0; r < ranks; r++) {
            free(buffers[r]);
        }
    }
    return 0;
}
