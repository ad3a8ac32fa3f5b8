/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inner loops of the reduction. One source (reduction_loops.h) is compiled once for each
 * instruction set that is worth it; each compilation is a `kernel_set`. All sets give the same
 * bits.
 */
#ifndef CONVOY_REDUCTION_KERNELS_H
#define CONVOY_REDUCTION_KERNELS_H

#include "base/base.h"
#include "convoy/nccl_abi.h"
#include "reduction/reduction_scalar.h"

/* What an operator needs beside its sources. */
struct kernel_constants {
    double scale;        /* averages of floats: every source is multiplied by it */
    uint64_t multiplier; /* averages of integers: the sum is divided by means of these two */
    uint32_t shift;
    const struct reduction_scalar *scalars; /* scaled sums: each source has one */
};

/* The operator behind NCCL's own: a sum of sources that were multiplied by a scalar each. */
#define KERNEL_SCALED_SUM ((unsigned)ncclNumOps)
#define KERNEL_OPERATORS (ncclNumOps + 1)

/*
 * out = sources[0] (op) sources[1] (op) ..., `bytes` of each, at least the set's `least_bytes`.
 * `out` is one of the sources or apart from all. With `streaming` the stores bypass the caches and
 * are ordered before anything that follows the call; `out` is then a multiple of the element's
 * size.
 */
typedef void (*reduction_kernel)(unsigned char *out, const unsigned char *const *sources,
                                 int nsources, size_t bytes,
                                 const struct kernel_constants *constants, bool streaming);

struct kernel_set {
    const char *name;
    size_t least_bytes;
    const struct kernel_set *shorter; /* takes what is shorter than that */
    reduction_kernel copy;            /* of one source */
    reduction_kernel reduce[ncclNumTypes][KERNEL_OPERATORS];
};

extern const struct kernel_set kernels_short;    /* 1 to 15 bytes */
extern const struct kernel_set kernels_baseline; /* SSE2, NEON: what every CPU of its kind has */
#if defined(__x86_64__)
extern const struct kernel_set kernels_avx2;
extern const struct kernel_set kernels_avx512;
#endif

/* The best set of this CPU, or the one that CONVOY_HOST_SIMD names if the CPU has it. */
const struct kernel_set *kernels_chosen(void);

/* The set of this name; NULL if this build or this CPU does not have it. */
const struct kernel_set *kernels_named(const char *name);

/* The one to call for so many bytes, 1 or more. */
static inline const struct kernel_set *kernels_for(const struct kernel_set *set, size_t bytes) {
    while (bytes < set->least_bytes) {
        set = set->shorter;
    }
    return set;
}

#endif
