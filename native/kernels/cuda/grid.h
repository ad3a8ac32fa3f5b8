/* SPDX-License-Identifier: Apache-2.0 */
/* What of kernels.cu is CUDA. A test has a grid.h of its own, which runs the threads in turn. */
#ifndef CONVOY_GRID_H
#define CONVOY_GRID_H

#include <stdint.h>

#define KERNEL(name, arguments) extern "C" __global__ void name(const arguments a)
#define GRID_FUNCTION __device__ __noinline__
#define GRID_FIRST ((uint64_t)blockIdx.x * blockDim.x + threadIdx.x)
#define GRID_THREADS ((uint64_t)gridDim.x * blockDim.x)
#define GRID_ADD(result, amount) grid_add(result, amount)

/* All threads of a warp come here: one adds for all. */
static __device__ __forceinline__ void grid_add(uint64_t *result, uint64_t amount) {
    for (int distance = 16; distance > 0; distance /= 2) {
        amount += __shfl_down_sync(0xffffffffu, (unsigned long long)amount, distance);
    }
    if (threadIdx.x % 32 == 0 && amount != 0) {
        atomicAdd((unsigned long long *)result, (unsigned long long)amount);
    }
}

#endif
