/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether stores go through the caches or past them. Which is faster depends on where the CPUs of
 * the ranks are: where they share a cache, what one wrote is read by the other from there; where
 * they do not, a store to a line that the other has read waits for it to let go, and it is up to
 * twice as fast to write past the caches. In a virtual machine that changes while the program runs.
 * So it is measured, piece by piece, and the loser is tried again now and then. The bits are the
 * same either way.
 */
#ifndef CONVOY_STORE_CHOICE_H
#define CONVOY_STORE_CHOICE_H

#include "base/base.h"
#include "reduction/reduction.h"

/* Smaller operations stay in the caches. */
#define STORE_CHOICE_FROM ((size_t)256 << 10)

struct store_choice {
    double cost[2]; /* nanoseconds a byte, smoothed, by `enum store`; 0: not tried yet */
    unsigned pieces;
};

/* What to use for the next piece. */
enum store store_choose(struct store_choice *choice);

/* How long a piece took. */
void store_learn(struct store_choice *choice, enum store store, size_t bytes, uint64_t nanos);

#endif
