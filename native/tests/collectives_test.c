/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every collective between processes: types, operators, sizes around every threshold, in and out of
 * place, against the reference. The send buffer is overwritten the moment an operation has
 * completed, since peers must have read it by then.
 */
#include "harness.h"
#include "reference.h"

#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)3 << 20)
#define GUARD 0x5a

enum kind {
    ALL_REDUCE,
    BROADCAST,
    REDUCE,
    ALL_GATHER,
    REDUCE_SCATTER,
    ALL_TO_ALL,
    GATHER,
    SCATTER,
    KINDS
};

struct fixture {
    struct test_rank *rank;
    ncclComm_t comm;
    cudaStream_t stream;
    unsigned char *a;
    unsigned char *b;
};

struct test_case {
    enum kind kind;
    ncclDataType_t type;
    ncclRedOp_t redop;
    size_t count;
    size_t misalignment;
    int root;
    bool in_place;
    uint64_t seed;
};

static struct fixture make_fixture(struct test_rank *rank, int id) {
    struct fixture fixture = {.rank = rank, .comm = test_comm(rank, id)};
    CUDA(cudaStreamCreateWithFlags(&fixture.stream, cudaStreamNonBlocking));
    CUDA(cudaMalloc((void **)&fixture.a, BUFFER_BYTES));
    CUDA(cudaMalloc((void **)&fixture.b, BUFFER_BYTES));
    return fixture;
}

static void free_fixture(struct fixture *fixture) {
    NCCL(ncclCommDestroy(fixture->comm));
    CUDA(cudaFree(fixture->a));
    CUDA(cudaFree(fixture->b));
    CUDA(cudaStreamDestroy(fixture->stream));
}

/* --- what a rank gives and gets, in elements --- */

static size_t parts_sent(const struct test_case *c, int n) {
    return c->kind == REDUCE_SCATTER || c->kind == ALL_TO_ALL || c->kind == SCATTER ? (size_t)n : 1;
}

static size_t parts_received(const struct test_case *c, int n) {
    return c->kind == ALL_GATHER || c->kind == ALL_TO_ALL || c->kind == GATHER ? (size_t)n : 1;
}

static bool sends(const struct test_case *c, int rank) {
    return (c->kind != BROADCAST && c->kind != SCATTER) || rank == c->root;
}

static bool receives(const struct test_case *c, int rank) {
    return (c->kind != REDUCE && c->kind != GATHER) || rank == c->root;
}

/* Element i of part p of what the rank receives. */
static void expected_element(const struct test_case *c, void *out, int rank, int n, size_t part,
                             size_t i) {
    switch (c->kind) {
    case ALL_REDUCE:
    case REDUCE:
        reference_reduce(out, c->type, c->redop, c->seed, n, i);
        break;
    case REDUCE_SCATTER:
        reference_reduce(out, c->type, c->redop, c->seed, n, (size_t)rank * c->count + i);
        break;
    case BROADCAST:
        reference_input(out, c->type, c->seed, c->root, i);
        break;
    case SCATTER:
        reference_input(out, c->type, c->seed, c->root, (size_t)rank * c->count + i);
        break;
    case ALL_TO_ALL:
        reference_input(out, c->type, c->seed, (int)part, (size_t)rank * c->count + i);
        break;
    default:
        reference_input(out, c->type, c->seed, (int)part, i);
    }
}

/* --- one case --- */

struct buffers {
    unsigned char *send;
    unsigned char *receive;
};

static struct buffers place(const struct fixture *f, const struct test_case *c) {
    size_t part = c->count * reference_type_bytes(c->type);
    size_t mine = (size_t)f->rank->rank * part;
    unsigned char *base = f->a + c->misalignment;
    if (!c->in_place) {
        return (struct buffers){base, f->b + c->misalignment};
    }
    switch (c->kind) {
    case ALL_GATHER:
    case GATHER:
        return (struct buffers){base + mine, base};
    case REDUCE_SCATTER:
    case SCATTER:
        return (struct buffers){base, base + mine};
    default:
        return (struct buffers){base, base};
    }
}

