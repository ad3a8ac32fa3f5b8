/* SPDX-License-Identifier: Apache-2.0 */
#include "comm/user_operator.h"

#include "base/errors.h"
#include "memory/memory.h"
#include "reduction/reduction.h"

#include <stdlib.h>
#include <string.h>

static struct user_operator **link_of(struct ncclComm *comm, ncclRedOp_t handle) {
    struct user_operator **link = &comm->operators;
    while (*link != NULL && (*link)->handle != (int)handle) {
        link = &(*link)->next;
    }
    return link;
}

static ncclResult_t check(const void *handle, const void *scalar, ncclDataType_t type,
                          ncclScalarResidence_t residence) {
    struct memory_info info;
    size_t bytes = type_bytes(type);
    if (handle == NULL || scalar == NULL || bytes == 0 ||
        (residence != ncclScalarDevice && residence != ncclScalarHostImmediate)) {
        return error_nccl(ncclInvalidArgument,
                          "ncclRedOpCreatePreMulSum: scalar %p of type %d with residence %d into "
                          "%p",
                          scalar, (int)type, (int)residence, handle);
    }
    if (residence == ncclScalarDevice && !memory_find(scalar, bytes, &info)) {
        return error_nccl(ncclInvalidArgument,
                          "ncclRedOpCreatePreMulSum: %p is no device or pinned memory, which "
                          "ncclScalarDevice asks for",
                          scalar);
    }
    return ncclSuccess;
}

/* 0 once there are no more. */
static int next_handle(void) {
    static atomic_int last = ncclNumOps;
    int handle = atomic_load(&last);
    while (handle < ncclMaxRedOp && !atomic_compare_exchange_weak(&last, &handle, handle + 1)) {
    }
    return handle < ncclMaxRedOp ? handle : 0;
}

ncclResult_t user_operator_create(struct ncclComm *comm, ncclRedOp_t *handle, const void *scalar,
                                  ncclDataType_t type, ncclScalarResidence_t residence) {
    ncclResult_t result = check(handle, scalar, type, residence);
    if (result != ncclSuccess) {
        return result;
    }
    struct user_operator *made = calloc(1, sizeof *made);
    int number = made != NULL ? next_handle() : 0;
    if (number == 0) {
        free(made);
        return error_nccl(ncclSystemError, "ncclRedOpCreatePreMulSum: out of memory or handles");
    }
    made->handle = number;
    made->type = type;
    if (residence == ncclScalarDevice) {
        made->address = scalar;
    } else {
        memcpy(&made->bits, scalar, type_bytes(type));
    }
    pthread_mutex_lock(&comm->lock);
    made->next = comm->operators;
    comm->operators = made;
    pthread_mutex_unlock(&comm->lock);
    *handle = (ncclRedOp_t)number;
    return ncclSuccess;
}

ncclResult_t user_operator_destroy(struct ncclComm *comm, ncclRedOp_t handle) {
    if ((unsigned)handle < ncclNumOps) {
        return error_nccl(ncclInvalidArgument, "ncclRedOpDestroy: operator %d is NCCL's own",
                          (int)handle);
    }
    pthread_mutex_lock(&comm->lock);
    struct user_operator **link = link_of(comm, handle);
    struct user_operator *found = *link;
    if (found != NULL) {
        *link = found->next;
    }
    pthread_mutex_unlock(&comm->lock);
    free(found);
    return found != NULL
               ? ncclSuccess
               : error_nccl(ncclInvalidArgument,
                            "ncclRedOpDestroy: operator %d is unknown to this communicator",
                            (int)handle);
}

bool user_operator_find(struct ncclComm *comm, ncclRedOp_t handle, struct user_operator *found) {
    pthread_mutex_lock(&comm->lock);
    const struct user_operator *known = *link_of(comm, handle);
    if (known != NULL) {
        *found = *known;
    }
    pthread_mutex_unlock(&comm->lock);
    return known != NULL;
}

void user_operators_free(struct ncclComm *comm) {
    while (comm->operators != NULL) {
        struct user_operator *next = comm->operators->next;
        free(comm->operators);
        comm->operators = next;
    }
}
