/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranks as threads that end at any moment. One aborts, and at once takes its page for the next
 * communicator, while the others still look for it: ThreadSanitizer sees whether what they look at
 * is theirs to read. Or a process dies, and several ranks of another one find out at once.
 */
#include "members.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#define RANKS 3
#define GENERATIONS 24
#define ELEMENTS 20000
#define PATIENCE_NANOS 10000000000ll

struct worker {
    int rank;
    uint64_t seed; /* the same for all */
    const ncclUniqueId *ids;
    struct test_rank *process;
    _Atomic int *present; /* by generation */
};

/* What a rank has in one generation. Peers may still read it when it has aborted: so none of it is
 * written again before all threads have ended. */
struct hand {
    ncclComm_t comm;
    cudaStream_t stream;
    int32_t *send;
    int32_t *receive;
    ncclWindow_t window; /* of both */
    int rank;
    int nranks;
};

static struct hand begin(ncclUniqueId id, int rank, int nranks) {
    struct hand hand = {.rank = rank, .nranks = nranks};
    size_t bytes = 2 * ELEMENTS * sizeof(int32_t);
    CUDA(cudaStreamCreateWithFlags(&hand.stream, cudaStreamNonBlocking));
    CUDA(cudaMalloc((void **)&hand.send, bytes));
    hand.receive = hand.send + ELEMENTS;
    for (int i = 0; i < ELEMENTS; i++) {
        hand.send[i] = i;
    }
    hand.comm = test_comm_nonblocking(nranks, id, rank);
    NCCL(
        ncclCommWindowRegister(hand.comm, hand.send, bytes, &hand.window, NCCL_WIN_COLL_SYMMETRIC));
    return hand;
}

static void end(struct hand *hand) {
    CUDA(convoyStreamWait(hand->stream, TEST_SOON_NANOS));
    CUDA(cudaStreamDestroy(hand->stream));
}

static void post_message(struct hand *hand, size_t count) {
    int next = (hand->rank + 1) % hand->nranks;
    int previous = (hand->rank + hand->nranks - 1) % hand->nranks;
    ncclGroupStart();
    ncclSend(hand->send, count, ncclInt32, next, hand->comm, hand->stream);
    ncclRecv(hand->receive, count, ncclInt32, previous, hand->comm, hand->stream);
    ncclGroupEnd();
}

static void post_put(struct hand *hand, size_t count) {
    int next = (hand->rank + 1) % hand->nranks;
    int previous = (hand->rank + hand->nranks - 1) % hand->nranks;
    ncclWaitSignalDesc_t wait = {.opCnt = 1, .peer = previous};
    ncclPutSignal(hand->send, count, ncclInt32, next, hand->window, ELEMENTS * sizeof(int32_t), 0,
                  0, 0, hand->comm, hand->stream);
    ncclWaitSignal(1, &wait, hand->comm, hand->stream);
}

/* The call fails where the communicator has failed: the caller finds out when it waits. */
static void post(struct hand *hand, uint64_t bits) {
    const size_t limits[] = {6, 1000, ELEMENTS / (size_t)hand->nranks};
    int root = (int)((bits >> 32) % (uint64_t)hand->nranks);
    size_t count = 1 + (bits >> 16) % limits[(bits >> 8) % 3];
    switch (bits % 5) {
    case 0:
        ncclAllReduce(hand->send, hand->receive, count * (size_t)hand->nranks, ncclInt32, ncclSum,
                      hand->comm, hand->stream);
        break;
    case 1:
        ncclAllGather(hand->send, hand->receive, count, ncclInt32, hand->comm, hand->stream);
        break;
    case 2:
        ncclBroadcast(hand->send, hand->receive, count, ncclInt32, root, hand->comm, hand->stream);
        break;
    case 3:
        post_message(hand, count);
        break;
    default:
        post_put(hand, count);
    }
}

static bool completes(const struct hand *hand) {
    int64_t deadline = test_nanos() + PATIENCE_NANOS;
    while (convoyStreamWait(hand->stream, 1000000) != cudaSuccess) {
        ncclResult_t status;
        NCCL(ncclCommGetAsyncError(hand->comm, &status));
        if (status != ncclSuccess) {
            CHECK(status == ncclRemoteError);
            return false;
        }
        CHECK(test_nanos() < deadline);
    }
    ncclResult_t status;
    NCCL(ncclCommGetAsyncError(hand->comm, &status));
    return status == ncclSuccess;
}

/* Those who are left make a communicator of their own from the broken one. */
static void survive(struct hand *hand, int *lost, int nlost) {
    int others[TEST_RANKS_MAX];
    int nothers = 0;
    for (int rank = 0; rank < hand->nranks; rank++) {
        if (rank < lost[0] || rank > lost[nlost - 1]) {
            others[nothers++] = rank;
        }
    }
    ncclComm_t child = NULL;
    ncclResult_t result = ncclCommShrink(hand->comm, lost, nlost, &child, NULL, NCCL_SHRINK_ABORT);
    result = test_await(hand->comm, result);
    if (result != ncclSuccess) {
        test_fail(__FILE__, __LINE__, "shrink: %s", ncclGetLastError(hand->comm));
    }
    NCCL(ncclCommAbort(hand->comm));
    test_check_members(child, others, nothers, hand->rank);
    NCCL(ncclCommDestroy(child));
}

/* --- one rank of several threads aborts --- */

