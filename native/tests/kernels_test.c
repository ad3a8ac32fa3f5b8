/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every kernel in every implementation (each set of loops that this CPU has, the stream's tasks,
 * and the CUDA source, whose threads run in turn here) against the reference, to the last bit: all
 * types, odd counts and alignments, random and hard elements; and what must be refused.
 */
#include "kernel_reference.h"
#include "kernel_trial.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* --- refusals --- */

static void refuse(int kernel, const union kernel_arguments *a, const char *what) {
    cudaError_t error =
        convoyKernelLaunch(kernel, a, trial_kernels[kernel]->argument_bytes, trial_stream);
    if (error != cudaErrorInvalidValue || cudaGetLastError() != cudaErrorInvalidValue) {
        trial_fail(what, "stream");
    }
}

static void test_refusals(void) {
    uint64_t memory = (uint64_t)(uintptr_t)trial_areas[0];
    uint64_t sum = (uint64_t)(uintptr_t)trial_result;
    uint64_t stack = (uint64_t)(uintptr_t)&memory;
    union kernel_arguments a = {.fill = {memory, ncclFloat32, 4, 1, 1}};
    REQUIRE(convoyKernelLaunch(-1, &a, 40, trial_stream) == cudaErrorInvalidValue, "stream");
    REQUIRE(convoyKernelLaunch(convoyKernels, &a, 40, trial_stream) == cudaErrorInvalidValue,
            "stream");
    REQUIRE(convoyKernelLaunch(0, &a, 39, trial_stream) == cudaErrorInvalidValue, "stream");
    REQUIRE(convoyKernelLaunch(0, NULL, 40, trial_stream) == cudaErrorInvalidValue, "stream");
    (void)cudaGetLastError();
    refuse(convoyKernelFill, &(union kernel_arguments){.fill = {memory, 12, 4, 1, 1}}, "type");
    refuse(convoyKernelFill, &(union kernel_arguments){.fill = {memory + 2, ncclFloat32, 4, 1, 1}},
           "alignment");
    refuse(convoyKernelFill, &(union kernel_arguments){.fill = {stack, ncclInt8, 4, 1, 1}},
           "foreign memory");
    refuse(convoyKernelFill,
           &(union kernel_arguments){.fill = {memory, ncclFloat32, TRIAL_AREA, 1, 1}}, "overrun");
    refuse(convoyKernelFill,
           &(union kernel_arguments){.fill = {memory, ncclFloat64, UINT64_MAX / 8 + 2, 1, 1}},
           "overflow");
    refuse(convoyKernelVerify,
           &(union kernel_arguments){.verify = {memory, ncclInt8, 4, 1, 0, 0, stack}}, "result");
    refuse(convoyKernelChecksum, &(union kernel_arguments){.checksum = {memory, 4, 0, sum + 4}},
           "result alignment");
    refuse(convoyKernelChecksum,
           &(union kernel_arguments){.checksum = {memory, UINT64_MAX, 0, sum}}, "huge");
    refuse(convoyKernelCast,
           &(union kernel_arguments){.cast = {memory, ncclFloat16, memory, ncclFloat32, 4}},
           "overlap");
    refuse(convoyKernelAxpy, &(union kernel_arguments){.axpy = {memory, memory, ncclInt32, 4, 1}},
           "integers");
    refuse(convoyKernelAxpy,
           &(union kernel_arguments){.axpy = {memory, memory + 4, ncclFloat32, 4, 1}}, "overlap");
    refuse(convoyKernelMomentum,
           &(union kernel_arguments){
               .momentum = {memory, memory, memory + 400, ncclFloat32, 4, 1, 1, 0}},
           "weights that are velocities");
    refuse(convoyKernelXor, &(union kernel_arguments){.xor = {memory + 1, memory, 4}}, "overlap");
    refuse(convoyKernelMultiply,
           &(union kernel_arguments){.multiply = {memory, 4, 0, 1, {memory + 8}}}, "no output");
    refuse(convoyKernelMultiply,
           &(union kernel_arguments){.multiply = {memory, 4, 9, 1, {memory + 8}}}, "outputs");
    refuse(convoyKernelMultiply,
           &(union kernel_arguments){.multiply = {memory, 4, 2, 1, {memory + 8, memory + 10}}},
           "outputs that overlap");
    refuse(convoyKernelMultiply, &(union kernel_arguments){.multiply = {memory, 4, 1, 1, {memory}}},
           "the input as output");
    cudaStream_t gone;
    REQUIRE(cudaStreamCreate(&gone) == cudaSuccess, "stream");
    REQUIRE(cudaStreamDestroy(gone) == cudaSuccess, "stream");
    REQUIRE(convoyKernelLaunch(0, &a, 40, gone) == cudaErrorInvalidResourceHandle, "stream");
    (void)cudaGetLastError();
}

