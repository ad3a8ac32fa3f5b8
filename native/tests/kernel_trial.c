/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_trial.h"

#include "convoy/convoy_launch.h"
#include "kernel_reference.h"

/* The CUDA source; its own grid.h is left out. */
#include "emulated_grid/grid.h"

#include "../kernels/cuda/kernels.cu"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef AT

#define COUNT_MOST 3000
#define PARTS 3

uint64_t grid_thread;
uint64_t grid_threads;

uint64_t trial_random;
unsigned char *trial_areas[TRIAL_AREAS];
unsigned char *trial_before[TRIAL_AREAS];
uint64_t *trial_result;
cudaStream_t trial_stream;

uint64_t trial_below(uint64_t bound) {
    return number_next(&trial_random) % bound;
}

void trial_fail(const char *what, const char *implementation) {
    fprintf(stderr, "%s by %s\n", what, implementation);
    abort();
}

/* --- implementations --- */

const struct kernel *const trial_kernels[convoyKernels] = {
    &kernel_fill,      &kernel_pattern,  &kernel_verify,   &kernel_compare,
    &kernel_nonfinite, &kernel_checksum, &kernel_cast,     &kernel_axpy,
    &kernel_momentum,  &kernel_xor,      &kernel_multiply,
};

const char *const trial_names[TRIALS] = {"baseline", "avx2", "avx512", "stream", "grid"};

static void run_grid_thread(int kernel, const union kernel_arguments *a) {
    switch (kernel) {
    case convoyKernelFill:
        convoyFill(a->fill);
        break;
    case convoyKernelPattern:
        convoyPattern(a->pattern);
        break;
    case convoyKernelVerify:
        convoyVerify(a->verify);
        break;
    case convoyKernelCompare:
        convoyCompare(a->compare);
        break;
    case convoyKernelNonFinite:
        convoyNonFinite(a->nonfinite);
        break;
    case convoyKernelChecksum:
        convoyChecksum(a->checksum);
        break;
    case convoyKernelCast:
        convoyCast(a->cast);
        break;
    case convoyKernelAxpy:
        convoyAxpy(a->axpy);
        break;
    case convoyKernelMomentum:
        convoyMomentum(a->momentum);
        break;
    case convoyKernelXor:
        convoyXor(a->xor);
        break;
    default:
        convoyMultiply(a->multiply);
    }
}

static void run_grid(int kernel, const union kernel_arguments *a) {
    grid_threads = 1 + trial_below(300);
    for (grid_thread = 0; grid_thread < grid_threads; grid_thread++) {
        run_grid_thread(kernel, a);
    }
}

/* In parts, as a stream does, but at places that chance chooses. */
static void run_loops(const struct kernel_loops *loops, int kernel,
                      const union kernel_arguments *a) {
    uint64_t units;
    size_t unit_bytes;
    REQUIRE(trial_kernels[kernel]->check(a, &units, &unit_bytes), loops->name);
    for (uint64_t begin = 0; begin < units;) {
        size_t count = 1 + trial_below(trial_below(PARTS) == 0 ? 20 : units);
        count = count < units - begin ? count : units - begin;
        trial_kernels[kernel]->run(loops, a, begin, count);
        begin += count;
    }
}

bool trial_run(int implementation, int kernel, const union kernel_arguments *a) {
    const char *name = trial_names[implementation];
    if (implementation < TRIAL_LOOPS) {
        const struct kernel_loops *loops = loops_named(name);
        if (loops != NULL) {
            run_loops(loops, kernel, a);
        }
        return loops != NULL;
    }
    if (implementation == TRIAL_STREAM) {
        size_t bytes = trial_kernels[kernel]->argument_bytes;
        REQUIRE(convoyKernelLaunch(kernel, a, bytes, trial_stream) == cudaSuccess, name);
        REQUIRE(cudaStreamSynchronize(trial_stream) == cudaSuccess, name);
    } else {
        run_grid(kernel, a);
    }
    return true;
}

/* --- buffers --- */

struct trial_buffer trial_buffer(int area, size_t bytes, size_t alignment) {
    size_t offset = trial_below(40) * alignment;
    return (struct trial_buffer){area, offset, bytes,
                                 (uint64_t)(uintptr_t)(trial_areas[area] + offset)};
}

void *trial_at(struct trial_buffer b) {
    return trial_areas[b.area] + b.offset;
}

void *trial_was(struct trial_buffer b) {
    return trial_before[b.area] + b.offset;
}

void trial_fill_areas(void) {
    for (int i = 0; i < TRIAL_AREAS; i++) {
        for (size_t j = 0; j < TRIAL_AREA; j += 8) {
            uint64_t word = number_next(&trial_random);
            memcpy(trial_before[i] + j, &word, 8);
        }
    }
}

void trial_fill_elements(struct trial_buffer b, ncclDataType_t type, size_t count) {
    for (size_t i = 0; i < count; i++) {
        number_store(type, trial_was(b), i, number_element(type, &trial_random));
    }
}

void trial_reset(void) {
    for (int i = 0; i < TRIAL_AREAS; i++) {
        memcpy(trial_areas[i], trial_before[i], TRIAL_AREA);
    }
    *trial_result = 0;
}

void trial_require_rest(const struct trial_buffer *but, int count, const char *name) {
    for (int i = 0; i < TRIAL_AREAS; i++) {
        size_t from = TRIAL_AREA;
        size_t to = TRIAL_AREA;
        for (int j = 0; j < count; j++) {
            if (but[j].area == i) {
                from = but[j].offset;
                to = from + but[j].bytes;
            }
        }
        REQUIRE(memcmp(trial_areas[i], trial_before[i], from) == 0, name);
        REQUIRE(memcmp(trial_areas[i] + to, trial_before[i] + to, TRIAL_AREA - to) == 0, name);
    }
}

size_t trial_count(void) {
    return trial_below(4) == 0 ? trial_below(COUNT_MOST) : trial_below(70);
}

void trial_set_up(void) {
    for (int i = 0; i < TRIAL_AREAS; i++) {
        REQUIRE(cudaMalloc((void **)&trial_areas[i], TRIAL_AREA) == cudaSuccess, "set up");
        trial_before[i] = malloc(TRIAL_AREA);
        REQUIRE(trial_before[i] != NULL, "set up");
    }
    REQUIRE(cudaMalloc((void **)&trial_result, sizeof *trial_result) == cudaSuccess, "set up");
    REQUIRE(cudaStreamCreateWithFlags(&trial_stream, cudaStreamNonBlocking) == cudaSuccess,
            "set up");
}
