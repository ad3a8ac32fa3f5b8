/* SPDX-License-Identifier: Apache-2.0 */
#include "operations/window_request.h"

#include "base/errors.h"
#include "comm/window.h"
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
    if (put_server_add(comm)) {
        *window = window_add(comm, buffer, bytes, flags);
    }
    if (*window == NULL) {
        return error_nccl(ncclSystemError, "ncclCommWindowRegister: no memory or no thread");
    }
    put_server_look(); /* for puts that came before the window */
    return ncclSuccess;
}

ncclResult_t window_deregister(struct ncclComm *comm, ncclWindow_t window) {
    if (window == NULL) {
        return ncclSuccess;
    }
    pthread_mutex_lock(&comm->lock);
    struct ncclWindow_vidmem *taken = window_take(comm, window);
    if (taken != NULL) {
        one_sided_give_up(comm, taken->begin, taken->bytes);
    }
    pthread_mutex_unlock(&comm->lock);
    free(taken);
    return taken != NULL
               ? ncclSuccess
               : error_nccl(ncclInvalidArgument,
                            "ncclCommWindowDeregister: %p is no window of this communicator",
                            (void *)window);
}