static ncclResult_t call(const struct fixture *f, const struct test_case *c, struct buffers b) {
    switch (c->kind) {
    case ALL_REDUCE:
        return ncclAllReduce(b.send, b.receive, c->count, c->type, c->redop, f->comm, f->stream);
    case BROADCAST:
        return ncclBroadcast(b.send, b.receive, c->count, c->type, c->root, f->comm, f->stream);
    case REDUCE:
        return ncclReduce(b.send, b.receive, c->count, c->type, c->redop, c->root, f->comm,
                          f->stream);
    case ALL_GATHER:
        return ncclAllGather(b.send, b.receive, c->count, c->type, f->comm, f->stream);
    case REDUCE_SCATTER:
        return ncclReduceScatter(b.send, b.receive, c->count, c->type, c->redop, f->comm,
                                 f->stream);
    case ALL_TO_ALL:
        return ncclAlltoAll(b.send, b.receive, c->count, c->type, f->comm, f->stream);
    case GATHER:
        return ncclGather(b.send, b.receive, c->count, c->type, c->root, f->comm, f->stream);
    default:
        return ncclScatter(b.send, b.receive, c->count, c->type, c->root, f->comm, f->stream);
    }
}

static void fill(const struct fixture *f, const struct test_case *c, struct buffers b) {
    size_t size = reference_type_bytes(c->type);
    int rank = f->rank->rank;
    size_t received = parts_received(c, f->rank->nranks) * c->count * size;
    if (!c->in_place) {
        memset(b.receive, GUARD, received + 64);
    }
    if (sends(c, rank)) {
        size_t elements = parts_sent(c, f->rank->nranks) * c->count;
        for (size_t i = 0; i < elements; i++) {
            reference_input(b.send + i * size, c->type, c->seed, rank, i);
        }
    }
}

static void describe_failure(const struct fixture *f, const struct test_case *c, size_t part,
                             size_t i) {
    test_fail(
        __FILE__, __LINE__,
        "kind %d type %d operator %d count %zu root %d in place %d ranks %d: part %zu element %zu",
        c->kind, (int)c->type, (int)c->redop, c->count, c->root, c->in_place, f->rank->nranks, part,
        i);
}

static void check(const struct fixture *f, const struct test_case *c, struct buffers b) {
    size_t size = reference_type_bytes(c->type);
    int n = f->rank->nranks;
    size_t parts = parts_received(c, n);
    if (!receives(c, f->rank->rank)) {
        return;
    }
    for (size_t part = 0; part < parts; part++) {
        for (size_t i = 0; i < c->count; i++) {
            unsigned char expected[8];
            expected_element(c, expected, f->rank->rank, n, part, i);
            if (!reference_equal(c->type, expected, b.receive + (part * c->count + i) * size)) {
                describe_failure(f, c, part, i);
            }
        }
    }
    for (size_t i = 0; i < 64 && !c->in_place; i++) {
        CHECK(b.receive[parts * c->count * size + i] == GUARD);
    }
}

static void run_case(const struct fixture *f, const struct test_case *c) {
    struct buffers b = place(f, c);
    fill(f, c, b);
    NCCL(call(f, c, b));
    CUDA(cudaStreamSynchronize(f->stream));
    if (!c->in_place && sends(c, f->rank->rank)) {
        size_t sent = parts_sent(c, f->rank->nranks) * c->count * reference_type_bytes(c->type);
        memset(b.send, 0xff, sent);
    }
    check(f, c, b);
}

static bool reduces(enum kind kind) {
    return kind == ALL_REDUCE || kind == REDUCE || kind == REDUCE_SCATTER;
}

/* A size near a threshold: inline payload, mailbox, piece, step; or any other. */
static size_t random_bytes(uint64_t *random, size_t most) {
    static const size_t thresholds[] = {8, 24, 32, 1024, 4096, 65536, 524288};
    uint64_t bits = test_random(random);
    size_t bytes = thresholds[bits % 7] + (bits >> 8) % 40 - 20;
    if ((bits >> 20) % 4 == 0) {
        bytes = (size_t)1 << ((bits >> 24) % 21);
        bytes += (bits >> 32) % bytes;
    }
    if (bytes > most || bytes > SIZE_MAX / 2) {
        bytes = most;
    }
    return bytes;
}

static struct test_case random_case(uint64_t *random, int n) {
    struct test_case c = {.seed = test_random(random)};
    uint64_t bits = test_random(random);
    c.kind = (enum kind)(bits % KINDS);
    c.type = (ncclDataType_t)((bits >> 8) % ncclNumTypes);
    c.redop = (ncclRedOp_t)((bits >> 16) % ncclNumOps);
    c.root = (int)((bits >> 24) % (uint64_t)n);
    c.in_place = c.kind != ALL_TO_ALL && (bits >> 32) % 2 == 0;
    c.misalignment = (bits >> 40) % 4 == 0 ? (bits >> 44) % 16 : 0;
    size_t most = (bits >> 48) % 8 == 0 ? (BUFFER_BYTES - 128) / (size_t)n : 140000;
    c.count = random_bytes(random, most) / reference_type_bytes(c.type);
    return c;
}

