/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that die, stop or give up: who notices, how fast, and whether the others can go on. */
#define _GNU_SOURCE
#include "harness.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MILLIS 1000000ll
#define BUFFER ((size_t)4 << 20)

struct gear {
    cudaStream_t stream;
    float *send;
    float *receive;
};

static struct gear make_gear(void) {
    struct gear gear;
    CUDA(cudaStreamCreateWithFlags(&gear.stream, cudaStreamNonBlocking));
    CUDA(cudaMalloc((void **)&gear.send, BUFFER));
    CUDA(cudaMalloc((void **)&gear.receive, BUFFER));
    memset(gear.send, 0, BUFFER);
    return gear;
}

static void check_sum(ncclComm_t comm, struct gear *gear, size_t count, int nranks, int rank) {
    for (size_t i = 0; i < count; i++) {
        gear->send[i] = (float)(rank + 1);
    }
    NCCL(ncclAllReduce(gear->send, gear->receive, count, ncclFloat32, ncclSum, comm, gear->stream));
    CUDA(convoyStreamWait(gear->stream, 5000 * MILLIS));
    for (size_t i = 0; i < count; i++) {
        CHECK(gear->receive[i] == (float)(nranks * (nranks + 1) / 2));
    }
}

/* All-reduces until the communicator fails; fails itself where that takes longer than ten seconds.
 */
static void reduce_until_failure(ncclComm_t comm, struct gear *gear, uint64_t *random) {
    int64_t deadline = test_nanos() + 10000 * MILLIS;
    ncclResult_t status = ncclSuccess;
    while (status == ncclSuccess) {
        size_t bytes = (size_t)1 << (2 + test_random(random) % 20);
        ncclResult_t result = ncclAllReduce(gear->send, gear->receive, bytes / 4, ncclFloat32,
                                            ncclSum, comm, gear->stream);
        CHECK(result == ncclSuccess || result == ncclRemoteError);
        cudaError_t waited = cudaErrorNotReady;
        while (status == ncclSuccess && result == ncclSuccess && waited != cudaSuccess) {
            waited = convoyStreamWait(gear->stream, 20 * MILLIS);
            NCCL(ncclCommGetAsyncError(comm, &status));
            CHECK(test_nanos() < deadline);
        }
        NCCL(ncclCommGetAsyncError(comm, &status));
    }
    CHECK(status == ncclRemoteError);
}

/* --- kill -9 at random points; the survivors build a smaller communicator, again and again --- */

static void killed(struct test_rank *rank) {
    uint64_t random = rank->seed; /* the same sizes on every rank */
    struct gear gear = make_gear();
    int n = rank->nranks;
    for (int victim = rank->nranks - 1; victim >= 0; victim--, n--) {
        ncclComm_t comm = test_comm_nonblocking(n, test_id(rank, victim, 0), rank->rank);
        check_sum(comm, &gear, 100000, n, rank->rank);
        check_sum(comm, &gear, 2, n, rank->rank);
        atomic_fetch_add(&rank->block->flags[victim], 1);
        if (n == 1) {
            NCCL(ncclCommDestroy(comm));
            break;
        }
        reduce_until_failure(comm, &gear, &random);
        int64_t noticed = test_nanos();
        /* The error may come from a faster survivor that aborted; the death itself is known soon,
         * too. */
        int ranks[TEST_RANKS_MAX];
        int count = 0;
        while (count == 0) {
            NCCL(convoyCommFailedRanks(comm, ranks, TEST_RANKS_MAX, &count));
            CHECK(test_nanos() - noticed < TEST_SOON_NANOS);
        }
        CHECK(count == 1 && ranks[0] == victim);
        int64_t fault = atomic_load(&rank->block->times[victim]);
        if (rank->rank == 0) {
            fprintf(stderr, "death of rank %d noticed after %.2f ms\n", victim,
                    (double)(noticed - fault) * 1e-6);
        }
        CHECK(noticed - fault < TEST_SOON_NANOS);
        int64_t begin = test_nanos();
        NCCL(ncclCommAbort(comm));
        CHECK(test_nanos() - begin < TEST_SOON_NANOS);
        CUDA(convoyStreamWait(gear.stream, TEST_SOON_NANOS));
        random = rank->seed + (uint64_t)n;
    }
}

