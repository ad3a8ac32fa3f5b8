/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User-made operators between processes: each rank's own scalar, from the host and from device
 * memory, in all types and in the operations that reduce; several alive at once, destroyed while
 * operations that use them are under way; and what is answered to misuse.
 */
#include "harness.h"
#include "reference.h"

#include <string.h>

#define BUFFER_BYTES ((size_t)1 << 20)

struct fixture {
    struct test_rank *rank;
    ncclComm_t comm;
    cudaStream_t stream;
    unsigned char *send;
    unsigned char *receive;
    unsigned char *scalars; /* in device memory */
};

static struct fixture make_fixture(struct test_rank *rank) {
    struct fixture f = {.rank = rank, .comm = test_comm(rank, 0)};
    CUDA(cudaStreamCreateWithFlags(&f.stream, cudaStreamNonBlocking));
    CUDA(cudaMalloc((void **)&f.send, BUFFER_BYTES));
    CUDA(cudaMalloc((void **)&f.receive, BUFFER_BYTES));
    CUDA(cudaMalloc((void **)&f.scalars, 4096));
    return f;
}

static void free_fixture(struct fixture *f) {
    NCCL(ncclCommDestroy(f->comm));
    CUDA(cudaStreamDestroy(f->stream));
    CUDA(cudaFree(f->send));
    CUDA(cudaFree(f->receive));
    CUDA(cudaFree(f->scalars));
}

enum kind { ALL_REDUCE, REDUCE, REDUCE_SCATTER, KINDS };

struct operation {
    enum kind kind;
    ncclDataType_t type;
    size_t count;
    int root;
    uint64_t seed;
};

/* A rank's scalar is an input of its own kind; those of a rank are inputs beyond all elements. */
#define SCALAR_INDEX ((size_t)1 << 40)

static uint64_t scalar_of(const struct operation *o, int rank) {
    uint64_t word = 0;
    reference_input(&word, o->type, o->seed, rank, SCALAR_INDEX);
    return word;
}

static void fill(const struct fixture *f, const struct operation *o) {
    size_t size = reference_type_bytes(o->type);
    size_t parts = o->kind == REDUCE_SCATTER ? (size_t)f->rank->nranks : 1;
    for (size_t i = 0; i < parts * o->count; i++) {
        reference_input(f->send + i * size, o->type, o->seed, f->rank->rank, i);
    }
    memset(f->receive, 0xee, o->count * size);
}

static ncclResult_t call(const struct fixture *f, const struct operation *o, ncclRedOp_t redop) {
    switch (o->kind) {
    case ALL_REDUCE:
        return ncclAllReduce(f->send, f->receive, o->count, o->type, redop, f->comm, f->stream);
    case REDUCE:
        return ncclReduce(f->send, f->receive, o->count, o->type, redop, o->root, f->comm,
                          f->stream);
    default:
        return ncclReduceScatter(f->send, f->receive, o->count, o->type, redop, f->comm, f->stream);
    }
}

static void check(const struct fixture *f, const struct operation *o) {
    int n = f->rank->nranks;
    size_t size = reference_type_bytes(o->type);
    uint64_t factors[REFERENCE_RANKS_MAX];
    if (o->kind == REDUCE && f->rank->rank != o->root) {
        return;
    }
    for (int rank = 0; rank < n; rank++) {
        factors[rank] = scalar_of(o, rank);
    }
    size_t begin = o->kind == REDUCE_SCATTER ? (size_t)f->rank->rank * o->count : 0;
    for (size_t i = 0; i < o->count; i++) {
        uint64_t words[REFERENCE_RANKS_MAX] = {0};
        unsigned char expected[8];
        for (int rank = 0; rank < n; rank++) {
            reference_input(&words[rank], o->type, o->seed, rank, begin + i);
        }
        reference_fold_scaled(expected, o->type, words, factors, n);
        if (!reference_equal(o->type, expected, f->receive + i * size)) {
            test_fail(__FILE__, __LINE__, "kind %d type %d count %zu: element %zu", (int)o->kind,
                      (int)o->type, o->count, i);
        }
    }
}

/* The scalar at the host is gone when the call returns; that in device memory is written by the
 * stream just before. */
