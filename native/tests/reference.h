/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reduction must give, computed another way than the library does: element by element, with
 * the compiler's own half precision and the C library's minimum and maximum.
 */
#ifndef CONVOY_TEST_REFERENCE_H
#define CONVOY_TEST_REFERENCE_H

#include "convoy/nccl_abi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

size_t reference_type_bytes(ncclDataType_t type);

/* Element `index` of the input of `rank`, from a seed: small and large values, zeros of both signs,
 * infinities, NaN. */
void reference_input(void *out, ncclDataType_t type, uint64_t seed, int rank, size_t index);

/* The reduction of one element: `words` begin with the bytes of what each rank contributes. */
void reference_fold(void *out, ncclDataType_t type, ncclRedOp_t redop, const uint64_t *words,
                    int n);

/* The same for a sum of products: each rank's element with that rank's factor. */
void reference_fold_scaled(void *out, ncclDataType_t type, const uint64_t *words,
                           const uint64_t *factors, int n);

#define REFERENCE_RANKS_MAX 64

/* The reduction of element `index` over the inputs of `nranks` ranks. */
void reference_reduce(void *out, ncclDataType_t type, ncclRedOp_t redop, uint64_t seed, int nranks,
                      size_t index);

/* The same bits; any NaN equals any NaN. */
bool reference_equal(ncclDataType_t type, const void *a, const void *b);

#endif
