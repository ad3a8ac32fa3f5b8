/* SPDX-License-Identifier: Apache-2.0 */
/* The checks that come before a one-sided operation is enqueued. */
#ifndef CONVOY_ONE_SIDED_REQUEST_H
#define CONVOY_ONE_SIDED_REQUEST_H

#include "operations/op.h"

struct put_request {
    enum op_kind kind; /* OP_PUT or OP_SIGNAL */
    const void *source;
    size_t count;
    ncclDataType_t type;
    int peer;
    ncclWindow_t window;
    size_t window_offset;
    int signal;
    int context;
    unsigned flags;
    ncclComm_t comm;
    cudaStream_t stream;
};

/* Each checks, and enqueues at once or with the open group. */
ncclResult_t put_request_submit(const struct put_request *request);
ncclResult_t wait_request_submit(const ncclWaitSignalDesc_t *waits, int count, ncclComm_t comm,
                                 cudaStream_t stream);

#endif
