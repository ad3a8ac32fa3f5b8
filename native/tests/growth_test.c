/* SPDX-License-Identifier: Apache-2.0 */
/* Communicators that grow, that are revoked and go on through their children, and operations that
 * are only simulated. */
#include "members.h"

#include <pthread.h>
#include <unistd.h>

#define MILLIS 1000000ll

/* --- growth --- */

/* From `old` ranks to `size`; the last of them join. The id travels as it would between programs.
 */
static ncclComm_t grow(struct test_rank *rank, ncclComm_t parent, int index, int old, int size,
                       bool blocking) {
    ncclConfig_t config = test_config(blocking);
    ncclComm_t comm = NULL;
    int maker = index % old;
    if (rank->rank == maker) {
        NCCL(ncclCommGetUniqueId(parent, &rank->block->ids[index]));
        CHECK(ncclCommGetUniqueId(parent, &rank->block->ids[index]) == ncclInvalidUsage);
        atomic_store(&rank->block->id_ready[index], 1);
    }
    ncclResult_t result;
    if (parent != NULL) {
        const ncclUniqueId *id = rank->rank == maker ? &rank->block->ids[index] : NULL;
        result = ncclCommGrow(parent, size, id, -1, &comm, &config);
    } else {
        ncclUniqueId id = test_id(rank, index, -1);
        result = ncclCommGrow(NULL, size, &id, rank->rank, &comm, &config);
    }
    CHECK(comm != NULL);
    CHECK(result == (blocking ? ncclSuccess : ncclInProgress));
    NCCL(test_await(comm, result));
    return comm;
}

static void check_all(ncclComm_t comm, int n, int own) {
    int members[TEST_RANKS_MAX];
    for (int i = 0; i < n; i++) {
        members[i] = i;
    }
    test_check_members(comm, members, n, own);
}

/* One rank becomes two, three, five; every parent goes on working beside its child. */
static void grows(struct test_rank *rank) {
    static const int sizes[] = {1, 2, 3, 5};
    ncclComm_t comms[4] = {NULL};
    for (int blocking = 0; blocking < 2; blocking++) {
        if (rank->rank == 0) {
            ncclUniqueId id;
            NCCL(ncclGetUniqueId(&id));
            NCCL(ncclCommInitRank(&comms[0], 1, id, 0));
        }
        for (int i = 1; i < 4; i++) {
            if (rank->rank < sizes[i]) {
                ncclComm_t parent = rank->rank < sizes[i - 1] ? comms[i - 1] : NULL;
                comms[i] =
                    grow(rank, parent, blocking * 8 + i, sizes[i - 1], sizes[i], blocking == 1);
                check_all(comms[i], sizes[i], rank->rank);
                if (parent != NULL) {
                    check_all(parent, sizes[i - 1], rank->rank);
                }
            }
        }
        for (int i = 0; i < 4; i++) {
            NCCL(ncclCommDestroy(comms[i]));
            comms[i] = NULL;
        }
    }
    test_barrier(rank, 0);
}

static void grow_misuse(struct test_rank *rank) {
    ncclComm_t comm;
    ncclComm_t child;
    ncclUniqueId id;
    NCCL(ncclCommInitAll(&comm, 1, NULL));
    CHECK(ncclCommGetUniqueId(NULL, &id) == ncclInvalidArgument);
    CHECK(ncclCommGetUniqueId(comm, NULL) == ncclInvalidArgument);
    NCCL(ncclCommGetUniqueId(comm, &id));
    CHECK(ncclCommGrow(comm, 1, &id, -1, &child, NULL) == ncclInvalidArgument); /* not larger */
    CHECK(ncclCommGrow(comm, 2, &id, 0, &child, NULL) == ncclInvalidArgument);
    CHECK(ncclCommGrow(comm, 2, NULL, -1, &child, NULL) == ncclInvalidArgument);
    CHECK(ncclCommGrow(comm, 2, &id, -1, NULL, NULL) == ncclInvalidArgument);
    CHECK(ncclCommGrow(NULL, 2, NULL, 1, &child, NULL) == ncclInvalidArgument);
    CHECK(ncclCommGrow(NULL, 2, &id, 2, &child, NULL) == ncclInvalidArgument);
    CHECK(ncclCommGrow(NULL, 2, &id, -1, &child, NULL) == ncclInvalidArgument);
    CHECK(child == NULL);
    NCCL(ncclCommRevoke(comm, NCCL_REVOKE_DEFAULT));
    CHECK(ncclCommGetUniqueId(comm, &id) == ncclInvalidUsage);
    CHECK(ncclCommGrow(comm, 2, &id, -1, &child, NULL) == ncclInvalidUsage);
    NCCL(ncclCommDestroy(comm));
    (void)rank;
}