/* --- scenarios --- */

static void random_cases(struct test_rank *rank) {
    struct fixture fixture = make_fixture(rank, 0);
    uint64_t random = rank->seed;
    const char *rounds = getenv("TEST_CASES");
    for (int i = 0; i < (rounds != NULL ? atoi(rounds) : 400 / rank->nranks); i++) {
        struct test_case c = random_case(&random, rank->nranks);
        run_case(&fixture, &c);
    }
    free_fixture(&fixture);
}

/* Every kind, type and operator, at one size for each way that data can take. */
static void every_combination(struct test_rank *rank) {
    struct fixture fixture = make_fixture(rank, 0);
    static const size_t sizes[] = {8, 300, 9000};
    for (int kind = 0; kind < KINDS; kind++) {
        for (int type = 0; type < ncclNumTypes; type++) {
            for (int redop = 0; redop < (reduces((enum kind)kind) ? ncclNumOps : 1); redop++) {
                for (int s = 0; s < 6; s++) {
                    struct test_case c = {
                        .kind = (enum kind)kind,
                        .type = (ncclDataType_t)type,
                        .redop = (ncclRedOp_t)redop,
                        .count = sizes[s / 2] / reference_type_bytes((ncclDataType_t)type),
                        .root = (kind + type + s) % rank->nranks,
                        .in_place = s % 2 == 1 && kind != ALL_TO_ALL,
                        .seed = rank->seed + (uint64_t)(kind * 100 + type * 10 + s)};
                    run_case(&fixture, &c);
                }
            }
        }
    }
    free_fixture(&fixture);
}

/* Many operations in flight before anybody waits: the rings wrap, one-way operations run ahead. */
static void pipelined(struct test_rank *rank) {
    struct fixture f = make_fixture(rank, 0);
    enum { OPS = 200 };
    int32_t *send = (int32_t *)(void *)f.a;
    int32_t *receive = (int32_t *)(void *)f.b;
    uint64_t random = rank->seed;
    for (int round = 0; round < 10; round++) {
        int root = (int)(test_random(&random) % (uint64_t)rank->nranks);
        for (int i = 0; i < OPS; i++) {
            send[i] = rank->rank * 1000 + i + round;
            receive[i] = -1;
        }
        for (int i = 0; i < OPS; i++) {
            if (i % 3 == 0) {
                NCCL(ncclAllReduce(send + i, receive + i, 1, ncclInt32, ncclMax, f.comm, f.stream));
            } else {
                NCCL(ncclBroadcast(send + i, receive + i, 1, ncclInt32, root, f.comm, f.stream));
            }
        }
        CUDA(cudaStreamSynchronize(f.stream));
        for (int i = 0; i < OPS; i++) {
            int from = i % 3 == 0 ? rank->nranks - 1 : root;
            CHECK(receive[i] == from * 1000 + i + round);
        }
    }
    free_fixture(&f);
}

static void ring(struct fixture *f, size_t bytes, int messages) {
    int n = f->rank->nranks;
    int next = (f->rank->rank + 1) % n;
    int previous = (f->rank->rank + n - 1) % n;
    for (int m = 0; m < messages; m++) {
        memset(f->a + (size_t)m * bytes, 1 + f->rank->rank * 16 + m, bytes);
    }
    memset(f->b, 0, bytes * (size_t)messages);
    NCCL(ncclGroupStart());
    for (int m = 0; m < messages; m++) {
        NCCL(ncclRecv(f->b + (size_t)m * bytes, bytes, ncclInt8, previous, f->comm, f->stream));
        NCCL(ncclSend(f->a + (size_t)m * bytes, bytes, ncclInt8, next, f->comm, f->stream));
    }
    NCCL(ncclGroupEnd());
    CUDA(cudaStreamSynchronize(f->stream));
    memset(f->a, 0xee, bytes * (size_t)messages);
    for (int m = 0; m < messages; m++) {
        for (size_t i = 0; i<bytes; i += bytes> 100 ? 37 : 1) {
            CHECK(f->b[(size_t)m * bytes + i] == (unsigned char)(1 + previous * 16 + m));
        }
    }
}

static void messages(struct test_rank *rank) {
    struct fixture f = make_fixture(rank, 0);
    static const size_t sizes[] = {1, 32, 33, 1024, 1025, 70000};
    for (int round = 0; round < 20; round++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            ring(&f, sizes[s], 1);
            ring(&f, sizes[s], 13); /* more than a lane holds */
        }
    }
    free_fixture(&f);
}

