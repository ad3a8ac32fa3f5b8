/* SPDX-License-Identifier: Apache-2.0 */
#include "reduction/reduction.h"

#include "reduction/copy_bytes.h"
#include "reduction/reduction_kernels.h"

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
    case ncclInt8:
    case ncclUint8:
    case ncclInt32:
    case ncclUint32:
    case ncclInt64:
    case ncclUint64:
        return divisor_of(type_bytes(type), n);
    default:
        return (struct kernel_constants){.scale = reduction_reciprocal(type, n)};
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

static void run(const struct kernel_set *set, unsigned redop, ncclDataType_t type, void *out,
                const unsigned char *const *sources, int nsources, size_t count,
                const struct kernel_constants *constants, enum store store) {
    size_t size = type_bytes(type);
    /* Elements across the boundaries of aligned vectors would be stored in two parts. */
    bool streaming = store == STORE_STREAMING && (uintptr_t)out % size == 0;
    kernels_for(set, count * size)
        ->reduce[type][redop](out, sources, nsources, count * size, constants, streaming);
}

void reduction_run_with(const struct kernel_set *set, ncclRedOp_t redop, ncclDataType_t type,
                        void *out, const unsigned char *const *sources, int nsources, size_t count,
                        enum store store) {
    if (count == 0) {
        return;
    }
    if (nsources == 1) {
        copy_one(out, sources[0], count * type_bytes(type), store);
        return;
    }
    struct kernel_constants constants = constants_of(redop, type, nsources);
    run(set, redop, type, out, sources, nsources, count, &constants, store);
}

void reduction_run(ncclRedOp_t redop, ncclDataType_t type, void *out,
                   const unsigned char *const *sources, int nsources, size_t count,
                   enum store store) {
    reduction_run_with(kernels_chosen(), redop, type, out, sources, nsources, count, store);
}

void reduction_run_scaled_with(const struct kernel_set *set, ncclDataType_t type, void *out,
                               const unsigned char *const *sources,
                               const struct reduction_scalar *scalars, int nsources, size_t count,
                               enum store store) {
    if (count > 0) {
        struct kernel_constants constants = {.scalars = scalars};
        run(set, KERNEL_SCALED_SUM, type, out, sources, nsources, count, &constants, store);
    }
}

void reduction_run_scaled(ncclDataType_t type, void *out, const unsigned char *const *sources,
                          const struct reduction_scalar *scalars, int nsources, size_t count,
                          enum store store) {
    reduction_run_scaled_with(kernels_chosen(), type, out, sources, scalars, nsources, count,
                              store);
}
