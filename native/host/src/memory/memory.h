/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation inside the arena. Its book-keeping lies outside, where a user's overrun cannot reach
 * it. */
#ifndef CONVOY_MEMORY_H
#define CONVOY_MEMORY_H

#include "base/base.h"

#define MEMORY_ALIGNMENT 256u

enum memory_kind {
    MEMORY_FREE = 0,
    MEMORY_DEVICE = 1,
    MEMORY_PINNED = 2,
    MEMORY_PAGES = 3 /* communicator pages: never visible to the user */
};

struct memory_info {
    enum memory_kind kind;
    int device;
    unsigned char *begin;
    unsigned char *end;
};

/* Committed and populated memory, aligned to 256 bytes, its content undefined; NULL where there is
 * no more. */
void *memory_allocate(size_t bytes, enum memory_kind kind, int device);

/* False where the address is not the start of a live allocation of that kind. */
bool memory_free(void *address, enum memory_kind kind);

/* The live device or pinned allocation that holds all of [address, address + bytes). */
bool memory_find(const void *address, size_t bytes, struct memory_info *info);

/* The machine's memory, and how much of it could still be allocated. */
void memory_totals(size_t *available, size_t *total);

/* Bytes in live allocations: for tests and leak checks. */
size_t memory_live_bytes(void);

#endif
