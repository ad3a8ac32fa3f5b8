/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows, puts and signals between processes: contents and order, from several streams and in
 * groups, into a target that does something else, that is late, refuses, aborts or dies.
 */
#define _GNU_SOURCE
#include "harness.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define MILLIS 1000000ll
#define BYTES ((size_t)4 << 20)

struct fixture {
    struct test_rank *rank;
    ncclComm_t comm;
    cudaStream_t stream;
    unsigned char *source;
    unsigned char *target;
    ncclWindow_t sources;
    ncclWindow_t targets;
};

static struct fixture make_fixture(struct test_rank *rank) {
    struct fixture f = {.rank = rank, .comm = test_comm(rank, 0)};
    CUDA(cudaStreamCreateWithFlags(&f.stream, cudaStreamNonBlocking));
    NCCL(ncclMemAlloc((void **)&f.source, BYTES));
    NCCL(ncclMemAlloc((void **)&f.target, BYTES));
    memset(f.source, 0, BYTES);
    memset(f.target, 0, BYTES);
    NCCL(ncclCommWindowRegister(f.comm, f.source, BYTES, &f.sources, NCCL_WIN_COLL_SYMMETRIC));
    NCCL(ncclCommWindowRegister(f.comm, f.target, BYTES, &f.targets, NCCL_WIN_COLL_SYMMETRIC));
    return f;
}

static void meet(struct fixture *f) {
    NCCL(ncclAllReduce(f->source, f->source, 1, ncclInt8, ncclMax, f->comm, f->stream));
    CUDA(cudaStreamSynchronize(f->stream));
}

static void free_fixture(struct fixture *f) {
    meet(f); /* nobody leaves while others put */
    NCCL(ncclCommWindowDeregister(f->comm, f->targets));
    NCCL(ncclCommWindowDeregister(f->comm, f->sources));
    NCCL(ncclCommDestroy(f->comm));
    CUDA(cudaStreamDestroy(f->stream));
    NCCL(ncclMemFree(f->source));
    NCCL(ncclMemFree(f->target));
}

static void put(const struct fixture *f, size_t from, size_t bytes, int peer, size_t to,
                cudaStream_t stream) {
    NCCL(ncclPutSignal(f->source + from, bytes, ncclInt8, peer, f->targets, to, 0, 0, 0, f->comm,
                       stream));
}

static void wait_signals(const struct fixture *f, int peer, int count, cudaStream_t stream) {
    ncclWaitSignalDesc_t wait = {.opCnt = count, .peer = peer};
    NCCL(ncclWaitSignal(1, &wait, f->comm, stream));
}

/* Waits for the communicator's error while its streams stay as they are. */
static ncclResult_t await_error(const struct fixture *f) {
    int64_t deadline = test_nanos() + 10000 * MILLIS;
    ncclResult_t status = ncclSuccess;
    while (status == ncclSuccess) {
        CHECK(test_nanos() < deadline);
        convoyStreamWait(f->stream, 5 * MILLIS);
        NCCL(ncclCommGetAsyncError(f->comm, &status));
    }
    return status;
}

/* --- contents --- */

static unsigned char pattern(uint64_t round, int origin, size_t i) {
    return (unsigned char)(round * 31 + (uint64_t)origin * 7 + i * 13 + i / 251);
}

static size_t random_bytes(uint64_t *random, size_t most) {
    uint64_t bits = test_random(random);
    size_t bytes = (size_t)1 << (bits % 20);
    bytes += (bits >> 20) % bytes;
    return bits % 17 == 0 ? 0 : bytes < most ? bytes : most;
}

/* Everybody puts to everybody, itself included, each into a place of its own; and overwrites what
 * it has put as soon as the stream says that it may. */
