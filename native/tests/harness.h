/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests with real processes. The driver starts every rank by fork and exec of its own program,
 * before it has used the runtime, and gives them a small shared block to find each other. A rank
 * that fails a check or runs too long ends with a message and fails the test.
 */
#ifndef CONVOY_TEST_HARNESS_H
#define CONVOY_TEST_HARNESS_H

#include "convoy/convoy_ext.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define TEST_RANKS_MAX 16
#define TEST_IDS 1024
#define TEST_FLAGS 256
/* The bound of what waits for nobody: no measure, since the machine may be busy. */
#define TEST_SOON_NANOS 5000000000ll

/* Memory that the driver and all ranks share. */
struct test_block {
    _Atomic int id_ready[TEST_IDS];
    ncclUniqueId ids[TEST_IDS];
    _Atomic int flags[TEST_FLAGS];
    _Atomic int64_t times[TEST_FLAGS];
    _Atomic int pids[TEST_RANKS_MAX];
};

struct test_rank {
    int rank;
    int nranks;
    uint64_t seed;
    struct test_block *block;
};

struct test_scenario {
    const char *name;
    int nranks;
    int seconds; /* a rank that takes longer is killed */
    void (*run)(struct test_rank *rank);
    /* What the driver does meanwhile (kill somebody, say); NULL: nothing. */
    void (*drive)(struct test_block *block, const int *pids, uint64_t seed);
    uint32_t may_die; /* bit r: rank r need not end with status 0 */
};

int test_main(int argc, char **argv, const struct test_scenario *scenarios, int count);

void test_fail(const char *file, int line, const char *format, ...)
    __attribute__((noreturn, format(printf, 3, 4)));

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            test_fail(__FILE__, __LINE__, "%s", #condition);                                       \
        }                                                                                          \
    } while (0)

#define NCCL(call)                                                                                 \
    do {                                                                                           \
        ncclResult_t check_result = (call);                                                        \
        if (check_result != ncclSuccess) {                                                         \
            test_fail(__FILE__, __LINE__, "%s: %d (%s)", #call, (int)check_result,                 \
                      ncclGetLastError(NULL));                                                     \
        }                                                                                          \
    } while (0)

#define CUDA(call)                                                                                 \
    do {                                                                                           \
        cudaError_t check_error = (call);                                                          \
        if (check_error != cudaSuccess) {                                                          \
            test_fail(__FILE__, __LINE__, "%s: %s", #call, cudaGetErrorName(check_error));         \
        }                                                                                          \
    } while (0)

/* The unique id number `index`, made by the rank `maker`. */
ncclUniqueId test_id(struct test_rank *rank, int index, int maker);

/* A blocking communicator of the ranks 0..nranks-1 on id `index`. */
ncclComm_t test_comm(struct test_rank *rank, int index);

/* A non-blocking one; returns once it is ready. */
ncclComm_t test_comm_nonblocking(int nranks, ncclUniqueId id, int rank);
ncclConfig_t test_config(int blocking);

/* Waits until the flag has at least this value; fails after ten seconds. */
void test_await_flag(struct test_block *block, int flag, int value);

/* Counts this rank in and waits for all, outside of the runtime. */
void test_barrier(struct test_rank *rank, int flag);

uint64_t test_random(uint64_t *state);
int64_t test_nanos(void);
int test_count_fds(void);
int test_count_threads(void);

#endif