/* A new rank that takes an old one's place is told so, and so are the others. */
static void grow_onto_a_place(struct test_rank *rank) {
    ncclComm_t comms[2];
    ncclConfig_t config = test_config(0);
    ncclComm_t grown[3];
    ncclUniqueId id;
    NCCL(ncclCommInitAll(comms, 2, NULL));
    NCCL(ncclCommGetUniqueId(comms[1], &id));
    for (int i = 0; i < 2; i++) {
        CHECK(ncclCommGrow(comms[i], 3, NULL, -1, &grown[i], &config) == ncclInProgress);
    }
    CHECK(ncclCommGrow(NULL, 3, &id, 1, &grown[2], &config) == ncclInProgress);
    for (int i = 0; i < 3; i++) {
        CHECK(test_await(grown[i], ncclInProgress) == ncclInvalidUsage);
        NCCL(ncclCommAbort(grown[i]));
    }
    for (int i = 0; i < 2; i++) {
        NCCL(ncclCommDestroy(comms[i])); /* unharmed */
    }
    (void)rank;
}

/* --- revocation --- */

static void refuses_work(ncclComm_t comm, float *buffer) {
    CHECK(ncclAllReduce(buffer, buffer, 1, ncclFloat32, ncclSum, comm, NULL) == ncclInvalidUsage);
    CHECK(ncclCommFinalize(comm) == ncclInvalidArgument);
    CHECK(ncclCommRevoke(comm, NCCL_REVOKE_DEFAULT) == ncclInvalidArgument);
}

