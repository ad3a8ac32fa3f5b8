/* SPDX-License-Identifier: Apache-2.0 */
/* The checks that come before an operation is enqueued. */
#ifndef CONVOY_VALIDATE_H
#define CONVOY_VALIDATE_H

#include "operations/op.h"

struct op_request {
    enum op_kind kind;
    const void *send;
    void *receive;
    size_t count;
    ncclDataType_t type;
    ncclRedOp_t redop;
    int root;                      /* or the peer */
    uint32_t *checksum;            /* of a receive; NULL: none is wanted */
    struct user_operator *scaling; /* that `redop` is; NULL: one of NCCL's own */
    ncclComm_t comm;
    cudaStream_t stream;
};

/* Checks the handle alone. `name` is the function that was called. */
ncclResult_t validate_comm(const char *name, const struct ncclComm *comm);

/* The communicator is ready and takes new operations. */
ncclResult_t validate_open(const char *name, struct ncclComm *comm);

/* Checks the request and enqueues it, at once or with the open group. */
ncclResult_t request_submit(const struct op_request *request);

#endif
