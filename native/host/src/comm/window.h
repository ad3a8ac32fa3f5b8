/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows: memory that peers may have data put into. All ranks register theirs in the same order,
 * so that a number says which one a peer means; each knows the place and size of its own, and
 * checks what peers ask for against that.
 */
#ifndef CONVOY_WINDOW_H
#define CONVOY_WINDOW_H

#include "comm/comm.h"

struct ncclWindow_vidmem {
    struct ncclWindow_vidmem *next; /* under the communicator's lock */
    uint64_t number;                /* in the order of registration */
    unsigned char *begin;
    size_t bytes;
    int flags;
};

/* NULL where memory is short. The handle is its address, and tells no more than that. */
struct ncclWindow_vidmem *window_add(struct ncclComm *comm, void *begin, size_t bytes, int flags);

/* Takes it out of the communicator, for the caller to free; NULL where there is none. Under the
 * lock. */
struct ncclWindow_vidmem *window_take(struct ncclComm *comm, ncclWindow_t handle);

/* A copy of a window by its handle, by an address in it and by its number; false where there is
 * none. The last one is called under the lock. */
bool window_find(struct ncclComm *comm, ncclWindow_t handle, struct ncclWindow_vidmem *found);
bool window_around(struct ncclComm *comm, const void *address, size_t bytes,
                   struct ncclWindow_vidmem *found);
bool window_numbered(const struct ncclComm *comm, uint64_t number, struct ncclWindow_vidmem *found);

/* True where [offset, offset + bytes) lies in the window. */
static inline bool window_holds(const struct ncclWindow_vidmem *window, uint64_t offset,
                                uint64_t bytes) {
    return offset <= window->bytes && bytes <= window->bytes - offset;
}

/* With the last reference to the communicator. */
void windows_free(struct ncclComm *comm);

#endif