static void drive_kills(struct test_block *block, const int *pids, uint64_t seed) {
    for (int victim = 3; victim > 0; victim--) {
        test_await_flag(block, victim, victim + 1);
        usleep((useconds_t)(test_random(&seed) % 30000));
        atomic_store(&block->times[victim], test_nanos());
        kill(pids[victim], SIGKILL);
    }
}

/* --- the same inside each operation: the last rank of ever fewer dies in the next of the list ---
 */

struct round {
    ncclComm_t comm;
    struct gear *gear;
    size_t count; /* elements of one part */
    int nranks;
    int rank;
};

static ncclResult_t do_all_reduce(const struct round *r) {
    return ncclAllReduce(r->gear->send, r->gear->receive, r->count, ncclFloat32, ncclSum, r->comm,
                         r->gear->stream);
}

static ncclResult_t do_broadcast(const struct round *r) {
    return ncclBroadcast(r->gear->send, r->gear->receive, r->count, ncclFloat32, 0, r->comm,
                         r->gear->stream);
}

static ncclResult_t do_reduce(const struct round *r) {
    return ncclReduce(r->gear->send, r->gear->receive, r->count, ncclFloat32, ncclSum, 0, r->comm,
                      r->gear->stream);
}

static ncclResult_t do_all_gather(const struct round *r) {
    return ncclAllGather(r->gear->send, r->gear->receive, r->count, ncclFloat32, r->comm,
                         r->gear->stream);
}

static ncclResult_t do_reduce_scatter(const struct round *r) {
    return ncclReduceScatter(r->gear->send, r->gear->receive, r->count, ncclFloat32, ncclSum,
                             r->comm, r->gear->stream);
}

static ncclResult_t do_all_to_all(const struct round *r) {
    return ncclAlltoAll(r->gear->send, r->gear->receive, r->count, ncclFloat32, r->comm,
                        r->gear->stream);
}

static ncclResult_t do_gather(const struct round *r) {
    return ncclGather(r->gear->send, r->gear->receive, r->count, ncclFloat32, 0, r->comm,
                      r->gear->stream);
}

static ncclResult_t do_scatter(const struct round *r) {
    return ncclScatter(r->gear->send, r->gear->receive, r->count, ncclFloat32, 0, r->comm,
                       r->gear->stream);
}

static ncclResult_t do_send_receive(const struct round *r) {
    int right = (r->rank + 1) % r->nranks;
    int left = (r->rank + r->nranks - 1) % r->nranks;
    NCCL(ncclGroupStart());
    ncclSend(r->gear->send, r->count, ncclFloat32, right, r->comm, r->gear->stream);
    ncclRecv(r->gear->receive, r->count, ncclFloat32, left, r->comm, r->gear->stream);
    return ncclGroupEnd(); /* with the first error */
}

static ncclResult_t (*const operations[])(const struct round *) = {
    do_all_reduce, do_broadcast, do_reduce,  do_all_gather,   do_reduce_scatter,
    do_all_to_all, do_gather,    do_scatter, do_send_receive,
};
#define OPERATIONS ((int)(sizeof operations / sizeof *operations))

/* Repeats the operation until the communicator fails; who does not need the dead rank by itself
 * fails once another survivor aborts. */
static void repeat_until_failure(struct round *round, int operation, uint64_t *random) {
    int64_t deadline = test_nanos() + 15000 * MILLIS;
    ncclResult_t status = ncclSuccess;
    while (status == ncclSuccess) {
        round->count = 1 + test_random(random) % (BUFFER / 4 / (OPERATIONS + 1));
        ncclResult_t result = operations[operation](round);
        CHECK(result == ncclSuccess || result == ncclRemoteError || result == ncclInProgress);
        cudaError_t waited = cudaErrorNotReady;
        while (status == ncclSuccess && result != ncclRemoteError && waited != cudaSuccess) {
            waited = convoyStreamWait(round->gear->stream, 20 * MILLIS);
            NCCL(ncclCommGetAsyncError(round->comm, &status));
            CHECK(test_nanos() < deadline);
        }
        NCCL(ncclCommGetAsyncError(round->comm, &status));
    }
    CHECK(status == ncclRemoteError);
}

