/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of all kernels share: the implementations, each of which runs any kernel, and
 * buffers whose surroundings must stay as they were.
 */
#ifndef CONVOY_TEST_KERNEL_TRIAL_H
#define CONVOY_TEST_KERNEL_TRIAL_H

#include "convoy/convoy_kernels.h"
#include "convoy/cuda_abi.h"
#include "convoy/nccl_abi.h"
#include "kernel.h"

#include <stdio.h>

/* Ends the test. */
void trial_fail(const char *what, const char *implementation) __attribute__((noreturn));

#define REQUIRE(condition, implementation)                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s, ", __FILE__, __LINE__, #condition);                        \
            trial_fail("refuted", implementation);                                                 \
        }                                                                                          \
    } while (0)

extern uint64_t trial_random; /* the state: the seed at first */
uint64_t trial_below(uint64_t bound);

/* --- implementations: each set of loops, a stream's tasks, the CUDA source --- */

#define TRIALS 5
#define TRIAL_LOOPS 3 /* the first ones */
#define TRIAL_STREAM 3
extern const char *const trial_names[TRIALS];
extern const struct kernel *const trial_kernels[convoyKernels];
extern cudaStream_t trial_stream;

/* False where this CPU does not have it. */
bool trial_run(int implementation, int kernel, const union kernel_arguments *arguments);

/* --- buffers: each area holds one, somewhere, between bytes that must stay --- */

#define TRIAL_AREA ((size_t)1 << 16)
#define TRIAL_AREAS 12

struct trial_buffer {
    int area;
    size_t offset;
    size_t bytes;
    uint64_t address;
};

extern unsigned char *trial_areas[TRIAL_AREAS];  /* as they are */
extern unsigned char *trial_before[TRIAL_AREAS]; /* as they were before a kernel ran */
extern uint64_t *trial_result;

void trial_set_up(void);

struct trial_buffer trial_buffer(int area, size_t bytes, size_t alignment);
size_t trial_count(void); /* of elements: few, or some thousand */
void *trial_at(struct trial_buffer buffer);
void *trial_was(struct trial_buffer buffer);

/* Random bytes everywhere, and elements in a buffer, as they are before. */
void trial_fill_areas(void);
void trial_fill_elements(struct trial_buffer buffer, ncclDataType_t type, size_t count);

/* As before, and the result 0. */
void trial_reset(void);

/* Nothing but `but` (of `count` buffers) may have changed. */
void trial_require_rest(const struct trial_buffer *but, int count, const char *name);

/* --- the tests, by subject --- */

void test_fill(ncclDataType_t type);
void test_pattern(ncclDataType_t type);
void test_compare(ncclDataType_t type);

void test_all_narrow_codes(void);
void test_cast(ncclDataType_t to, ncclDataType_t from);
void test_axpy(ncclDataType_t type);
void test_momentum(ncclDataType_t type);

void test_checksum_sees(void);
void test_checksum(void);
void test_all_products(void);
void test_xor(void);
void test_multiply(void);

#endif