static void run_operation(const struct fixture *f, const struct operation *o, bool on_device) {
    ncclRedOp_t redop;
    uint64_t scalar = scalar_of(o, f->rank->rank);
    fill(f, o);
    if (on_device) {
        memset(f->scalars, 0xff, 8);
        CUDA(cudaMemcpyAsync(f->scalars, &scalar, 8, cudaMemcpyHostToDevice, f->stream));
        NCCL(ncclRedOpCreatePreMulSum(&redop, f->scalars, o->type, ncclScalarDevice, f->comm));
    } else {
        NCCL(ncclRedOpCreatePreMulSum(&redop, &scalar, o->type, ncclScalarHostImmediate, f->comm));
        memset(&scalar, 0xff, sizeof scalar);
    }
    CHECK((int)redop >= (int)ncclNumOps);
    NCCL(call(f, o, redop));
    NCCL(ncclRedOpDestroy(redop, f->comm)); /* the operation may be under way */
    CUDA(cudaStreamSynchronize(f->stream));
    check(f, o);
}

static void every_type(struct test_rank *rank) {
    struct fixture f = make_fixture(rank);
    static const size_t sizes[] = {8, 16, 300, 9000, 400000};
    uint64_t seed = rank->seed;
    for (int kind = 0; kind < KINDS; kind++) {
        for (int type = 0; type < ncclNumTypes; type++) {
            for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
                struct operation o = {.kind = (enum kind)kind,
                                      .type = (ncclDataType_t)type,
                                      .count = sizes[s] / reference_type_bytes(type),
                                      .root = (type + kind) % rank->nranks,
                                      .seed = seed++};
                o.count /= kind == REDUCE_SCATTER && s == 4 ? (size_t)rank->nranks : 1;
                run_operation(&f, &o, (type + kind + (int)s) % 2 == 0);
            }
        }
    }
    free_fixture(&f);
}

/* Many operators, each rank with others before it, used in one group and in another order than they
 * were made. */
static void many(struct test_rank *rank) {
    enum { OPERATORS = 20 };
    struct fixture f = make_fixture(rank);
    int32_t *send = (int32_t *)(void *)f.send;
    int32_t *receive = (int32_t *)(void *)f.receive;
    ncclRedOp_t unused[TEST_RANKS_MAX];
    ncclRedOp_t redops[OPERATORS];
    int32_t one = 1;
    for (int i = 0; i < rank->rank; i++) {
        NCCL(
            ncclRedOpCreatePreMulSum(&unused[i], &one, ncclInt32, ncclScalarHostImmediate, f.comm));
    }
    for (int i = 0; i < OPERATORS; i++) {
        int32_t scalar = (i + 1) * (rank->rank + 1);
        NCCL(ncclRedOpCreatePreMulSum(&redops[i], &scalar, ncclInt32, ncclScalarHostImmediate,
                                      f.comm));
        send[i] = 7 + i;
    }
    NCCL(ncclGroupStart());
    for (int i = OPERATORS - 1; i >= 0; i--) {
        NCCL(ncclAllReduce(send + i, receive + i, 1, ncclInt32, redops[i], f.comm, f.stream));
        NCCL(ncclRedOpDestroy(redops[i], f.comm));
    }
    NCCL(ncclGroupEnd());
    CUDA(cudaStreamSynchronize(f.stream));
    int ranks = rank->nranks * (rank->nranks + 1) / 2;
    for (int i = 0; i < OPERATORS; i++) {
        CHECK(receive[i] == (7 + i) * (i + 1) * ranks);
    }
    free_fixture(&f); /* the unused ones end with the communicator */
}