static void everybody(struct test_rank *rank) {
    struct fixture f = make_fixture(rank);
    int n = rank->nranks;
    size_t part = BYTES / (size_t)n;
    uint64_t random = rank->seed; /* the same on all */
    for (uint64_t round = 0; round < 60; round++) {
        ncclWaitSignalDesc_t waits[TEST_RANKS_MAX] = {{0}};
        size_t bytes = random_bytes(&random, part);
        for (size_t i = 0; i < bytes; i++) {
            f.source[i] = pattern(round, rank->rank, i);
        }
        bool grouped = test_random(&random) % 2 == 0;
        if (grouped) {
            NCCL(ncclGroupStart());
        }
        for (int i = 0; i < n; i++) {
            int peer = (rank->rank + i) % n;
            put(&f, 0, bytes, peer, part * (size_t)rank->rank, f.stream);
            waits[i] = (ncclWaitSignalDesc_t){.opCnt = 1, .peer = i};
        }
        NCCL(ncclWaitSignal(n, waits, f.comm, f.stream));
        if (grouped) {
            NCCL(ncclGroupEnd());
        }
        CUDA(cudaStreamSynchronize(f.stream));
        memset(f.source, 0xff, bytes);
        for (int origin = 0; origin < n; origin++) {
            for (size_t i = 0; i < bytes; i++) {
                CHECK(f.target[part * (size_t)origin + i] == pattern(round, origin, i));
            }
        }
        meet(&f);
    }
    free_fixture(&f);
}

/* Many under way from several streams; signals come in the order of the calls. */
static void in_flight(struct test_rank *rank) {
    enum { PUTS = 200, STREAMS = 3 };
    struct fixture f = make_fixture(rank);
    cudaStream_t streams[STREAMS];
    int peer = 1 - rank->rank;
    size_t part = BYTES / PUTS;
    for (int s = 0; s < STREAMS; s++) {
        CUDA(cudaStreamCreateWithFlags(&streams[s], cudaStreamNonBlocking));
    }
    for (uint64_t round = 0; round < 4; round++) {
        for (size_t i = 0; i < BYTES; i++) {
            f.source[i] = pattern(round, rank->rank, i);
        }
        for (size_t p = 0; p < PUTS; p++) {
            if (p % 5 == 4) {
                NCCL(ncclSignal(peer, 0, 0, 0, f.comm, streams[p % STREAMS]));
            } else {
                put(&f, p * part, part, peer, p * part, streams[p % STREAMS]);
            }
        }
        for (size_t p = 0; p < PUTS; p++) {
            wait_signals(&f, peer, 1, f.stream);
            if (p % 9 == 0 || p == PUTS - 1) { /* all up to this one must be there */
                CUDA(cudaStreamSynchronize(f.stream));
                for (size_t i = 0; i < (p + 1) * part; i++) {
                    CHECK(i / part % 5 == 4 || f.target[i] == pattern(round, peer, i));
                }
            }
        }
        for (int s = 0; s < STREAMS; s++) {
            CUDA(cudaStreamSynchronize(streams[s]));
        }
        meet(&f);
    }
    free_fixture(&f);
}

/* Crossed: each rank waits on one stream before it puts on another. */
static void crossed(struct test_rank *rank) {
    struct fixture f = make_fixture(rank);
    cudaStream_t other;
    CUDA(cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking));
    int peer = 1 - rank->rank;
    for (int round = 0; round < 200; round++) {
        f.source[1] = (unsigned char)(round + rank->rank);
        wait_signals(&f, peer, 1, f.stream);
        put(&f, 1, 1, peer, (size_t)round, other);
        NCCL(ncclAllReduce(f.source + 2, f.source + 2, 1, ncclInt8, ncclMax, f.comm, other));
        CUDA(cudaStreamSynchronize(f.stream));
        CHECK(f.target[round] == (unsigned char)(round + peer));
        CUDA(cudaStreamSynchronize(other));
    }
    free_fixture(&f);
}

