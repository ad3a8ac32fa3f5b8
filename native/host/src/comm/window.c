/* SPDX-License-Identifier: Apache-2.0 */
#include "comm/window.h"

#include <stdlib.h>

struct ncclWindow_vidmem *window_add(struct ncclComm *comm, void *begin, size_t bytes, int flags) {
    struct ncclWindow_vidmem *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    *made = (struct ncclWindow_vidmem){.begin = begin, .bytes = bytes, .flags = flags};
    pthread_mutex_lock(&comm->lock);
    made->number = comm->windows_registered++;
    made->next = comm->windows;
    comm->windows = made;
    pthread_mutex_unlock(&comm->lock);
    return made;
}

struct ncclWindow_vidmem *window_take(struct ncclComm *comm, ncclWindow_t handle) {
    struct ncclWindow_vidmem **link = &comm->windows;
    while (*link != NULL && *link != handle) {
        link = &(*link)->next;
    }
    struct ncclWindow_vidmem *found = *link;
    if (found != NULL) {
        *link = found->next;
    }
    return found;
}

static bool take(const struct ncclWindow_vidmem *window, struct ncclWindow_vidmem *found) {
    if (window != NULL) {
        *found = *window;
    }
    return window != NULL;
}

bool window_find(struct ncclComm *comm, ncclWindow_t handle, struct ncclWindow_vidmem *found) {
    pthread_mutex_lock(&comm->lock);
    const struct ncclWindow_vidmem *window = comm->windows;
    while (window != NULL && window != handle) {
        window = window->next;
    }
    bool any = take(window, found);
    pthread_mutex_unlock(&comm->lock);
    return any;
}

static bool is_around(const struct ncclWindow_vidmem *window, const void *address, size_t bytes) {
    uintptr_t begin = (uintptr_t)window->begin;
    uintptr_t at = (uintptr_t)address;
    return at >= begin && window_holds(window, at - begin, bytes);
}

bool window_around(struct ncclComm *comm, const void *address, size_t bytes,
                   struct ncclWindow_vidmem *found) {
    pthread_mutex_lock(&comm->lock);
    const struct ncclWindow_vidmem *window = comm->windows;
    while (window != NULL &&
           !(is_around(window, address, bytes) && (window->flags & NCCL_WIN_COLL_SYMMETRIC) != 0)) {
        window = window->next;
    }
    bool any = take(window, found);
    pthread_mutex_unlock(&comm->lock);
    return any;
}

bool window_numbered(const struct ncclComm *comm, uint64_t number,
                     struct ncclWindow_vidmem *found) {
    const struct ncclWindow_vidmem *window = comm->windows;
    while (window != NULL && window->number != number) {
        window = window->next;
    }
    return take(window, found);
}

void windows_free(struct ncclComm *comm) {
    while (comm->windows != NULL) {
        struct ncclWindow_vidmem *next = comm->windows->next;
        free(comm->windows);
        comm->windows = next;
    }
}