static void misuse(struct test_rank *rank) {
    struct fixture f = make_fixture(rank);
    ncclComm_t other = test_comm(rank, 1);
    ncclRedOp_t redop;
    float scalar = 2;
    ncclScalarResidence_t host = ncclScalarHostImmediate;
    ncclComm_t c = f.comm;
    CHECK(ncclRedOpCreatePreMulSum(NULL, &scalar, ncclFloat32, host, c) == ncclInvalidArgument);
    CHECK(ncclRedOpCreatePreMulSum(&redop, NULL, ncclFloat32, host, c) == ncclInvalidArgument);
    CHECK(ncclRedOpCreatePreMulSum(&redop, &scalar, (ncclDataType_t)12, host, c) ==
          ncclInvalidArgument);
    CHECK(ncclRedOpCreatePreMulSum(&redop, &scalar, ncclFloat32, (ncclScalarResidence_t)2, c) ==
          ncclInvalidArgument);
    CHECK(ncclRedOpCreatePreMulSum(&redop, &scalar, ncclFloat32, ncclScalarDevice, c) ==
          ncclInvalidArgument);
    CHECK(ncclRedOpCreatePreMulSum(&redop, &scalar, ncclFloat32, host, NULL) ==
          ncclInvalidArgument);
    CHECK(ncclRedOpDestroy(ncclSum, c) == ncclInvalidArgument);
    CHECK(ncclRedOpDestroy((ncclRedOp_t)-3, c) == ncclInvalidArgument);
    CHECK(ncclRedOpDestroy((ncclRedOp_t)4711, c) == ncclInvalidArgument);
    NCCL(ncclRedOpCreatePreMulSum(&redop, &scalar, ncclFloat32, host, c));
    CHECK(ncclAllReduce(f.send, f.receive, 1, ncclFloat64, redop, c, f.stream) ==
          ncclInvalidArgument);
    CHECK(strstr(ncclGetLastError(NULL), "was made for type") != NULL);
    CHECK(ncclAllReduce(f.send, f.receive, 1, ncclFloat32, redop, other, f.stream) ==
          ncclInvalidArgument);
    CHECK(ncclRedOpDestroy(redop, other) == ncclInvalidArgument);
    NCCL(ncclRedOpDestroy(redop, c));
    CHECK(ncclRedOpDestroy(redop, c) == ncclInvalidArgument);
    CHECK(ncclAllReduce(f.send, f.receive, 1, ncclFloat32, redop, c, f.stream) ==
          ncclInvalidArgument);
    NCCL(ncclAllReduce(f.send, f.receive, 1, ncclFloat32, ncclSum, c, f.stream));
    CUDA(cudaStreamSynchronize(f.stream));
    NCCL(ncclCommDestroy(other));
    free_fixture(&f);
}

/* --- ncclCommRegister --- */

static void registration(struct test_rank *rank) {
    struct fixture f = make_fixture(rank);
    void *handle = NULL;
    void *again = NULL;
    int variable;
    CHECK(ncclCommRegister(f.comm, &variable, 4, &handle) == ncclInvalidArgument);
    CHECK(ncclCommRegister(f.comm, f.send, 0, &handle) == ncclInvalidArgument);
    CHECK(ncclCommRegister(f.comm, f.send, BUFFER_BYTES + 257, &handle) == ncclInvalidArgument);
    CHECK(ncclCommRegister(f.comm, f.send, 4, NULL) == ncclInvalidArgument);
    CHECK(ncclCommRegister(NULL, f.send, 4, &handle) == ncclInvalidArgument);
    CHECK(ncclCommDeregister(f.comm, f.send) == ncclInvalidUsage);
    NCCL(ncclCommDeregister(f.comm, NULL));
    NCCL(ncclCommRegister(f.comm, f.send, BUFFER_BYTES, &handle));
    NCCL(ncclCommRegister(f.comm, f.send, BUFFER_BYTES, &again));
    CHECK(handle != NULL && again == handle);
    NCCL(ncclCommRegister(f.comm, f.send + 256, 256, &again));
    CHECK(again != handle);
    NCCL(ncclAllReduce(f.send, f.receive, 1000, ncclInt8, ncclSum, f.comm, f.stream));
    NCCL(ncclCommDeregister(f.comm, handle));
    NCCL(ncclCommDeregister(f.comm, handle));
    CHECK(ncclCommDeregister(f.comm, handle) == ncclInvalidUsage);
    CUDA(cudaStreamSynchronize(f.stream));
    free_fixture(&f); /* one is left */
}

static const struct test_scenario scenarios[] = {
    {.name = "every_type1", .nranks = 1, .seconds = 60, .run = every_type},
    {.name = "every_type2", .nranks = 2, .seconds = 60, .run = every_type},
    {.name = "every_type3", .nranks = 3, .seconds = 60, .run = every_type},
    {.name = "many", .nranks = 3, .seconds = 30, .run = many},
    {.name = "misuse", .nranks = 2, .seconds = 30, .run = misuse},
    {.name = "registration", .nranks = 2, .seconds = 30, .run = registration},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
