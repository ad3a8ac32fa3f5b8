/* SPDX-License-Identifier: Apache-2.0 */
#include "operations/one_sided_request.h"

#include "base/errors.h"
#include "comm/window.h"
#include "operations/group.h"
#include "operations/validate.h"
#include "reduction/reduction.h"

#include <stdlib.h>

static struct op *create(enum op_kind kind, ncclComm_t comm, size_t nwaits) {
    struct op *op = malloc(sizeof *op + nwaits * sizeof(struct signal_wait));
    if (op != NULL) {
        *op = (struct op){.comm = comm, .kind = kind};
        op->waits = (struct signal_wait *)(void *)(op + 1);
        op->nwaits = nwaits;
        comm_retain(comm);
    }
    return op;
}

static ncclResult_t enqueue(struct op *op, const char *name, struct CUstream_st *stream) {
    if (op == NULL) {
        return error_nccl(ncclSystemError, "%s: out of memory", name);
    }
    op->stream = stream;
    return group_add_op(op);
}

static ncclResult_t check_place(const char *name, const struct ncclComm *comm, int peer, int signal,
                                int context) {
    if (peer < 0 || peer >= comm->nranks) {
        return error_nccl(ncclInvalidArgument, "%s: rank %d is not in 0..%d", name, peer,
                          comm->nranks - 1);
    }
    if (signal != 0 || context != 0) {
        return error_nccl(ncclInvalidArgument, "%s: signal index %d and context %d must be 0", name,
                          signal, context);
    }
    return ncclSuccess;
}

/* Fills in where the data lies and belongs. The peer's window is checked by its owner; it is as
 * large as this rank's where the program keeps NCCL's rules. */
static ncclResult_t resolve(const struct put_request *request, const char *name,
                            struct put_place *place) {
    size_t bytes;
    struct ncclWindow_vidmem target;
    struct ncclWindow_vidmem source;
    if (__builtin_mul_overflow(request->count, type_bytes(request->type), &bytes)) {
        return error_nccl(ncclInvalidArgument, "%s: %zu elements are too many", name,
                          request->count);
    }
    if (!window_find(request->comm, request->window, &target)) {
        return error_nccl(ncclInvalidArgument, "%s: %p is no window of this communicator", name,
                          (void *)request->window);
    }
    if (!window_holds(&target, request->window_offset, bytes)) {
        return error_nccl(ncclInvalidArgument,
                          "%s: %zu bytes at offset %zu do not lie in a window of %zu", name, bytes,
                          request->window_offset, target.bytes);
    }
    if (request->source == NULL || !window_around(request->comm, request->source, bytes, &source)) {
        return error_nccl(ncclInvalidArgument,
                          "%s: %zu bytes at %p do not lie in one window that was registered with "
                          "NCCL_WIN_COLL_SYMMETRIC",
                          name, bytes, request->source);
    }
    *place = (struct put_place){.source = request->source,
                                .bytes = bytes,
                                .window = target.number,
                                .offset = request->window_offset};
    return ncclSuccess;
}

static ncclResult_t check(const struct put_request *request, const char *name) {
    ncclResult_t result = validate_open(name, request->comm);
    if (result == ncclSuccess) {
        result = check_place(name, request->comm, request->peer, request->signal, request->context);
    }
    if (result == ncclSuccess && (request->flags != 0 || type_bytes(request->type) == 0)) {
        result = error_nccl(ncclInvalidArgument, "%s: flags 0x%x must be 0, type %d must be one",
                            name, request->flags, (int)request->type);
    }
    return result;
}

static ncclResult_t submit(const struct put_request *request) {
    const char *name = op_name(request->kind);
    ncclResult_t result = check(request, name);
    if (result != ncclSuccess) {
        return result;
    }
    struct CUstream_st *stream = stream_resolve(request->stream, request->comm->device);
    if (stream == NULL) {
        return error_nccl(ncclInvalidArgument, "%s: the stream was destroyed", name);
    }
    struct put_place place = {0};
    if (request->kind == OP_PUT && (result = resolve(request, name, &place)) != ncclSuccess) {
        return result;
    }
    struct op *op = create(request->kind, request->comm, 0);
    if (op != NULL) {
        op->root = request->peer;
        op->put = place;
    }
    return enqueue(op, name, stream);
}

ncclResult_t put_request_submit(const struct put_request *request) {
    return group_note(submit(request));
}

static ncclResult_t check_waits(const char *name, const ncclWaitSignalDesc_t *waits, int count,
                                ncclComm_t comm) {
    ncclResult_t result = validate_open(name, comm);
    if (result == ncclSuccess && (waits == NULL || count <= 0)) {
        result = error_nccl(ncclInvalidArgument, "%s: %d signals at %p to wait for", name, count,
                            (const void *)waits);
    }
    for (int i = 0; i < count && result == ncclSuccess; i++) {
        if (waits[i].opCnt <= 0) {
            return error_nccl(ncclInvalidArgument, "%s: descriptor %d waits for %d signals", name,
                              i, waits[i].opCnt);
        }
        result = check_place(name, comm, waits[i].peer, waits[i].sigIdx, waits[i].ctx);
    }
    return result;
}

static ncclResult_t submit_waits(const ncclWaitSignalDesc_t *waits, int count, ncclComm_t comm,
                                 cudaStream_t handle) {
    const char *name = op_name(OP_WAIT_SIGNAL);
    ncclResult_t result = check_waits(name, waits, count, comm);
    if (result != ncclSuccess) {
        return result;
    }
    struct CUstream_st *stream = stream_resolve(handle, comm->device);
    if (stream == NULL) {
        return error_nccl(ncclInvalidArgument, "%s: the stream was destroyed", name);
    }
    struct op *op = create(OP_WAIT_SIGNAL, comm, (size_t)count);
    for (int i = 0; op != NULL && i < count; i++) {
        op->waits[i] =
            (struct signal_wait){.peer = waits[i].peer, .count = (uint64_t)waits[i].opCnt};
    }
    return enqueue(op, name, stream);
}

ncclResult_t wait_request_submit(const ncclWaitSignalDesc_t *waits, int count, ncclComm_t comm,
                                 cudaStream_t stream) {
    return group_note(submit_waits(waits, count, comm, stream));
}
