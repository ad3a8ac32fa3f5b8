/* SPDX-License-Identifier: Apache-2.0 */
#include "operations/validate.h"

#include "base/errors.h"
#include "comm/user_operator.h"
#include "memory/memory.h"
#include "operations/group.h"
#include "reduction/reduction.h"
#include "reduction/reduction_kernels.h"

#include <stdlib.h>

ncclResult_t validate_comm(const char *name, const struct ncclComm *comm) {
    if (arena_get() == NULL) {
        return error_nccl(ncclSystemError, "%s: %s", name, arena_failure());
    }
    if (comm == NULL || comm->magic != COMM_MAGIC || atomic_load(&comm->released)) {
        return error_nccl(ncclInvalidArgument,
                          "%s: the communicator is NULL, or was destroyed or aborted", name);
    }
    return ncclSuccess;
}

ncclResult_t validate_open(const char *name, struct ncclComm *comm) {
    ncclResult_t result = validate_comm(name, comm);
    if (result != ncclSuccess) {
        return result;
    }
    ncclResult_t status = comm_status(comm);
    if (status == ncclInProgress) {
        return error_nccl(ncclInvalidArgument,
                          "%s: the communicator is still in progress: poll ncclCommGetAsyncError "
                          "until ncclSuccess",
                          name);
    }
    if (status != ncclSuccess) {
        return comm_report_failure(name, comm, status);
    }
    if (atomic_load(&comm->finalizing) || atomic_load(&comm->aborted)) {
        return error_nccl(ncclInvalidUsage, "%s: the communicator was finalized or aborted", name);
    }
    return ncclSuccess;
}

/* A user-made operator becomes the kernels' scaled sum; `found` keeps what it was made of. */
static ncclResult_t take_operator(const char *name, struct op_request *request,
                                  struct user_operator *found) {
    if (!op_reduces(request->kind) || (unsigned)request->redop < ncclNumOps) {
        return ncclSuccess;
    }
    if (!user_operator_find(request->comm, request->redop, found)) {
        return error_nccl(ncclInvalidArgument,
                          "%s: reduction operator %d is unknown to this communicator", name,
                          (int)request->redop);
    }
    if (found->type != request->type) {
        return error_nccl(ncclInvalidArgument,
                          "%s: operator %d was made for type %d, the call reduces type %d", name,
                          (int)request->redop, (int)found->type, (int)request->type);
    }
    request->redop = (ncclRedOp_t)KERNEL_SCALED_SUM;
    request->scaling = found;
    return ncclSuccess;
}

static ncclResult_t check_type(const char *name, const struct op_request *request) {
    if (type_bytes(request->type) == 0) {
        return error_nccl(ncclInvalidArgument, "%s: no data type %d", name, (int)request->type);
    }
    return ncclSuccess;
}

static bool needs_root(enum op_kind kind) {
    return kind == OP_BROADCAST || kind == OP_REDUCE || kind == OP_GATHER || kind == OP_SCATTER ||
           kind >= OP_SEND;
}

static ncclResult_t check_root(const char *name, const struct op_request *request) {
    if (needs_root(request->kind) &&
        (request->root < 0 || request->root >= request->comm->nranks)) {
        return error_nccl(ncclInvalidArgument, "%s: rank %d is not in 0..%d", name, request->root,
                          request->comm->nranks - 1);
    }
    return ncclSuccess;
}

/* The bytes that an operation reads from or writes to its buffers on this rank; 0 where it ignores
 * one. */
struct extents {
    size_t send;
    size_t receive;
};

static struct extents extents_of(const struct op_request *request, size_t bytes) {
    size_t all = bytes * (size_t)request->comm->nranks;
    bool is_root = request->root == request->comm->rank;
    switch (request->kind) {
    case OP_ALL_REDUCE:
        return (struct extents){bytes, bytes};
    case OP_BROADCAST:
        return (struct extents){is_root ? bytes : 0, bytes};
    case OP_REDUCE:
        return (struct extents){bytes, is_root ? bytes : 0};
    case OP_ALL_GATHER:
        return (struct extents){bytes, all};
    case OP_REDUCE_SCATTER:
        return (struct extents){all, bytes};
    case OP_ALL_TO_ALL:
        return (struct extents){all, all};
    case OP_GATHER:
        return (struct extents){bytes, is_root ? all : 0};
    case OP_SCATTER:
        return (struct extents){is_root ? all : 0, bytes};
    case OP_SEND:
        return (struct extents){bytes, 0};
    case OP_RECEIVE:
        return (struct extents){0, bytes};
    default:
        break; /* one-sided: one_sided_request.c */
    }
    return (struct extents){0, 0};
}

