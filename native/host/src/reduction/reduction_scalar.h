/* SPDX-License-Identifier: Apache-2.0 */
/* Single numbers of NCCL's types, as the kernels take them. */
#ifndef CONVOY_REDUCTION_SCALAR_H
#define CONVOY_REDUCTION_SCALAR_H

#include "base/base.h"
#include "convoy/nccl_abi.h"

/* One number in the forms that the kernels want: the first of an integer type (its bits), the other
 * two of a floating one. */
struct reduction_scalar {
    uint64_t integer;
    double real;
    float single; /* of all but float64 */
};

/* From an element's bytes, at the beginning of the word. */
struct reduction_scalar reduction_scalar_of(ncclDataType_t type, uint64_t bits);

/* 1/n as a floating type represents it: NCCL's factor of an average. */
double reduction_reciprocal(ncclDataType_t type, int n);

#endif