static void killed_in_each(struct test_rank *rank) {
    struct gear gear = make_gear();
    for (int victim = rank->nranks - 1; victim >= 1; victim--) {
        uint64_t random = rank->seed + (uint64_t)victim; /* the same sizes on every rank */
        ncclComm_t comm = test_comm_nonblocking(victim + 1, test_id(rank, victim, 0), rank->rank);
        struct round round = {
            .comm = comm, .gear = &gear, .nranks = victim + 1, .rank = rank->rank};
        check_sum(comm, &gear, 1000, victim + 1, rank->rank);
        atomic_fetch_add(&rank->block->flags[victim], 1);
        repeat_until_failure(&round, victim - 1, &random);
        NCCL(ncclCommAbort(comm));
        CUDA(convoyStreamWait(gear.stream, TEST_SOON_NANOS));
    }
}

static void drive_kills_in_each(struct test_block *block, const int *pids, uint64_t seed) {
    for (int victim = OPERATIONS; victim >= 1; victim--) {
        test_await_flag(block, victim, victim + 1);
        usleep((useconds_t)(test_random(&seed) % 20000));
        kill(pids[victim], SIGKILL);
    }
}

/* --- a stopped peer is no dead peer: the operation hangs, and an abort ends it --- */

static void stopped(struct test_rank *rank) {
    struct gear gear = make_gear();
    ncclComm_t comm = test_comm_nonblocking(rank->nranks, test_id(rank, 0, 0), rank->rank);
    check_sum(comm, &gear, 1000, rank->nranks, rank->rank);
    atomic_fetch_add(&rank->block->flags[0], 1);
    if (rank->rank == 1) {
        test_await_flag(rank->block, 1, 1); /* is stopped and killed here */
    }
    test_await_flag(rank->block, 2, 1);
    NCCL(ncclAllReduce(gear.send, gear.receive, 1000, ncclFloat32, ncclSum, comm, gear.stream));
    CHECK(convoyStreamWait(gear.stream, 300 * MILLIS) == cudaErrorNotReady);
    CHECK(cudaStreamQuery(gear.stream) == cudaErrorNotReady);
    ncclResult_t status;
    NCCL(ncclCommGetAsyncError(comm, &status));
    CHECK(status == ncclSuccess);
    int64_t begin = test_nanos();
    NCCL(ncclCommAbort(comm));
    CHECK(test_nanos() - begin < TEST_SOON_NANOS);
    CUDA(convoyStreamWait(gear.stream, TEST_SOON_NANOS));
    CUDA(cudaStreamSynchronize(gear.stream));
    CUDA(cudaFree(gear.send));
    atomic_fetch_add(&rank->block->flags[3], 1);
}

static void drive_stop(struct test_block *block, const int *pids, uint64_t seed) {
    (void)seed;
    test_await_flag(block, 0, 3);
    kill(pids[1], SIGSTOP);
    siginfo_t info;
    waitid(P_PID, (id_t)pids[1], &info, WSTOPPED | WNOWAIT);
    atomic_store(&block->flags[2], 1);
    test_await_flag(block, 3, 2);
    kill(pids[1], SIGKILL);
}

/* --- abort of an initialisation that nobody else joins --- */

static void abort_init(struct test_rank *rank) {
    int fds = test_count_fds();
    for (int i = 0; i < 20; i++) {
        ncclUniqueId id;
        ncclComm_t comm;
        ncclConfig_t config = test_config(0);
        NCCL(ncclGetUniqueId(&id));
        CHECK(ncclCommInitRankConfig(&comm, 2, id, 0, &config) == ncclInProgress);
        CHECK(convoyCommWaitReady(comm, 5 * MILLIS) == ncclInProgress);
        int64_t begin = test_nanos();
        NCCL(i % 2 == 0 ? ncclCommAbort(comm) : ncclCommDestroy(comm));
        CHECK(test_nanos() - begin < TEST_SOON_NANOS);
    }
    CHECK(test_count_fds() <= fds + 4);
    (void)rank;
}

/* --- the maker of the id dies before all have met --- */

static void maker_dies(struct test_rank *rank) {
    ncclUniqueId id = test_id(rank, 0, 0);
    if (rank->rank == 0) {
        test_await_flag(rank->block, 0, 1);
        usleep(20000);
        kill(getpid(), SIGKILL);
    }
    ncclComm_t comm;
    ncclConfig_t config = test_config(0);
    CHECK(ncclCommInitRankConfig(&comm, 2, id, 1, &config) == ncclInProgress);
    atomic_store(&rank->block->flags[0], 1);
    ncclResult_t result = convoyCommWaitReady(comm, 5000 * MILLIS);
    CHECK(result == ncclRemoteError || result == ncclSystemError);
    CHECK(strlen(ncclGetLastError(comm)) > 0);
    NCCL(ncclCommAbort(comm));
}

