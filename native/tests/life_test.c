/* SPDX-License-Identifier: Apache-2.0 */
/* Communicators' lives: shrinking, finalising, many at once, made in groups, and nothing left
 * behind. */
#include "harness.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define MILLIS 1000000ll

static void check_sum(ncclComm_t comm, size_t count) {
    cudaStream_t stream;
    int32_t *buffer;
    int rank, n;
    NCCL(ncclCommUserRank(comm, &rank));
    NCCL(ncclCommCount(comm, &n));
    CUDA(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    CUDA(cudaMalloc((void **)&buffer, count * sizeof *buffer));
    for (size_t i = 0; i < count; i++) {
        buffer[i] = rank + (int32_t)i;
    }
    NCCL(ncclAllReduce(buffer, buffer, count, ncclInt32, ncclSum, comm, stream));
    CUDA(convoyStreamWait(stream, 10000 * MILLIS));
    for (size_t i = 0; i < count; i++) {
        CHECK(buffer[i] == n * (n - 1) / 2 + n * (int32_t)i);
    }
    CUDA(cudaFree(buffer));
    CUDA(cudaStreamDestroy(stream));
}

static ncclComm_t shrink(ncclComm_t parent, int excluded, int blocking, int flags) {
    ncclConfig_t config = test_config(blocking);
    ncclComm_t child = NULL;
    ncclResult_t result = ncclCommShrink(parent, &excluded, 1, &child, &config, flags);
    while (result == ncclInProgress) {
        result = convoyCommWaitReady(parent, 10 * MILLIS);
    }
    CHECK(result == ncclSuccess);
    CHECK(child != NULL);
    return child;
}

/* Four ranks, then three, then two; the excluded ones take no part. */
static void shrinks(struct test_rank *rank) {
    ncclComm_t comm = test_comm(rank, 0);
    check_sum(comm, 1000);
    for (int excluded = rank->nranks - 1; excluded >= 2 && rank->rank <= excluded; excluded--) {
        if (rank->rank == excluded) {
            break;
        }
        ncclComm_t child = shrink(comm, excluded, excluded % 2, NCCL_SHRINK_DEFAULT);
        int n;
        NCCL(ncclCommCount(child, &n));
        CHECK(n == excluded);
        check_sum(child, 3);
        check_sum(child, 10000);
        NCCL(ncclCommDestroy(comm));
        comm = child;
    }
    NCCL(ncclCommDestroy(comm));
}

/* A rank dies in the middle of an operation; the others shrink over the wreck. */
static void shrink_after_death(struct test_rank *rank) {
    ncclComm_t comm = test_comm(rank, 0);
    cudaStream_t stream;
    float *buffer;
    CUDA(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    CUDA(cudaMalloc((void **)&buffer, 1 << 20));
    check_sum(comm, 10);
    test_barrier(rank, 0);
    if (rank->rank == 1) {
        kill(getpid(), SIGKILL);
    }
    ncclResult_t status =
        ncclAllReduce(buffer, buffer, 1 << 18, ncclFloat32, ncclSum, comm, stream);
    int64_t deadline = test_nanos() + 5000 * MILLIS;
    while (status == ncclSuccess) {
        CHECK(convoyStreamWait(stream, 10 * MILLIS) == cudaErrorNotReady);
        NCCL(ncclCommGetAsyncError(comm, &status));
        CHECK(test_nanos() < deadline);
    }
    CHECK(status == ncclRemoteError);
    int excluded = 1;
    ncclComm_t child = NULL;
    CHECK(ncclCommShrink(comm, &excluded, 1, &child, NULL, NCCL_SHRINK_DEFAULT) == ncclRemoteError);
    child = shrink(comm, 1, 0, NCCL_SHRINK_ABORT);
    CUDA(convoyStreamWait(stream, TEST_SOON_NANOS)); /* the operations of the parent have ended */
    check_sum(child, 50000);
    NCCL(ncclCommAbort(comm));
    check_sum(child, 50000);
    NCCL(ncclCommDestroy(child));
}

/* A shrink that some never join is ended by aborting the parent. */
static void abort_shrink(struct test_rank *rank) {
    ncclComm_t comm = test_comm_nonblocking(rank->nranks, test_id(rank, 0, 0), rank->rank);
    if (rank->rank == 0) {
        int excluded = 2;
        ncclComm_t child = NULL;
        ncclConfig_t config = test_config(0);
        CHECK(ncclCommShrink(comm, &excluded, 1, &child, &config, 0) == ncclInProgress);
        CHECK(convoyCommWaitReady(comm, 20 * MILLIS) == ncclInProgress);
        int64_t begin = test_nanos();
        NCCL(ncclCommAbort(comm));
        CHECK(test_nanos() - begin < TEST_SOON_NANOS);
        CHECK(child == NULL);
    }
    test_barrier(rank, 0);
    if (rank->rank != 0) {
        NCCL(ncclCommAbort(comm));
    }
}

static void one_round(struct test_rank *rank, int index, bool abort) {
    ncclComm_t comm = test_comm(rank, index % TEST_IDS);
    check_sum(comm, index % 2 == 0 ? 3 : 5000);
    if (abort) {
        test_barrier(rank, 3); /* an abort may overtake what a slower rank still reads */
        NCCL(ncclCommAbort(comm));
    } else {
        NCCL(ncclCommDestroy(comm));
    }
}

/* Two hundred communicators leave no descriptor, no thread and no page behind. */
static void rounds(struct test_rank *rank) {
    for (int i = 0; i < 10; i++) {
        one_round(rank, i, i % 3 == 0);
    }
    test_barrier(rank, 0);
    usleep(20000);
    int fds = test_count_fds();
    int threads = test_count_threads();
    for (int i = 10; i < 210; i++) {
        one_round(rank, i, i % 3 == 0);
    }
    test_barrier(rank, 1);
    int64_t deadline = test_nanos() + 2000 * MILLIS;
    while ((test_count_fds() > fds || test_count_threads() > threads) && test_nanos() < deadline) {
        usleep(1000);
    }
    CHECK(test_count_fds() <= fds);
    CHECK(test_count_threads() <= threads);
    test_barrier(rank, 2);
}

static void finalized(struct test_rank *rank) {
    ncclComm_t comm = test_comm_nonblocking(rank->nranks, test_id(rank, 0, 0), rank->rank);
    cudaStream_t stream;
    float *buffer;
    CUDA(cudaStreamCreate(&stream));
    CUDA(cudaMalloc((void **)&buffer, 1 << 20));
    if (rank->rank == 0) {
        usleep(20000);
    }
    NCCL(ncclAllReduce(buffer, buffer, 1 << 18, ncclFloat32, ncclSum, comm, stream));
    ncclResult_t result = ncclCommFinalize(comm);
    CHECK(result == ncclInProgress || result == ncclSuccess);
    CHECK(convoyCommWaitReady(comm, 5000 * MILLIS) == ncclSuccess);
    CUDA(cudaStreamQuery(stream));
    CHECK(ncclAllReduce(buffer, buffer, 1, ncclFloat32, ncclSum, comm, stream) == ncclInvalidUsage);
    NCCL(ncclCommDestroy(comm));
}

/* In a group the handles are there before the communicators are ready. */
static void init_in_group(struct test_rank *rank) {
    ncclComm_t comms[2];
    ncclUniqueId id;
    NCCL(ncclGetUniqueId(&id));
    NCCL(ncclGroupStart());
    for (int i = 0; i < 2; i++) {
        NCCL(ncclCommInitRank(&comms[i], 2, id, i));
        CHECK(comms[i] != NULL);
    }
    ncclComm_t before = comms[0];
    NCCL(ncclGroupEnd());
    CHECK(comms[0] == before);
    NCCL(ncclCommDestroy(comms[0]));
    NCCL(ncclCommDestroy(comms[1]));
    (void)rank;
}

/* Several ranks in one thread of one process. */
static void init_all(struct test_rank *rank) {
    enum { N = 4 };
    ncclComm_t comms[N];
    cudaStream_t streams[N];
    int32_t *buffers[N];
    NCCL(ncclCommInitAll(comms, N, NULL));
    for (int i = 0; i < N; i++) {
        CUDA(cudaStreamCreateWithFlags(&streams[i], cudaStreamNonBlocking));
        CUDA(cudaMalloc((void **)&buffers[i], 100000));
        for (int k = 0; k < 25000; k++) {
            buffers[i][k] = i + k;
        }
    }
    NCCL(ncclGroupStart());
    for (int i = 0; i < N; i++) {
        NCCL(
            ncclAllReduce(buffers[i], buffers[i], 25000, ncclInt32, ncclSum, comms[i], streams[i]));
    }
    NCCL(ncclGroupEnd());
    for (int i = N - 1; i >= 0; i--) {
        CUDA(cudaStreamSynchronize(streams[i]));
        for (int k = 0; k < 25000; k++) {
            CHECK(buffers[i][k] == N * (N - 1) / 2 + N * k);
        }
    }
    for (int i = 0; i < N; i++) {
        NCCL(ncclCommDestroy(comms[i]));
        CUDA(cudaFree(buffers[i]));
    }
    (void)rank;
}

/* Ranks that disagree on who they are hear about it. */
static void duplicate_rank(struct test_rank *rank) {
    ncclUniqueId id = test_id(rank, 0, 0);
    ncclComm_t comm = NULL;
    CHECK(ncclCommInitRank(&comm, 3, id, 0) == ncclInvalidUsage);
    CHECK(comm == NULL);
    CHECK(strstr(ncclGetLastError(NULL), "rank 0") != NULL);
    test_barrier(rank, 0); /* the maker of the id stays until the other has been answered */
}

static void differing_sizes(struct test_rank *rank) {
    ncclUniqueId id = test_id(rank, 0, 0);
    ncclComm_t comm = NULL;
    CHECK(ncclCommInitRank(&comm, 2 + rank->rank, id, rank->rank) == ncclInvalidUsage);
    CHECK(strstr(ncclGetLastError(NULL), "size") != NULL);
    test_barrier(rank, 0);
}

/* Three ranks in one process where two call themselves rank 1: never all three succeed, and none
 * waits for ever. */
static void surplus_rank(struct test_rank *rank) {
    static const int claims[] = {0, 1, 1};
    for (int round = 0; round < 50; round++) {
        ncclComm_t comms[3];
        ncclUniqueId id;
        ncclConfig_t config = test_config(0);
        int good = 0;
        NCCL(ncclGetUniqueId(&id));
        for (int i = 0; i < 3; i++) {
            CHECK(ncclCommInitRankConfig(&comms[i], 2, id, claims[i], &config) == ncclInProgress);
        }
        for (int i = 0; i < 3; i++) {
            ncclResult_t result = convoyCommWaitReady(comms[i], 10000 * MILLIS);
            CHECK(result != ncclInProgress);
            good += result == ncclSuccess;
        }
        CHECK(good < 3);
        for (int i = 0; i < 3; i++) {
            NCCL(ncclCommAbort(comms[i]));
        }
    }
    (void)rank;
}

/* A communicator that never became ready has no members to shrink to. */
static void shrink_of_failed(struct test_rank *rank) {
    ncclComm_t comm, child;
    ncclConfig_t config = test_config(0);
    ncclUniqueId id;
    int excluded = 2;
    NCCL(ncclGetUniqueId(&id));
    id.internal[30] ^= 1; /* its maker does not know it */
    CHECK(ncclCommInitRankConfig(&comm, 3, id, 0, &config) == ncclInProgress);
    ncclResult_t failure = convoyCommWaitReady(comm, 10000 * MILLIS);
    CHECK(failure != ncclSuccess && failure != ncclInProgress);
    CHECK(ncclCommShrink(comm, &excluded, 1, &child, NULL, NCCL_SHRINK_ABORT) == ncclInvalidUsage);
    NCCL(ncclCommAbort(comm));
    (void)rank;
}

/* Members that have left the parent for good end a shrink; a finalized parent does not begin one.
 */
static void shrink_of_left(struct test_rank *rank) {
    ncclComm_t comms[3], child;
    ncclConfig_t config = test_config(0);
    int excluded = 2;
    NCCL(ncclCommInitAll(comms, 3, NULL));
    NCCL(ncclCommDestroy(comms[1]));
    CHECK(ncclCommShrink(comms[0], &excluded, 1, &child, &config, 0) == ncclRemoteError);
    NCCL(ncclCommFinalize(comms[2]));
    excluded = 0;
    CHECK(ncclCommShrink(comms[2], &excluded, 1, &child, &config, 0) == ncclInvalidUsage);
    NCCL(ncclCommDestroy(comms[2]));
    NCCL(ncclCommAbort(comms[0]));
    (void)rank;
}

/* A handle is taken back once, even while the communicator's memory is still needed. */
static void given_back_twice(struct test_rank *rank) {
    ncclComm_t comms[2];
    ncclResult_t status;
    NCCL(ncclCommInitAll(comms, 2, NULL));
    NCCL(ncclCommDestroy(comms[0]));
    for (int i = 0; i < 3; i++) { /* its peer may still read: it is there, but not the user's */
        CHECK(ncclCommDestroy(comms[0]) == ncclInvalidArgument);
        CHECK(ncclCommAbort(comms[0]) == ncclInvalidArgument);
    }
    CHECK(ncclCommGetAsyncError(comms[0], &status) == ncclInvalidArgument);
    NCCL(ncclCommDestroy(comms[1]));
    (void)rank;
}

static void destroyed_in_group(struct test_rank *rank) {
    ncclComm_t comm;
    float *buffer;
    NCCL(ncclCommInitAll(&comm, 1, NULL));
    CUDA(cudaMalloc((void **)&buffer, 4096));
    NCCL(ncclGroupStart());
    NCCL(ncclAllReduce(buffer, buffer, 10, ncclFloat32, ncclSum, comm, NULL));
    NCCL(ncclCommDestroy(comm));
    ncclGroupEnd();
    CUDA(convoyStreamWait(NULL, 10000 * MILLIS));
    CUDA(cudaFree(buffer));
    (void)rank;
}

/* A group's work on the legacy stream and on a blocking one does not wait for itself. */
static void group_over_legacy(struct test_rank *rank) {
    ncclComm_t comm = test_comm(rank, 0);
    cudaStream_t blocking;
    int32_t *buffer;
    enum { N = 1000 };
    CUDA(cudaStreamCreate(&blocking));
    CUDA(cudaMalloc((void **)&buffer, 4 * N * sizeof *buffer));
    CUDA(cudaMemset(buffer, 1, 4 * N * sizeof *buffer));
    NCCL(ncclGroupStart());
    NCCL(ncclAllReduce(buffer, buffer, 10, ncclInt32, ncclSum, comm, blocking));
    NCCL(ncclAllReduce(buffer + 10, buffer + 10, 10, ncclInt32, ncclSum, comm, NULL));
    NCCL(ncclAllReduce(buffer + 20, buffer + 20, 10, ncclInt32, ncclSum, comm, blocking));
    NCCL(ncclGroupEnd());
    CUDA(convoyStreamWait(blocking, 10000 * MILLIS));
    CUDA(convoyStreamWait(NULL, 10000 * MILLIS));
    for (int i = 0; i < 30; i++) {
        CHECK(buffer[i] == 0x01010101 * rank->nranks);
    }
    int peer = rank->nranks - 1 - rank->rank;
    NCCL(ncclGroupStart());
    NCCL(ncclSend(buffer + N, N, ncclInt32, peer, comm, rank->rank == 0 ? blocking : NULL));
    NCCL(ncclRecv(buffer + 2 * N, N, ncclInt32, peer, comm, rank->rank == 0 ? NULL : blocking));
    NCCL(ncclGroupEnd());
    CUDA(convoyStreamWait(blocking, 10000 * MILLIS));
    CUDA(convoyStreamWait(NULL, 10000 * MILLIS));
    NCCL(ncclCommDestroy(comm));
}

static const struct test_scenario scenarios[] = {
    {.name = "shrinks", .nranks = 4, .seconds = 30, .run = shrinks},
    {.name = "shrink_after_death",
     .nranks = 4,
     .seconds = 30,
     .run = shrink_after_death,
     .may_die = 2},
    {.name = "abort_shrink", .nranks = 3, .seconds = 30, .run = abort_shrink},
    {.name = "rounds", .nranks = 3, .seconds = 60, .run = rounds},
    {.name = "finalized", .nranks = 3, .seconds = 30, .run = finalized},
    {.name = "init_in_group", .nranks = 1, .seconds = 30, .run = init_in_group},
    {.name = "init_all", .nranks = 1, .seconds = 30, .run = init_all},
    {.name = "duplicate_rank", .nranks = 2, .seconds = 30, .run = duplicate_rank},
    {.name = "differing_sizes", .nranks = 2, .seconds = 30, .run = differing_sizes},
    {.name = "surplus_rank", .nranks = 1, .seconds = 50, .run = surplus_rank},
    {.name = "shrink_of_failed", .nranks = 1, .seconds = 30, .run = shrink_of_failed},
    {.name = "shrink_of_left", .nranks = 1, .seconds = 30, .run = shrink_of_left},
    {.name = "given_back_twice", .nranks = 1, .seconds = 30, .run = given_back_twice},
    {.name = "destroyed_in_group", .nranks = 1, .seconds = 30, .run = destroyed_in_group},
    {.name = "group_over_legacy1", .nranks = 1, .seconds = 30, .run = group_over_legacy},
    {.name = "group_over_legacy2", .nranks = 2, .seconds = 30, .run = group_over_legacy},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