/* The target's program is outside of the runtime for as long as the put takes. */
static void passive(struct test_rank *rank) {
    struct fixture f = make_fixture(rank);
    for (int round = 0; round < 30; round++) {
        meet(&f);
        if (rank->rank == 0) {
            size_t bytes = (size_t)1 << (round % 22);
            memset(f.source, round + 1, bytes);
            put(&f, 0, bytes, 1, BYTES - bytes, f.stream);
            CUDA(convoyStreamWait(f.stream, 5000 * MILLIS));
            atomic_store(&rank->block->flags[1], round + 1);
        } else {
            test_await_flag(rank->block, 1, round + 1);
            wait_signals(&f, 0, 1, f.stream);
            CHECK(cudaStreamQuery(f.stream) == cudaSuccess); /* it was all there */
            CHECK(f.target[BYTES - 1] == round + 1);
        }
    }
    free_fixture(&f);
}

/* Signals need nobody at the other end, however many. */
static void run_ahead(struct test_rank *rank) {
    struct fixture f = make_fixture(rank);
    if (rank->rank == 0) {
        for (int i = 0; i < 1000; i++) {
            NCCL(ncclSignal(1, 0, 0, 0, f.comm, f.stream));
        }
        CUDA(convoyStreamWait(f.stream, 5000 * MILLIS));
        atomic_store(&rank->block->flags[0], 1);
    } else {
        test_await_flag(rank->block, 0, 1);
        for (int i = 0; i < 10; i++) {
            wait_signals(&f, 0, 100, f.stream);
        }
        CUDA(convoyStreamWait(f.stream, 5000 * MILLIS));
        wait_signals(&f, 0, 1, f.stream);
        CHECK(convoyStreamWait(f.stream, 20 * MILLIS) == cudaErrorNotReady);
        atomic_store(&rank->block->flags[1], 1);
    }
    test_await_flag(rank->block, 1, 1);
    if (rank->rank == 0) {
        NCCL(ncclSignal(1, 0, 0, 0, f.comm, f.stream));
    }
    CUDA(convoyStreamWait(f.stream, 5000 * MILLIS));
    free_fixture(&f);
}

/* The put comes before its target has registered the window. */
static void late(struct test_rank *rank) {
    struct fixture f = make_fixture(rank);
    ncclWindow_t window = NULL;
    for (int round = 1; round <= 10; round++) {
        if (rank->rank == 0) {
            NCCL(ncclCommWindowRegister(f.comm, f.target, 4096, &window, 0));
            memset(f.source, round, 4096);
            NCCL(ncclPutSignal(f.source, 1024, ncclFloat32, 1, window, 0, 0, 0, 0, f.comm,
                               f.stream));
            CHECK(cudaStreamQuery(f.stream) == cudaErrorNotReady);
            atomic_store(&rank->block->flags[0], round);
        } else {
            test_await_flag(rank->block, 0, round);
            NCCL(ncclCommWindowRegister(f.comm, f.target + 4096, 4096, &window, 0));
            wait_signals(&f, 0, 1, f.stream);
        }
        CUDA(convoyStreamWait(f.stream, 5000 * MILLIS));
        CHECK(rank->rank == 0 || (f.target[4096] == round && f.target[8191] == round));
        CHECK(f.target[8192] == 0);
        meet(&f);
        NCCL(ncclCommWindowDeregister(f.comm, window));
    }
    free_fixture(&f);
}

/* --- rules --- */