/* A group with everything in it, over two streams and two communicators. */
static void mixed_group(struct test_rank *rank) {
    struct fixture f = make_fixture(rank, 0);
    struct fixture g = make_fixture(rank, 1);
    int n = rank->nranks;
    int peer = n - 1 - rank->rank;
    int32_t *a = (int32_t *)(void *)f.a;
    int32_t *b = (int32_t *)(void *)f.b;
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < 8000; i++) {
            a[i] = rank->rank + round + i;
            b[i] = -1;
        }
        NCCL(ncclGroupStart());
        NCCL(ncclAllReduce(a, b, 1000, ncclInt32, ncclSum, f.comm, f.stream));
        NCCL(ncclAllReduce(a + 1000, b + 1000, 2000, ncclInt32, ncclMin, g.comm, f.stream));
        NCCL(ncclSend(a + 3000, 1000, ncclInt32, peer, f.comm, f.stream));
        NCCL(ncclRecv(b + 3000, 1000, ncclInt32, peer, f.comm, g.stream));
        NCCL(ncclBroadcast(a + 4000, b + 4000, 3, ncclInt32, round % n, g.comm, g.stream));
        NCCL(ncclAllReduce(a + 5000, b + 5000, 5, ncclInt32, ncclMax, f.comm, g.stream));
        NCCL(ncclGroupEnd());
        CUDA(cudaStreamSynchronize(g.stream));
        CUDA(cudaStreamSynchronize(f.stream));
        for (int i = 0; i < 1000; i++) {
            CHECK(b[i] == n * (round + i) + n * (n - 1) / 2);
            CHECK(b[1000 + i] == round + 1000 + i);
            CHECK(b[3000 + i] == peer + round + 3000 + i);
        }
        for (int i = 0; i < 3; i++) {
            CHECK(b[4000 + i] == round % n + round + 4000 + i);
            CHECK(b[5000 + i] == n - 1 + round + 5000 + i);
        }
    }
    free_fixture(&g);
    free_fixture(&f);
}

/* Opposite orders of waiting on two streams: only stepping everything gets through. */
static void crossed_waits(struct test_rank *rank) {
    struct fixture f = make_fixture(rank, 0);
    struct fixture g = make_fixture(rank, 1);
    for (int round = 0; round < 300; round++) {
        NCCL(ncclAllReduce(f.a, f.b, 20000, ncclInt8, ncclSum, f.comm, f.stream));
        NCCL(ncclAllReduce(g.a, g.b, 20000, ncclInt8, ncclSum, g.comm, g.stream));
        CUDA(cudaStreamSynchronize(rank->rank % 2 == 0 ? f.stream : g.stream));
        CUDA(cudaStreamSynchronize(rank->rank % 2 == 0 ? g.stream : f.stream));
    }
    free_fixture(&g);
    free_fixture(&f);
}

/* Nobody waits: the helper thread carries on alone. */
static void unattended(struct test_rank *rank) {
    struct fixture f = make_fixture(rank, 0);
    for (int round = 0; round < 20; round++) {
        cudaEvent_t event;
        CUDA(cudaEventCreate(&event));
        if (rank->rank == 0) {
            usleep(3000);
        }
        f.a[0] = (unsigned char)(rank->rank + 1);
        NCCL(ncclAllReduce(f.a, f.b, 100000, ncclInt8, ncclSum, f.comm, f.stream));
        CUDA(cudaEventRecord(event, f.stream));
        uint64_t enqueued = 0;
        uint64_t completed = 0;
        int64_t deadline = test_nanos() + 5000000000ll;
        do {
            NCCL(convoyCommProgress(f.comm, &enqueued, &completed)); /* steps nothing */
            CHECK(test_nanos() < deadline);
            usleep(100);
        } while (completed < enqueued);
        CUDA(cudaEventSynchronize(event));
        CHECK(f.b[0] == (unsigned char)(rank->nranks * (rank->nranks + 1) / 2));
        CUDA(cudaEventDestroy(event));
    }
    free_fixture(&f);
}

/* --- rules --- */

