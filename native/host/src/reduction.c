/* SPDX-License-Identifier: Apache-2.0 */
#include "reduction.h"

#include "copy_bytes.h"
#include "reduction_kernels.h"

#include <string.h>

size_t type_bytes(ncclDataType_t type) {
    switch (type) {
    case ncclInt8:
    case ncclUint8:
    case ncclFloat8e4m3:
    case ncclFloat8e5m2:
        return 1;
    case ncclFloat16:
    case ncclBfloat16:
        return 2;
    case ncclInt32:
    case ncclUint32:
    case ncclFloat32:
        return 4;
    case ncclInt64:
    case ncclUint64:
    case ncclFloat64:
        return 8;
    default:
        return 0;
    }
}

bool type_is_reducible(ncclDataType_t type) {
    return type_bytes(type) > 0 && type != ncclFloat8e4m3 && type != ncclFloat8e5m2;
}

/* To nearest even; the value is far from the type's ends. */
static double without_low_bits(float value, int low_bits) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t half = 1u << (low_bits - 1);
    bits += half - 1 + ((bits >> low_bits) & 1u);
    bits &= ~(2 * half - 1);
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

/* 1/n as the type represents it. */
static double scale_of(ncclDataType_t type, int n) {
    float single = 1.0f / (float)n;
    switch (type) {
    case ncclFloat16:
        return without_low_bits(single, 13);
    case ncclBfloat16:
        return without_low_bits(single, 16);
    case ncclFloat32:
        return (double)single;
    default:
        return 1.0 / n;
    }
}

/* See reduction_divide.h. n is 2 or more; a byte divided by 256 or more is 0. */
static struct kernel_constants divisor_of(size_t bytes, int n) {
    if (bytes == 1 && n > 255) {
        return (struct kernel_constants){.multiplier = 0, .shift = 7};
    }
    unsigned log = 32 - (unsigned)__builtin_clz((unsigned)n - 1);
    unsigned __int128 numerator = (unsigned __int128)((1ull << log) - (unsigned)n) << 8 * bytes;
    return (struct kernel_constants){.multiplier = (uint64_t)(numerator / (unsigned)n) + 1,
                                     .shift = log - 1};
}

static struct kernel_constants constants_of(ncclRedOp_t redop, ncclDataType_t type, int n) {
    if (redop != ncclAvg) {
        return (struct kernel_constants){0};
    }
    switch (type) {
    case ncclFloat16:
    case ncclBfloat16:
    case ncclFloat32:
    case ncclFloat64:
        return (struct kernel_constants){.scale = scale_of(type, n)};
    default:
        return divisor_of(type_bytes(type), n);
    }
}

static void copy_one(void *out, const unsigned char *source, size_t bytes, enum store store) {
    if (out == source) {
        return;
    }
    if (store == STORE_STREAMING) {
        copy_stream(out, source, bytes);
    } else {
        memmove(out, source, bytes);
    }
}

void reduction_run_with(const struct kernel_set *set, ncclRedOp_t redop, ncclDataType_t type,
                        void *out, const unsigned char *const *sources, int nsources, size_t count,
                        enum store store) {
    size_t size = type_bytes(type);
    if (count == 0) {
        return;
    }
    if (nsources == 1) {
        copy_one(out, sources[0], count * size, store);
        return;
    }
    struct kernel_constants constants = constants_of(redop, type, nsources);
    /* Elements across the boundaries of aligned vectors would be stored in two parts. */
    bool streaming = store == STORE_STREAMING && (uintptr_t)out % size == 0;
    kernels_for(set, count * size)
        ->reduce[type][redop](out, sources, nsources, count * size, &constants, streaming);
}

void reduction_run(ncclRedOp_t redop, ncclDataType_t type, void *out,
                   const unsigned char *const *sources, int nsources, size_t count,
                   enum store store) {
    reduction_run_with(kernels_chosen(), redop, type, out, sources, nsources, count, store);
}