static ncclResult_t check_buffer(const char *name, const char *which, const void *buffer,
                                 size_t bytes) {
    struct memory_info info;
    if (bytes > 0 && !memory_find(buffer, bytes, &info)) {
        return error_nccl(
            ncclInvalidArgument,
            "%s: %s %p does not begin %zu bytes of one live device or pinned allocation", name,
            which, buffer, bytes);
    }
    return ncclSuccess;
}

static ncclResult_t check_buffers(const char *name, const struct op_request *request,
                                  size_t bytes) {
    struct extents extents = extents_of(request, bytes);
    ncclResult_t result = check_buffer(name, "send buffer", request->send, extents.send);
    if (result == ncclSuccess) {
        result = check_buffer(name, "receive buffer", request->receive, extents.receive);
    }
    if (result == ncclSuccess && request->checksum != NULL) {
        result = check_buffer(name, "checksum", request->checksum, sizeof *request->checksum);
    }
    if (result == ncclSuccess && request->kind == OP_ALL_TO_ALL &&
        request->send == request->receive) {
        result = error_nccl(ncclInvalidUsage, "%s: cannot work in place", name);
    }
    return result;
}

static struct op *create(const struct op_request *request, struct CUstream_st *stream,
                         size_t bytes) {
    size_t n = request->kind < OP_SEND ? (size_t)request->comm->nranks : 1;
    size_t pointers = n * sizeof(const unsigned char *);
    bool two_phase =
        (request->kind == OP_ALL_REDUCE && bytes > op_mail_bytes(request->comm, request->kind)) ||
        request->kind == OP_REDUCE;
    size_t extra = two_phase ? pointers + n * sizeof(size_t) : 0;
    size_t scalars = request->scaling != NULL ? n * sizeof(struct reduction_scalar) : 0;
    struct op *op = malloc(sizeof *op + pointers + extra + scalars);
    if (op == NULL) {
        return NULL;
    }
    *op = (struct op){.comm = request->comm,
                      .stream = stream,
                      .kind = request->kind,
                      .type = request->type,
                      .redop = request->redop,
                      .root = request->root,
                      .send = request->send,
                      .receive = request->receive,
                      .checksum = request->checksum,
                      .count = request->count,
                      .bytes = bytes};
    if (two_phase) {
        op->results = op->sources + n;
        op->pulled = (size_t *)(void *)(op->results + n);
        for (size_t i = 0; i < n; i++) {
            op->pulled[i] = 0;
        }
    }
    if (request->scaling != NULL) {
        op->scalars = (void *)((unsigned char *)(op->sources + n) + extra);
        op->scalar = request->scaling->bits;
        op->scalar_address = request->scaling->address;
    }
    comm_retain(op->comm);
    return op;
}

/* An ignored root or operator must not make two ranks' descriptors differ. */
static void normalize(struct op_request *request) {
    if (!needs_root(request->kind)) {
        request->root = 0;
    }
    if (!op_reduces(request->kind)) {
        request->redop = ncclSum;
    }
}

static ncclResult_t submit(struct op_request *request) {
    const char *name = op_name(request->kind);
    struct user_operator scaling;
    ncclResult_t result = validate_open(name, request->comm);
    if (result != ncclSuccess || (result = check_type(name, request)) != ncclSuccess ||
        (result = take_operator(name, request, &scaling)) != ncclSuccess ||
        (result = check_root(name, request)) != ncclSuccess) {
        return result;
    }
    size_t bytes;
    if (__builtin_mul_overflow(request->count, type_bytes(request->type), &bytes) ||
        bytes > SIZE_MAX / (size_t)request->comm->nranks) {
        return error_nccl(ncclInvalidArgument, "%s: %zu elements are too many", name,
                          request->count);
    }
    if (bytes == 0) {
        return ncclSuccess;
    }
    if ((result = check_buffers(name, request, bytes)) != ncclSuccess) {
        return result;
    }
    struct CUstream_st *stream = stream_resolve(request->stream, request->comm->device);
    if (stream == NULL) {
        return error_nccl(ncclInvalidArgument, "%s: the stream was destroyed", name);
    }
    normalize(request);
    struct op *op = create(request, stream, bytes);
    return op != NULL ? group_add_op(op) : error_nccl(ncclSystemError, "%s: out of memory", name);
}

ncclResult_t request_submit(const struct op_request *request) {
    struct op_request checked = *request;
    return group_note(submit(&checked));
}