/* --- order --- */

static void pass_gate(void *argument) {
    while (!atomic_load((atomic_bool *)argument)) {
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
}

/* A kernel takes its turn in its stream, and its arguments are read at the call. */
static void test_order(void) {
    atomic_bool open = false;
    trial_fill_areas();
    trial_reset();
    REQUIRE(cudaLaunchHostFunc(trial_stream, pass_gate, &open) == cudaSuccess, "stream");
    union kernel_arguments a = {
        .fill = {(uint64_t)(uintptr_t)trial_areas[0], ncclInt32, TRIAL_AREA / 4, 0, 7}};
    REQUIRE(convoyKernelLaunch(convoyKernelFill, &a, 40, trial_stream) == cudaSuccess, "stream");
    memset(&a, 0, sizeof a);
    REQUIRE(cudaMemsetAsync(trial_areas[0], 1, 4, trial_stream) == cudaSuccess, "stream");
    REQUIRE(memcmp(trial_areas[0], trial_before[0], TRIAL_AREA) == 0, "stream");
    REQUIRE(cudaStreamQuery(trial_stream) == cudaErrorNotReady, "stream");
    atomic_store(&open, true);
    REQUIRE(cudaStreamSynchronize(trial_stream) == cudaSuccess, "stream");
    REQUIRE(number_load(ncclInt32, trial_areas[0], 0) == 0x01010101, "stream");
    REQUIRE(number_load(ncclInt32, trial_areas[0], TRIAL_AREA / 4 - 1) == 7, "stream");
}

/* More than a step of the stream does. */
static void test_large(void) {
    size_t bytes = ((size_t)3 << 20) + 5;
    unsigned char *memory;
    REQUIRE(cudaMalloc((void **)&memory, bytes) == cudaSuccess, "stream");
    uint64_t address = (uint64_t)(uintptr_t)memory;
    union kernel_arguments pattern = {.pattern = {address, ncclUint8, bytes, 99, 0}};
    union kernel_arguments verify = {
        .verify = {address, ncclUint8, bytes, 99, 0, 0, (uint64_t)(uintptr_t)trial_result}};
    union kernel_arguments sum = {
        .checksum = {address, bytes, 0, (uint64_t)(uintptr_t)trial_result}};
    trial_reset();
    REQUIRE(trial_run(TRIAL_STREAM, convoyKernelPattern, &pattern), "stream");
    memory[bytes - 1] ^= 1;
    memory[12345] ^= 1;
    REQUIRE(trial_run(TRIAL_STREAM, convoyKernelVerify, &verify), "stream");
    REQUIRE(*trial_result == 2, "stream");
    *trial_result = 0;
    REQUIRE(trial_run(TRIAL_STREAM, convoyKernelChecksum, &sum), "stream");
    REQUIRE(*trial_result == number_checksum(memory, bytes, 0), "stream");
    REQUIRE(cudaFree(memory) == cudaSuccess, "stream");
}

static void test_random(void) {
    for (int to = 0; to < ncclNumTypes; to++) {
        test_fill((ncclDataType_t)to);
        test_pattern((ncclDataType_t)to);
        test_compare((ncclDataType_t)to);
        for (int from = 0; from < ncclNumTypes; from++) {
            test_cast((ncclDataType_t)to, (ncclDataType_t)from);
        }
        if (number_type_is_float((ncclDataType_t)to)) {
            test_axpy((ncclDataType_t)to);
            test_momentum((ncclDataType_t)to);
        }
        test_checksum();
        test_xor();
        test_multiply();
    }
}

int main(void) {
    const char *text = getenv("TEST_SEED");
    const char *repeat = getenv("TEST_REPEAT");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    int rounds = repeat != NULL ? atoi(repeat) : 3;
    fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
    trial_random = seed;
    trial_set_up();
    test_all_narrow_codes();
    test_all_products();
    test_checksum_sees();
    test_refusals();
    test_order();
    test_large();
    for (int i = 0; i < rounds; i++) {
        test_random();
    }
    return 0;
}