static void rules(struct test_rank *rank) {
    struct fixture f = make_fixture(rank, 0);
    int stack_variable = 0;
    ncclComm_t c = f.comm;
    cudaStream_t s = f.stream;
    CHECK(ncclAllReduce(&stack_variable, f.b, 1, ncclInt32, ncclSum, c, s) == ncclInvalidArgument);
    CHECK(ncclAllReduce(f.a, f.b, BUFFER_BYTES + 1, ncclInt8, ncclSum, c, s) ==
          ncclInvalidArgument);
    CHECK(ncclAllReduce(f.a, f.b, SIZE_MAX / 2, ncclFloat64, ncclSum, c, s) == ncclInvalidArgument);
    CHECK(ncclAllReduce(f.a, f.b, 1, (ncclDataType_t)77, ncclSum, c, s) == ncclInvalidArgument);
    CHECK(ncclAllReduce(f.a, f.b, 1, ncclInt32, (ncclRedOp_t)9, c, s) == ncclInvalidArgument);
    CHECK(ncclBroadcast(f.a, f.b, 1, ncclInt32, rank->nranks, c, s) == ncclInvalidArgument);
    CHECK(ncclAlltoAll(f.a, f.a, 1, ncclInt32, c, s) == ncclInvalidUsage);
    CHECK(ncclAllReduce(f.a, f.b, 1, ncclInt32, ncclSum, NULL, s) == ncclInvalidArgument);
    CHECK(ncclGroupEnd() == ncclInvalidUsage);
    NCCL(ncclAllReduce(NULL, NULL, 0, ncclInt32, ncclSum, c, s));
    NCCL(ncclGroupStart());
    CHECK(ncclAllReduce(NULL, f.b, 1, ncclInt32, ncclSum, c, s) == ncclInvalidArgument);
    CHECK(ncclGroupEnd() == ncclInvalidArgument);
    /* NULL where the buffer is ignored. */
    NCCL(ncclBroadcast(rank->rank == 0 ? f.a : NULL, f.b, 4, ncclInt8, 0, c, s));
    NCCL(ncclReduce(f.a, rank->rank == 0 ? f.b : NULL, 40000, ncclInt8, ncclSum, 0, c, s));
    CUDA(cudaStreamSynchronize(s));
    free_fixture(&f);
}

/* The ranks disagree: diagnosed, not computed. */
static void mismatch(struct test_rank *rank) {
    struct fixture f = make_fixture(rank, 0);
    NCCL(ncclAllReduce(f.a, f.b, rank->rank == 0 ? 100 : 50000, ncclInt32, ncclSum, f.comm,
                       f.stream));
    int64_t deadline = test_nanos() + 5000000000ll;
    ncclResult_t status = ncclSuccess;
    while (status == ncclSuccess) {
        CHECK(convoyStreamWait(f.stream, 10000000) == cudaErrorNotReady);
        NCCL(ncclCommGetAsyncError(f.comm, &status));
        CHECK(test_nanos() < deadline);
    }
    CHECK(status == ncclInvalidUsage);
    CHECK(strstr(ncclGetLastError(f.comm), "mismatch") != NULL);
    test_barrier(rank, 0);
    NCCL(ncclCommAbort(f.comm));
    CUDA(cudaStreamSynchronize(f.stream));
}

static const struct test_scenario scenarios[] = {
    {.name = "every1", .nranks = 1, .seconds = 60, .run = every_combination},
    {.name = "every2", .nranks = 2, .seconds = 60, .run = every_combination},
    {.name = "every3", .nranks = 3, .seconds = 60, .run = every_combination},
    {.name = "random2", .nranks = 2, .seconds = 60, .run = random_cases},
    {.name = "random3", .nranks = 3, .seconds = 60, .run = random_cases},
    {.name = "random4", .nranks = 4, .seconds = 60, .run = random_cases},
    {.name = "random7", .nranks = 7, .seconds = 60, .run = random_cases},
    {.name = "pipelined3", .nranks = 3, .seconds = 30, .run = pipelined},
    {.name = "messages1", .nranks = 1, .seconds = 30, .run = messages},
    {.name = "messages2", .nranks = 2, .seconds = 30, .run = messages},
    {.name = "messages4", .nranks = 4, .seconds = 30, .run = messages},
    {.name = "mixed_group2", .nranks = 2, .seconds = 30, .run = mixed_group},
    {.name = "mixed_group3", .nranks = 3, .seconds = 30, .run = mixed_group},
    {.name = "crossed_waits", .nranks = 4, .seconds = 30, .run = crossed_waits},
    {.name = "unattended", .nranks = 3, .seconds = 30, .run = unattended},
    {.name = "rules", .nranks = 2, .seconds = 30, .run = rules},
    {.name = "mismatch", .nranks = 2, .seconds = 30, .run = mismatch},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
