/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operators that a program makes for a communicator: sums of inputs that each rank multiplies
 * by a scalar of its own. An operation takes what it needs when it is called, so that the operator
 * may be destroyed as soon as that call has returned.
 */
#ifndef CONVOY_USER_OPERATOR_H
#define CONVOY_USER_OPERATOR_H

#include "comm/comm.h"

struct user_operator {
    struct user_operator *next; /* under the communicator's lock */
    int handle;                 /* given out once in a process: a stale one is never another's */
    ncclDataType_t type;
    const unsigned char *address; /* read when the operation is executed; NULL: `bits` holds it */
    uint64_t bits;
};

ncclResult_t user_operator_create(struct ncclComm *comm, ncclRedOp_t *handle, const void *scalar,
                                  ncclDataType_t type, ncclScalarResidence_t residence);
ncclResult_t user_operator_destroy(struct ncclComm *comm, ncclRedOp_t handle);

/* A copy; false where the communicator has no operator of this handle. */
bool user_operator_find(struct ncclComm *comm, ncclRedOp_t handle, struct user_operator *found);

/* With the last reference to the communicator. */
void user_operators_free(struct ncclComm *comm);

#endif