/* A split, or a growth by a rank that never comes: it is still in the making when this returns. */
static ncclResult_t begin_child(struct hand *hand, bool splits, bool quits, ncclComm_t *child) {
    ncclUniqueId id;
    if (splits) {
        return ncclCommSplit(hand->comm, quits, 0, child, NULL);
    }
    if (quits) {
        NCCL(ncclCommGetUniqueId(hand->comm, &id));
    }
    return ncclCommGrow(hand->comm, RANKS + 1, quits ? &id : NULL, -1, child, NULL);
}

static void quit(struct hand *hand, uint64_t bits) {
    if (bits % 2 == 0) {
        NCCL(test_await(hand->comm, ncclCommRevoke(hand->comm, NCCL_REVOKE_DEFAULT)));
    }
    NCCL(ncclCommAbort(hand->comm));
}

/* Outside of the library. */
static void await_all(_Atomic int *present) {
    int64_t deadline = test_nanos() + PATIENCE_NANOS;
    atomic_fetch_add(present, 1);
    while (atomic_load(present) < RANKS) {
        CHECK(test_nanos() < deadline);
        usleep(50);
    }
}

/* One rank leaves in the middle of an operation, or of the making of a child, which all have begun
 * then. */
static void live(struct hand *hand, uint64_t random, _Atomic int *present) {
    int quitter = (int)(test_random(&random) % RANKS);
    bool quits = hand->rank == quitter;
    uint64_t rounds = 1 + test_random(&random) % 12;
    uint64_t way = test_random(&random);
    bool lives = true; /* the others' last operation may need what the quitter has taken along */
    for (uint64_t round = 0; round < rounds && lives; round++) {
        /* First a reduction: where that completes, all are there. */
        post(hand, round == 0 ? 0 : test_random(&random));
        lives = completes(hand);
    }
    ncclComm_t child = NULL;
    if (way % 3 != 0) {
        CHECK(lives);
        ncclResult_t result = begin_child(hand, way % 3 == 1, quits, &child);
        CHECK(result == ncclInProgress);
        await_all(present);
        if (way % 3 == 1 && (!quits || (way >> 8) % 2 == 0)) {
            test_await(hand->comm, result);
        }
    }
    post(hand, test_random(&random));
    if (quits) {
        quit(hand, way >> 16);
    } else {
        while (completes(hand)) {
            post(hand, test_random(&random));
        }
        survive(hand, &quitter, 1);
    }
    NCCL(ncclCommAbort(child));
}

static void *run_worker(void *argument) {
    const struct worker *worker = argument;
    for (uint64_t i = 0; i < GENERATIONS; i++) {
        struct hand hand = begin(worker->ids[i], worker->rank, RANKS);
        live(&hand, worker->seed + i, &worker->present[i]);
        end(&hand);
    }
    return NULL;
}

static void aborts(struct test_rank *rank) {
    pthread_t started[RANKS];
    struct worker workers[RANKS];
    ncclUniqueId ids[GENERATIONS];
    _Atomic int present[GENERATIONS];
    for (int i = 0; i < GENERATIONS; i++) {
        NCCL(ncclGetUniqueId(&ids[i]));
        atomic_init(&present[i], 0);
    }
    for (int i = 0; i < RANKS; i++) {
        workers[i] = (struct worker){.rank = i, .seed = rank->seed, .ids = ids, .present = present};
        CHECK(pthread_create(&started[i], NULL, run_worker, &workers[i]) == 0);
    }
    for (int i = 0; i < RANKS; i++) {
        pthread_join(started[i], NULL);
    }
}

/* --- one process of several threads is killed --- */

#define THREADS 2 /* of each process */

static void await_death(const struct hand *hand, const int *lost) {
    int ranks[TEST_RANKS_MAX];
    int count = 0;
    int64_t deadline = test_nanos() + PATIENCE_NANOS;
    while (count < THREADS) {
        NCCL(convoyCommFailedRanks(hand->comm, ranks, TEST_RANKS_MAX, &count));
        CHECK(test_nanos() < deadline);
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(count == THREADS && ranks[i] == lost[i]);
    }
}

static void *outlive(void *argument) {
    const struct worker *worker = argument;
    for (int victim = worker->process->nranks - 1; victim > 0; victim--) {
        uint64_t random = worker->seed + (uint64_t)victim;
        int lost[THREADS] = {victim * THREADS, victim * THREADS + 1};
        struct hand hand = begin(worker->ids[victim], worker->rank, (victim + 1) * THREADS);
        atomic_fetch_add(&worker->process->block->flags[victim], 1);
        do {
            post(&hand, test_random(&random));
        } while (completes(&hand));
        await_death(&hand, lost);
        survive(&hand, lost, THREADS);
        end(&hand);
    }
    return NULL;
}

static void killed(struct test_rank *rank) {
    pthread_t started[THREADS];
    struct worker workers[THREADS];
    ncclUniqueId ids[TEST_RANKS_MAX];
    for (int victim = rank->nranks - 1; victim > 0; victim--) {
        ids[victim] = test_id(rank, victim, 0);
    }
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){
            .rank = rank->rank * THREADS + i, .seed = rank->seed, .ids = ids, .process = rank};
        CHECK(pthread_create(&started[i], NULL, outlive, &workers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(started[i], NULL);
    }
}

static void drive_kills(struct test_block *block, const int *pids, uint64_t seed) {
    for (int victim = 3; victim > 0; victim--) {
        test_await_flag(block, victim, (victim + 1) * THREADS);
        usleep((useconds_t)(test_random(&seed) % 20000));
        kill(pids[victim], SIGKILL);
    }
}

static const struct test_scenario scenarios[] = {
    {.name = "aborts", .nranks = 1, .seconds = 60, .run = aborts},
    {.name = "killed",
     .nranks = 4,
     .seconds = 60,
     .run = killed,
     .drive = drive_kills,
     .may_die = 14},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
