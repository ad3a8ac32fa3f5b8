/* SPDX-License-Identifier: Apache-2.0 */
/* What kernels share that know the type of their elements. */
#ifndef CONVOY_KERNEL_TYPED_H
#define CONVOY_KERNEL_TYPED_H

#include "convoy/nccl_abi.h"
#include "kernel.h"
#include "kernel_check.h"

/* Elements that are widened at a time: what lies between two loops stays in the core's cache. */
#define CHUNK 512

union chunk {
    alignas(CACHE_LINE) int32_t words[CHUNK];
    float floats[CHUNK];
    double doubles[CHUNK];
    uint64_t integers[CHUNK];
};

static inline void *element_at(uint64_t address, uint64_t index, size_t size) {
    return (unsigned char *)(uintptr_t)address + index * size;
}

/* To a word that work of other streams may add to as well. */
static inline void result_add(uint64_t address, uint64_t amount) {
    atomic_fetch_add_explicit((_Atomic uint64_t *)(uintptr_t)address, amount, memory_order_relaxed);
}

static inline bool type_is_known(uint64_t type) {
    return type < ELEMENT_TYPES;
}

static inline bool type_is_float(uint64_t type) {
    return type == ncclFloat16 || type == ncclFloat32 || type == ncclFloat64 ||
           type == ncclBfloat16 || type == ncclFloat8e4m3 || type == ncclFloat8e5m2;
}

#endif