static void rules(struct test_rank *rank) {
    struct fixture f = make_fixture(rank);
    ncclComm_t c = f.comm;
    cudaStream_t s = f.stream;
    ncclWindow_t w = NULL;
    unsigned char *plain;
    void *pointer = NULL;
    int variable;
    ncclResult_t bad = ncclInvalidArgument;
    CUDA(cudaMalloc((void **)&plain, 4096));
    CHECK(ncclCommWindowRegister(c, &variable, 4, &w, 0) == bad);
    CHECK(ncclCommWindowRegister(c, f.source, 0, &w, 0) == bad);
    CHECK(ncclCommWindowRegister(c, f.source, BYTES + 512, &w, 0) == bad);
    CHECK(ncclCommWindowRegister(c, f.source, 4, NULL, 0) == bad);
    CHECK(ncclCommWindowRegister(c, f.source, 4, &w, 64) == bad && w == NULL);
    NCCL(ncclWinGetUserPtr(c, f.targets, &pointer));
    CHECK(pointer == f.target);
    CHECK(ncclWinGetUserPtr(c, NULL, &pointer) == bad);
    CHECK(ncclWinGetUserPtr(c, (ncclWindow_t)(void *)plain, &pointer) == bad);
    CHECK(ncclWinGetUserPtr(c, f.targets, NULL) == bad);
    CHECK(ncclPutSignal(f.source, 4, ncclInt8, 0, NULL, 0, 0, 0, 0, c, s) == bad);
    CHECK(ncclPutSignal(NULL, 4, ncclInt8, 0, f.targets, 0, 0, 0, 0, c, s) == bad);
    CHECK(ncclPutSignal(plain, 4, ncclInt8, 0, f.targets, 0, 0, 0, 0, c, s) == bad);
    CHECK(ncclPutSignal(f.source, 4, ncclInt8, 2, f.targets, 0, 0, 0, 0, c, s) == bad);
    CHECK(ncclPutSignal(f.source, 4, ncclInt8, -1, f.targets, 0, 0, 0, 0, c, s) == bad);
    CHECK(ncclPutSignal(f.source, 4, (ncclDataType_t)12, 0, f.targets, 0, 0, 0, 0, c, s) == bad);
    CHECK(ncclPutSignal(f.source, 4, ncclInt8, 0, f.targets, BYTES - 3, 0, 0, 0, c, s) == bad);
    CHECK(ncclPutSignal(f.source, 4, ncclInt8, 0, f.targets, SIZE_MAX, 0, 0, 0, c, s) == bad);
    CHECK(ncclPutSignal(f.source, SIZE_MAX / 4, ncclInt64, 0, f.targets, 0, 0, 0, 0, c, s) == bad);
    CHECK(ncclPutSignal(f.source + 8, BYTES, ncclInt8, 0, f.targets, 0, 0, 0, 0, c, s) == bad);
    CHECK(ncclPutSignal(f.source, 4, ncclInt8, 0, f.targets, 0, 1, 0, 0, c, s) == bad);
    CHECK(ncclPutSignal(f.source, 4, ncclInt8, 0, f.targets, 0, 0, 1, 0, c, s) == bad);
    CHECK(ncclPutSignal(f.source, 4, ncclInt8, 0, f.targets, 0, 0, 0, 1, c, s) == bad);
    CHECK(ncclSignal(2, 0, 0, 0, c, s) == bad);
    CHECK(ncclSignal(0, 0, 0, 0, NULL, s) == bad);
    ncclWaitSignalDesc_t waits[] = {{.opCnt = 0}, {.opCnt = 1, .peer = 2}, {.opCnt = 1, .ctx = 1}};
    for (int i = 0; i < 3; i++) {
        CHECK(ncclWaitSignal(1, &waits[i], c, s) == bad);
    }
    CHECK(ncclWaitSignal(0, waits, c, s) == bad && ncclWaitSignal(1, NULL, c, s) == bad);
    NCCL(ncclCommWindowDeregister(c, NULL));
    CHECK(ncclCommWindowDeregister(c, (ncclWindow_t)(void *)plain) == bad);
    NCCL(ncclGroupStart());
    CHECK(ncclSignal(7, 0, 0, 0, c, s) == bad);
    CHECK(ncclGroupEnd() == bad);
    CUDA(cudaStreamSynchronize(s));
    CUDA(cudaFree(plain));
    free_fixture(&f);
}

