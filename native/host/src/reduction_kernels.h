/* SPDX-License-Identifier: Apache-2.0 */
/* The inner loops of the reduction, one for each operator and type. */
#ifndef CONVOY_REDUCTION_KERNELS_H
#define CONVOY_REDUCTION_KERNELS_H

#include "base.h"
#include "convoy/nccl_abi.h"

/* out[i] = a[i] (op) b[i]; `out` may be `a` or `b`. Only floating averages look at `scale`. */
typedef void (*binary_kernel)(void *out, const void *a, const void *b, size_t n, double scale);

struct kernels {
    binary_kernel first; /* the first two sources: an average scales both */
    binary_kernel next;  /* an accumulator and a source */
    void (*finish)(void *out, size_t n, int nsources); /* integer average; else NULL */
};

/* For the types that accumulate in float. */
struct widening {
    void (*widen)(float *out, const void *in, size_t n);
    void (*narrow)(void *out, const float *in, size_t n);
};

const struct kernels *kernels_find(ncclRedOp_t redop, ncclDataType_t type);

/* NULL for the types that accumulate in themselves. */
const struct widening *widening_find(ncclDataType_t type);

/* 1/n as the type represents it: what an average multiplies every source by. */
double kernels_scale(ncclDataType_t type, int nsources);

#endif
