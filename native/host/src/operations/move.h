/* SPDX-License-Identifier: Apache-2.0 */
/* The pieces by which operations move data, by whichever kind of store is faster here. */
#ifndef CONVOY_MOVE_H
#define CONVOY_MOVE_H

#include "operations/op.h"

/* Which of MOVE_SIZES an operation belongs to. */
static inline unsigned move_size(size_t bytes) {
    return bytes < (size_t)4 << 20 ? 0 : bytes < (size_t)32 << 20 ? 1 : 2;
}

/* The most that is moved at once. */
#define MOVE_PIECE_BYTES ((size_t)256 << 10)

/* `to` = the reduction of one part from each rank. */
void move_reduced(struct op *op, unsigned char *to, const unsigned char *const *parts,
                  size_t bytes);

/* The same through the caches, whatever the size: for what another rank reads at once. */
void move_reduced_near(const struct op *op, unsigned char *to, const unsigned char *const *parts,
                       size_t bytes);

/* The two may overlap only where they are the same. */
void move_copied(struct op *op, unsigned char *to, const unsigned char *from, size_t bytes);

/* The same for a put's piece, which belongs to no operation here. */
void move_pulled(struct store_choice *choice, unsigned char *to, const unsigned char *from,
                 size_t bytes);

#endif