/* Rank 1's window is smaller than rank 0 believes: neither memory is touched, and both learn it. */
static void refused(struct test_rank *rank) {
    struct fixture f = make_fixture(rank);
    ncclWindow_t window;
    size_t bytes = rank->rank == 0 ? 8192 : 4096;
    NCCL(ncclCommWindowRegister(f.comm, f.target, bytes, &window, NCCL_WIN_COLL_SYMMETRIC));
    memset(f.source, 1, BYTES);
    if (rank->rank == 1) {
        wait_signals(&f, 0, 1, f.stream);
    }
    test_barrier(rank, 1);
    if (rank->rank == 0) {
        NCCL(ncclPutSignal(f.source, 2, ncclInt8, 1, window, 4095, 0, 0, 0, f.comm, f.stream));
    }
    CHECK(await_error(&f) == ncclInvalidUsage);
    CHECK(strstr(ncclGetLastError(f.comm), "refuse") != NULL);
    CHECK(f.target[4095] == 0 && f.target[4096] == 0);
    test_barrier(rank, 0);
    NCCL(ncclCommAbort(f.comm));
    CUDA(convoyStreamWait(f.stream, TEST_SOON_NANOS));
}

/* --- the end of a rank --- */

/* Puts to rank 1, a few at once, as long as that goes. */
static ncclResult_t put_until_failure(const struct fixture *f) {
    int64_t deadline = test_nanos() + 10000 * MILLIS;
    ncclResult_t status = ncclSuccess;
    while (status == ncclSuccess) {
        ncclResult_t result = ncclSuccess;
        for (int i = 0; i < 4 && result == ncclSuccess; i++) {
            result = ncclPutSignal(f->source, BYTES, ncclInt8, 1, f->targets, 0, 0, 0, 0, f->comm,
                                   f->stream);
        }
        while (status == ncclSuccess && convoyStreamWait(f->stream, 5 * MILLIS) != cudaSuccess) {
            NCCL(ncclCommGetAsyncError(f->comm, &status));
            CHECK(test_nanos() < deadline);
        }
        NCCL(ncclCommGetAsyncError(f->comm, &status));
    }
    return status;
}

/* The victim dies while both put to each other as fast as they can. */
static void killed(struct test_rank *rank) {
    struct fixture f = make_fixture(rank);
    int peer = 1 - rank->rank;
    uint64_t random = rank->seed;
    ncclResult_t status = ncclSuccess;
    atomic_fetch_add(&rank->block->flags[0], 1);
    int64_t deadline = test_nanos() + 10000 * MILLIS;
    while (status == ncclSuccess) {
        size_t bytes = random_bytes(&random, BYTES);
        ncclResult_t result =
            ncclPutSignal(f.source, bytes, ncclInt8, peer, f.targets, 0, 0, 0, 0, f.comm, f.stream);
        if (result == ncclSuccess && test_random(&random) % 2 == 0) {
            ncclWaitSignalDesc_t wait = {.opCnt = 1, .peer = peer};
            result = ncclWaitSignal(1, &wait, f.comm, f.stream);
        }
        CHECK(result == ncclSuccess || result == ncclRemoteError);
        cudaError_t waited = cudaErrorNotReady;
        while (waited != cudaSuccess && status == ncclSuccess) {
            waited = convoyStreamWait(f.stream, 5 * MILLIS);
            NCCL(ncclCommGetAsyncError(f.comm, &status));
            CHECK(test_nanos() < deadline);
        }
    }
    CHECK(status == ncclRemoteError);
    NCCL(ncclCommAbort(f.comm));
    CUDA(convoyStreamWait(f.stream, TEST_SOON_NANOS));
}

static void drive_kill(struct test_block *block, const int *pids, uint64_t seed) {
    test_await_flag(block, 0, 2);
    usleep((useconds_t)(test_random(&seed) % 20000));
    kill(pids[1], SIGKILL);
}

