/* SPDX-License-Identifier: Apache-2.0 */
#include "comm/window.h"

#include "base/errors.h"
#include "memory/memory.h"
#include "operations/one_sided.h"
#include "operations/put_server.h"

#include <stdlib.h>

#define KNOWN_FLAGS (NCCL_WIN_COLL_SYMMETRIC | NCCL_WIN_STRICT_ORDERING)

static ncclResult_t check(const void *buffer, size_t bytes, int flags, ncclWindow_t *window) {
    struct memory_info info;
    if (window == NULL) {
        return error_nccl(ncclInvalidArgument, "ncclCommWindowRegister: the window is NULL");
    }
    *window = NULL;
    if ((flags & ~KNOWN_FLAGS) != 0) {
        return error_nccl(ncclInvalidArgument, "ncclCommWindowRegister: unknown flags 0x%x", flags);
    }
    if (bytes == 0 || !memory_find(buffer, bytes, &info)) {
        return error_nccl(ncclInvalidArgument,
                          "ncclCommWindowRegister: %p does not begin %zu bytes of one live device "
                          "or pinned allocation",
                          buffer, bytes);
    }
    return ncclSuccess;
}

ncclResult_t window_register(struct ncclComm *comm, void *buffer, size_t bytes, int flags,
                             ncclWindow_t *window) {
    ncclResult_t result = check(buffer, bytes, flags, window);
    if (result != ncclSuccess) {
        return result;
    }
    struct ncclWindow_vidmem *made = calloc(1, sizeof *made);
    if (made == NULL || !put_server_add(comm)) {
        free(made);
        return error_nccl(ncclSystemError, "ncclCommWindowRegister: no memory or no thread");
    }
    *made = (struct ncclWindow_vidmem){.begin = buffer, .bytes = bytes, .flags = flags};
    pthread_mutex_lock(&comm->lock);
    made->number = comm->windows_registered++;
    made->next = comm->windows;
    comm->windows = made;
    pthread_mutex_unlock(&comm->lock);
    *window = made;
    put_server_look(); /* for puts that came before the window */
    return ncclSuccess;
}

ncclResult_t window_deregister(struct ncclComm *comm, ncclWindow_t window) {
    if (window == NULL) {
        return ncclSuccess;
    }
    pthread_mutex_lock(&comm->lock);
    struct ncclWindow_vidmem **link = &comm->windows;
    while (*link != NULL && *link != window) {
        link = &(*link)->next;
    }
    struct ncclWindow_vidmem *found = *link;
    if (found != NULL) {
        *link = found->next;
        one_sided_give_up(comm, found->begin, found->bytes);
    }
    pthread_mutex_unlock(&comm->lock);
    free(found);
    return found != NULL
               ? ncclSuccess
               : error_nccl(ncclInvalidArgument,
                            "ncclCommWindowDeregister: %p is no window of this communicator",
                            (void *)window);
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
