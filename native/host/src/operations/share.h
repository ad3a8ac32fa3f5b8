/* SPDX-License-Identifier: Apache-2.0 */
/* How the elements of an operation are divided among its ranks, each of which reduces one share. */
#ifndef CONVOY_SHARE_H
#define CONVOY_SHARE_H

#include "operations/op.h"

/* Shares begin on multiples of this many elements, so that vector loops have no ragged ends between
 * them. */
#define SHARE_UNIT 64u

struct share {
    size_t begin; /* bytes */
    size_t bytes;
};

/* Of every rank but the last ones. */
static inline size_t share_elements(const struct op *op) {
    size_t nranks = (size_t)op->comm->nranks;
    return round_up((op->count + nranks - 1) / nranks, SHARE_UNIT);
}

static inline struct share share_of(const struct op *op, int rank) {
    size_t each = share_elements(op);
    size_t begin = size_min(op->count, (size_t)rank * each);
    size_t end = size_min(op->count, begin + each);
    size_t size = type_bytes(op->type);
    return (struct share){.begin = begin * size, .bytes = (end - begin) * size};
}

#endif