/* One rank never joins an all-reduce: the others revoke, and everybody goes on with children. */
static void revoked(struct test_rank *rank) {
    for (int round = 0; round < 8; round++) {
        bool blocking = round % 2 == 1;
        ncclComm_t comm = test_comm_of(rank, round, blocking);
        cudaStream_t stream;
        float *buffer;
        CUDA(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
        CUDA(cudaMalloc((void **)&buffer, 1 << 20));
        if (rank->rank != 0) {
            size_t count = round < 4 ? 1 << 18 : 1;
            NCCL(ncclAllReduce(buffer, buffer, count, ncclFloat32, ncclSum, comm, stream));
            CHECK(convoyStreamWait(stream, 5 * MILLIS) == cudaErrorNotReady);
        }
        test_barrier(rank, 0);
        CHECK(ncclCommRevoke(comm, 1) == ncclInvalidArgument);
        ncclResult_t result = ncclCommRevoke(comm, NCCL_REVOKE_DEFAULT);
        CHECK(result == ncclSuccess || (!blocking && result == ncclInProgress));
        NCCL(test_await(comm, result));
        CUDA(cudaStreamSynchronize(stream));
        refuses_work(comm, buffer);
        ncclComm_t child;
        if (round % 4 < 2) {
            NCCL(test_await(comm, ncclCommSplit(comm, 0, -rank->rank, &child, NULL)));
            int reversed[TEST_RANKS_MAX];
            for (int i = 0; i < rank->nranks; i++) {
                reversed[i] = rank->nranks - 1 - i;
            }
            test_check_members(child, reversed, rank->nranks, rank->rank);
            NCCL(ncclCommDestroy(child));
        } else if (rank->rank != 0) {
            int excluded = 0;
            NCCL(test_await(comm, ncclCommShrink(comm, &excluded, 1, &child, NULL, 0)));
            test_check_members(child, (const int[]){1, 2}, 2, rank->rank);
            NCCL(ncclCommDestroy(child));
        }
        NCCL(round < 4 ? ncclCommDestroy(comm) : ncclCommAbort(comm));
        CUDA(cudaFree(buffer));
        CUDA(cudaStreamDestroy(stream));
        test_barrier(rank, 1);
    }
}

/* A split that some never join ends with a revocation, and children come all the same. */
static void revoke_ends_a_split(struct test_rank *rank) {
    ncclComm_t comm = test_comm_of(rank, 0, false);
    ncclComm_t child = NULL;
    int excluded = 2;
    test_barrier(rank, 0); /* nobody waits for the others any more */
    if (rank->rank == 0) {
        CHECK(ncclCommSplit(comm, 0, 0, &child, NULL) == ncclInProgress);
        CHECK(convoyCommWaitReady(comm, 10 * MILLIS) == ncclInProgress);
    }
    NCCL(test_await(comm, ncclCommRevoke(comm, NCCL_REVOKE_DEFAULT)));
    CHECK(child == NULL);
    if (rank->rank != excluded) {
        ncclResult_t result = ncclCommShrink(comm, &excluded, 1, &child, NULL, NCCL_SHRINK_DEFAULT);
        NCCL(test_await(comm, result));
        test_check_members(child, (const int[]){0, 1}, 2, rank->rank);
        NCCL(ncclCommDestroy(child));
    }
    test_barrier(rank, 1);
    NCCL(ncclCommDestroy(comm));
}

/* --- ranks as threads of one process, where ThreadSanitizer sees them all --- */

#define THREADS 3

struct worker {
    int rank;
    ncclUniqueId id;
    _Atomic int *present;
    ncclUniqueId *grow_id;
};

static void meet(const struct worker *worker, int round) {
    atomic_fetch_add(worker->present, 1);
    while (atomic_load(worker->present) < round * THREADS) {
        usleep(50);
    }
}

/* The last rank is new: the others grow to it. */
static ncclComm_t grow_to_all(const struct worker *worker, ncclComm_t parent) {
    ncclComm_t grown;
    ncclConfig_t config = test_config(worker->rank % 2);
    if (worker->rank == 1) {
        NCCL(ncclCommGetUniqueId(parent, worker->grow_id));
    }
    meet(worker, 1);
    bool is_new = worker->rank == THREADS - 1;
    const ncclUniqueId *id = is_new || worker->rank == 1 ? worker->grow_id : NULL;
    ncclResult_t result = ncclCommGrow(is_new ? NULL : parent, THREADS, id,
                                       is_new ? worker->rank : -1, &grown, &config);
    NCCL(test_await(grown, result));
    return grown;
}

static void *live(void *argument) {
    const struct worker *worker = argument;
    ncclComm_t parent = NULL;
    ncclComm_t children[2] = {NULL, NULL};
    const int all[] = {0, 1, 2};
    if (worker->rank < THREADS - 1) {
        parent = test_comm_nonblocking(THREADS - 1, worker->id, worker->rank);
    }
    ncclComm_t grown = grow_to_all(worker, parent);
    NCCL(ncclCommDestroy(parent));
    test_check_members(grown, all, THREADS, worker->rank);
    NCCL(test_await(grown, ncclCommSplit(grown, worker->rank / 2, 0, &children[0], NULL)));
    meet(worker, 2);
    NCCL(test_await(grown, ncclCommRevoke(grown, NCCL_REVOKE_DEFAULT)));
    NCCL(test_await(grown, ncclCommSplit(grown, 0, 0, &children[1], NULL)));
    test_check_members(children[1], all, THREADS, worker->rank);
    for (int i = 0; i < 2; i++) {
        NCCL(ncclCommDestroy(children[i]));
    }
    NCCL(ncclCommDestroy(grown));
    return NULL;
}

static void threads(struct test_rank *rank) {
    for (int round = 0; round < 10; round++) {
        pthread_t started[THREADS];
        struct worker workers[THREADS];
        _Atomic int present = 0;
        ncclUniqueId id;
        ncclUniqueId grow_id;
        NCCL(ncclGetUniqueId(&id));
        for (int i = 0; i < THREADS; i++) {
            workers[i] =
                (struct worker){.rank = i, .id = id, .present = &present, .grow_id = &grow_id};
            CHECK(pthread_create(&started[i], NULL, live, &workers[i]) == 0);
        }
        for (int i = 0; i < THREADS; i++) {
            pthread_join(started[i], NULL);
        }
    }
    (void)rank;
}

/* --- simulation --- */

static float estimate(ncclComm_t comm, float *buffer, size_t count) {
    ncclSimInfo_t info = NCCL_SIM_INFO_INITIALIZER;
    NCCL(ncclGroupStart());
    NCCL(ncclAllReduce(buffer, buffer, count, ncclFloat32, ncclSum, comm, NULL));
    NCCL(ncclGroupSimulateEnd(&info));
    return info.estimatedTime;
}

/* Nobody else calls, and nothing is moved: a simulation needs no peer. */
static void simulated(struct test_rank *rank) {
    ncclComm_t comm = test_comm_of(rank, 0, true);
    ncclSimInfo_t info = NCCL_SIM_INFO_INITIALIZER;
    float *buffer;
    uint64_t enqueued;
    uint64_t completed;
    CUDA(cudaMalloc((void **)&buffer, 1 << 20));
    if (rank->rank == 0) {
        float small = estimate(comm, buffer, 1);
        float large = estimate(comm, buffer, 1 << 18);
        CHECK(small > 0 && large > 10 * small);
        NCCL(ncclGroupStart());
        NCCL(ncclGroupStart());
        NCCL(ncclGroupSimulateEnd(&info)); /* not the outermost */
        CHECK(info.estimatedTime == NCCL_UNDEF_FLOAT);
        NCCL(ncclGroupEnd());
        info.magic = 1;
        NCCL(ncclGroupStart());
        CHECK(ncclGroupSimulateEnd(&info) == ncclInvalidArgument);
        CHECK(ncclGroupSimulateEnd(&info) == ncclInvalidUsage);
        NCCL(convoyCommProgress(comm, &enqueued, &completed));
        CHECK(enqueued == 0);
        CUDA(cudaStreamSynchronize(NULL));
    }
    test_barrier(rank, 0);
    NCCL(ncclCommDestroy(comm));
    comm = test_comm_of(rank, 1, false);
    info = (ncclSimInfo_t)NCCL_SIM_INFO_INITIALIZER;
    NCCL(ncclGroupStart());
    NCCL(ncclAllReduce(buffer, buffer, 1, ncclFloat32, ncclSum, comm, NULL));
    CHECK(ncclGroupSimulateEnd(&info) == ncclInvalidUsage);
    NCCL(ncclCommDestroy(comm));
    CUDA(cudaFree(buffer));
}

static const struct test_scenario scenarios[] = {
    {.name = "grows", .nranks = 5, .seconds = 60, .run = grows},
    {.name = "grow_misuse", .nranks = 1, .seconds = 30, .run = grow_misuse},
    {.name = "grow_onto_a_place", .nranks = 1, .seconds = 30, .run = grow_onto_a_place},
    {.name = "revoked", .nranks = 3, .seconds = 60, .run = revoked},
    {.name = "revoke_ends_a_split", .nranks = 3, .seconds = 30, .run = revoke_ends_a_split},
    {.name = "threads", .nranks = 1, .seconds = 60, .run = threads},
    {.name = "simulated", .nranks = 2, .seconds = 30, .run = simulated},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