/* --- a rank dies at any moment of an initialisation --- */

static void killed_in_init(struct test_rank *rank) {
    ncclUniqueId id = test_id(rank, 0, 0);
    ncclComm_t comm;
    ncclConfig_t config = test_config(0);
    struct gear gear = make_gear();
    uint64_t random = rank->seed;
    test_barrier(rank, 0);
    CHECK(ncclCommInitRankConfig(&comm, rank->nranks, id, rank->rank, &config) == ncclInProgress);
    if (rank->rank == 2) {
        usleep((useconds_t)(test_random(&random) % 1500));
        kill(getpid(), SIGKILL);
    }
    ncclResult_t result = convoyCommWaitReady(comm, 500 * MILLIS);
    if (result == ncclSuccess) {
        reduce_until_failure(comm, &gear, &random);
    } else if (result != ncclInProgress) { /* in progress: it died before it had said hello */
        if (result != ncclRemoteError) {
            test_fail(__FILE__, __LINE__, "%d: %s", (int)result, ncclGetLastError(comm));
        }
    }
    int64_t begin = test_nanos();
    NCCL(ncclCommAbort(comm));
    CHECK(test_nanos() - begin < TEST_SOON_NANOS);
    CUDA(convoyStreamWait(gear.stream, TEST_SOON_NANOS));
    /* The maker of the id stays until the other has been answered. */
    atomic_fetch_add(&rank->block->flags[1], 1);
    test_await_flag(rank->block, 1, 2);
}

/* --- a rank that is done and leaves is no failure --- */

static void leaves(struct test_rank *rank) {
    struct gear gear = make_gear();
    ncclComm_t comm = test_comm(rank, 0);
    for (int i = 0; i < 8; i++) { /* through mailboxes: rank 0 runs ahead of the others */
        gear.send[0] = (float)i;
        if (rank->rank != 0) {
            usleep(2000);
        }
        NCCL(ncclBroadcast(gear.send, gear.receive, 1, ncclFloat32, 0, comm, gear.stream));
        CUDA(cudaStreamSynchronize(gear.stream));
        CHECK(gear.receive[0] == (float)i);
    }
    ncclResult_t status;
    NCCL(ncclCommGetAsyncError(comm, &status));
    CHECK(status == ncclSuccess);
    NCCL(ncclCommDestroy(comm));
    if (rank->rank == 2) {
        usleep(100000);
    }
}

/* --- destroy after a peer's death does not hang --- */

static void destroy_after_death(struct test_rank *rank) {
    struct gear gear = make_gear();
    ncclComm_t comm = test_comm(rank, 0);
    check_sum(comm, &gear, 10, rank->nranks, rank->rank);
    test_barrier(rank, 0);
    if (rank->rank == 1) {
        kill(getpid(), SIGKILL);
    }
    ncclResult_t result =
        ncclAllReduce(gear.send, gear.receive, 10, ncclFloat32, ncclSum, comm, gear.stream);
    CHECK(result == ncclSuccess || result == ncclRemoteError);
    int64_t begin = test_nanos();
    NCCL(ncclCommDestroy(comm));
    CHECK(test_nanos() - begin < TEST_SOON_NANOS);
    CUDA(convoyStreamWait(gear.stream, TEST_SOON_NANOS));
}

static const struct test_scenario scenarios[] = {
    {.name = "killed",
     .nranks = 4,
     .seconds = 60,
     .run = killed,
     .drive = drive_kills,
     .may_die = 14},
    {.name = "killed_in_each",
     .nranks = OPERATIONS + 1,
     .seconds = 60,
     .run = killed_in_each,
     .drive = drive_kills_in_each,
     .may_die = 0x3fe},
    {.name = "stopped",
     .nranks = 3,
     .seconds = 20,
     .run = stopped,
     .drive = drive_stop,
     .may_die = 2},
    {.name = "abort_init", .nranks = 1, .seconds = 20, .run = abort_init},
    {.name = "maker_dies", .nranks = 2, .seconds = 20, .run = maker_dies, .may_die = 1},
    {.name = "killed_in_init", .nranks = 3, .seconds = 20, .run = killed_in_init, .may_die = 4},
    {.name = "leaves", .nranks = 3, .seconds = 20, .run = leaves},
    {.name = "destroy_after_death",
     .nranks = 3,
     .seconds = 20,
     .run = destroy_after_death,
     .may_die = 2},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
