/* SPDX-License-Identifier: Apache-2.0 */
/* Copies that are checksummed on their way, so that what is copied is read once. */
#ifndef CONVOY_CHECKED_COPY_H
#define CONVOY_CHECKED_COPY_H

#include "base/base.h"

/*
 * Where it is possible: copies past the caches and returns the CRC32C (Castagnoli) of what was
 * copied, behind bytes whose CRC32C is `before` (0: none). With `to` NULL nothing is stored. The
 * buffers do not overlap and need no alignment. The stores are complete, for every observer, before
 * anything that follows the call.
 */
uint32_t checked_copy(uint32_t before, void *to, const void *from, size_t bytes);

/* Whether this CPU has the instructions for it. */
bool checked_copy_is_possible(void);

#endif
