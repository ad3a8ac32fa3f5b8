/* SPDX-License-Identifier: Apache-2.0 */
/* Element-wise reduction of n buffers in rank order: the same bits whatever the timing, partition
 * or SIMD path. */
#ifndef CONVOY_REDUCTION_H
#define CONVOY_REDUCTION_H

#include "base/base.h"
#include "convoy/nccl_abi.h"
#include "reduction/reduction_scalar.h"

/* Size of an element; 0 for a type that does not exist. */
size_t type_bytes(ncclDataType_t type);

enum store {
    STORE_CACHED,
    /* Past the caches, at the rate of the memory and without reading the line first: for much that
     * nobody looks at soon. Complete, for every observer, before anything that follows the call. */
    STORE_STREAMING,
};

/*
 * out[i] = sources[0][i] (op) sources[1][i] (op) ... for `count` elements. `out` may be one of the
 * sources. No buffer needs alignment. Of floats, a result that is NaN is the quiet one without
 * payload, whatever NaN went in, and 8-bit floats saturate, infinities included;
 * a single source is copied as it is.
 */
void reduction_run(ncclRedOp_t redop, ncclDataType_t type, void *out,
                   const unsigned char *const *sources, int nsources, size_t count,
                   enum store store);

/* out[i] = scalars[0] * sources[0][i] + scalars[1] * sources[1][i] + ..., of one source, too. */
void reduction_run_scaled(ncclDataType_t type, void *out, const unsigned char *const *sources,
                          const struct reduction_scalar *scalars, int nsources, size_t count,
                          enum store store);

/* The same with the kernels of this set. */
struct kernel_set;
void reduction_run_scaled_with(const struct kernel_set *set, ncclDataType_t type, void *out,
                               const unsigned char *const *sources,
                               const struct reduction_scalar *scalars, int nsources, size_t count,
                               enum store store);
void reduction_run_with(const struct kernel_set *set, ncclRedOp_t redop, ncclDataType_t type,
                        void *out, const unsigned char *const *sources, int nsources, size_t count,
                        enum store store);

#endif
