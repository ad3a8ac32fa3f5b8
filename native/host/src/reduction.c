/* SPDX-License-Identifier: Apache-2.0 */
#include "reduction.h"

#include "reduction_kernels.h"

#include <string.h>

/* Elements of one pass: the accumulator stays in the first-level cache while the sources stream by.
 */
#define BLOCK_ELEMENTS 1024u

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

/* One block of a type that accumulates in itself. The accumulator becomes `out` with the last
 * source only, because `out` may be one of the sources. */
static void reduce_block(const struct kernels *kernels, unsigned char *out,
                         const unsigned char *const *sources, int nsources, size_t offset, size_t n,
                         double scale) {
    alignas(CACHE_LINE) unsigned char accumulator[BLOCK_ELEMENTS * 8];
    const unsigned char *left = sources[0] + offset;
    for (int i = 1; i < nsources; i++) {
        unsigned char *target = i == nsources - 1 ? out + offset : accumulator;
        (i == 1 ? kernels->first : kernels->next)(target, left, sources[i] + offset, n, scale);
        left = accumulator;
    }
    if (kernels->finish != NULL) {
        kernels->finish(out + offset, n, nsources);
    }
}

static void widen_block(const struct widening *widening, ncclRedOp_t redop, unsigned char *out,
                        const unsigned char *const *sources, int nsources, size_t offset, size_t n,
                        double scale) {
    float accumulator[BLOCK_ELEMENTS];
    float operand[BLOCK_ELEMENTS];
    const struct kernels *kernels = kernels_find(redop, ncclFloat32);
    widening->widen(accumulator, sources[0] + offset, n);
    for (int i = 1; i < nsources; i++) {
        widening->widen(operand, sources[i] + offset, n);
        (i == 1 ? kernels->first : kernels->next)(accumulator, accumulator, operand, n, scale);
    }
    widening->narrow(out + offset, accumulator, n);
}

void reduction_run(ncclRedOp_t redop, ncclDataType_t type, void *out,
                   const unsigned char *const *sources, int nsources, size_t count) {
    size_t size = type_bytes(type);
    if (nsources == 1) {
        if (out != sources[0]) {
            memmove(out, sources[0], count * size);
        }
        return;
    }
    const struct widening *widening = widening_find(type);
    const struct kernels *kernels = kernels_find(redop, type);
    double scale = kernels_scale(type, nsources);
    for (size_t done = 0; done < count; done += BLOCK_ELEMENTS) {
        size_t n = size_min(BLOCK_ELEMENTS, count - done);
        if (widening != NULL) {
            widen_block(widening, redop, out, sources, nsources, done * size, n, scale);
        } else {
            reduce_block(kernels, out, sources, nsources, done * size, n, scale);
        }
    }
}