/* What the dead have posted still arrives. */
static void last_words(struct test_rank *rank) {
    struct fixture f = make_fixture(rank);
    memset(f.source, 9, BYTES);
    meet(&f);
    if (rank->rank == 1) {
        test_await_flag(rank->block, 0, 1);
        put(&f, 0, BYTES, 0, 0, f.stream);
        for (int i = 0; i < 3; i++) {
            NCCL(ncclSignal(0, 0, 0, 0, f.comm, f.stream));
        }
        kill(getpid(), SIGKILL);
    }
    wait_signals(&f, 1, 1, f.stream); /* the signals were behind the put, and may not have left */
    atomic_store(&rank->block->flags[0], 1);
    int64_t deadline = test_nanos() + 5000 * MILLIS;
    while (convoyStreamWait(f.stream, 5 * MILLIS) != cudaSuccess) {
        CHECK(test_nanos() < deadline);
    }
    for (size_t i = 0; i < BYTES; i++) {
        CHECK(f.target[i] == 9);
    }
    CHECK(await_error(&f) == ncclRemoteError);
    NCCL(ncclCommAbort(f.comm));
}

/* Once the target has aborted nothing writes to its memory any more; the origin is told. */
static void aborted(struct test_rank *rank) {
    struct fixture f = make_fixture(rank);
    memset(f.source, 0x77, BYTES);
    test_barrier(rank, 0);
    if (rank->rank == 0) {
        CHECK(put_until_failure(&f) == ncclRemoteError);
    } else {
        uint64_t random = rank->seed;
        usleep((useconds_t)(test_random(&random) % 3000));
        NCCL(ncclCommAbort(f.comm));
        memset(f.target, 0x11, BYTES);
        usleep(20000);
        for (size_t i = 0; i < BYTES; i++) {
            CHECK(f.target[i] == 0x11);
        }
    }
    test_barrier(rank, 1);
    if (rank->rank == 0) {
        NCCL(ncclCommAbort(f.comm));
    }
    CUDA(convoyStreamWait(f.stream, TEST_SOON_NANOS));
}

/* A window that goes while puts to it come: they are refused, whatever was under way. */
static void deregistered(struct test_rank *rank) {
    struct fixture f = make_fixture(rank);
    memset(f.source, 0x55, BYTES);
    test_barrier(rank, 0);
    if (rank->rank == 0) {
        CHECK(put_until_failure(&f) == ncclInvalidUsage);
    } else {
        uint64_t random = rank->seed;
        usleep((useconds_t)(test_random(&random) % 3000));
        NCCL(ncclCommWindowDeregister(f.comm, f.targets));
        memset(f.target, 0x22, BYTES);
        CHECK(await_error(&f) == ncclInvalidUsage);
    }
    for (size_t i = 0; i < BYTES && rank->rank == 1; i++) {
        CHECK(f.target[i] == 0x22);
    }
    test_barrier(rank, 1);
    NCCL(ncclCommAbort(f.comm));
    CUDA(convoyStreamWait(f.stream, TEST_SOON_NANOS));
}

static const struct test_scenario scenarios[] = {
    {.name = "everybody1", .nranks = 1, .seconds = 30, .run = everybody},
    {.name = "everybody2", .nranks = 2, .seconds = 30, .run = everybody},
    {.name = "everybody4", .nranks = 4, .seconds = 60, .run = everybody},
    {.name = "in_flight", .nranks = 2, .seconds = 30, .run = in_flight},
    {.name = "crossed", .nranks = 2, .seconds = 30, .run = crossed},
    {.name = "passive", .nranks = 2, .seconds = 30, .run = passive},
    {.name = "run_ahead", .nranks = 2, .seconds = 30, .run = run_ahead},
    {.name = "late", .nranks = 2, .seconds = 30, .run = late},
    {.name = "rules", .nranks = 2, .seconds = 30, .run = rules},
    {.name = "refused", .nranks = 2, .seconds = 30, .run = refused},
    {.name = "killed",
     .nranks = 2,
     .seconds = 30,
     .run = killed,
     .drive = drive_kill,
     .may_die = 2},
    {.name = "last_words", .nranks = 2, .seconds = 30, .run = last_words, .may_die = 2},
    {.name = "aborted", .nranks = 2, .seconds = 30, .run = aborted},
    {.name = "deregistered", .nranks = 2, .seconds = 30, .run = deregistered},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
