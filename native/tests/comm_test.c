/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moments of a communicator's life that chance rarely hits, held still: the test takes the
 * communicator's lock, or writes what another process would have left behind.
 */
#include "convoy/convoy_ext.h"
#include "memory/memory.h"
#include "operations/op.h"
#include "peers/peers.h"
#include "progress/helper.h"
#include "streams/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_NANOS 10000000000ull

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s (%s)\n", __FILE__, __LINE__, #condition,                    \
                    ncclGetLastError(NULL));                                                       \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* Two ranks, and an all-reduce that only rank 0 has issued. */
struct pair {
    ncclComm_t comms[2];
    cudaStream_t stream;
    int32_t *buffer;
};

static struct pair make_pair(void) {
    struct pair pair;
    CHECK(ncclCommInitAll(pair.comms, 2, NULL) == ncclSuccess);
    CHECK(cudaStreamCreateWithFlags(&pair.stream, cudaStreamNonBlocking) == cudaSuccess);
    CHECK(cudaMalloc((void **)&pair.buffer, 400) == cudaSuccess);
    CHECK(ncclAllReduce(pair.buffer, pair.buffer, 100, ncclInt32, ncclSum, pair.comms[0],
                        pair.stream) == ncclSuccess);
    return pair;
}

static void end_pair(struct pair *pair) {
    for (int i = 0; i < 2; i++) {
        if (pair->comms[i] != NULL) {
            CHECK(ncclCommAbort(pair->comms[i]) == ncclSuccess);
        }
    }
    CHECK(cudaStreamSynchronize(pair->stream) == cudaSuccess);
    CHECK(cudaStreamDestroy(pair->stream) == cudaSuccess);
    CHECK(cudaFree(pair->buffer) == cudaSuccess);
}

static void *abort_comm(void *comm) {
    CHECK(ncclCommAbort(comm) == ncclSuccess);
    return NULL;
}

static void *shrink_with_abort(void *comm) {
    int excluded = 1;
    ncclComm_t child = NULL;
    CHECK(ncclCommShrink(comm, &excluded, 1, &child, NULL, NCCL_SHRINK_ABORT) == ncclSuccess);
    CHECK(ncclCommDestroy(child) == ncclSuccess);
    return NULL;
}

/* Once a rank's operations may end without their peers, the peers can see that it has aborted. */
static void abort_is_shown_first(void *(*end)(void *)) {
    struct pair pair = make_pair();
    struct ncclComm *comm = pair.comms[0];
    pthread_t thread;
    pthread_mutex_lock(&comm->lock); /* stops it at the latest moment */
    CHECK(pthread_create(&thread, NULL, end, comm) == 0);
    while (!atomic_load(&comm->aborted)) {
        usleep(50);
    }
    CHECK(atomic_load(&comm->page->state) == PAGE_ABORTED);
    pthread_mutex_unlock(&comm->lock);
    pthread_join(thread, NULL);
    if (end == abort_comm) {
        pair.comms[0] = NULL;
    }
    end_pair(&pair);
}

static ncclResult_t await_failure(ncclComm_t comm, cudaStream_t stream) {
    ncclResult_t status = ncclSuccess;
    uint64_t deadline = clock_nanos() + WAIT_NANOS;
    while (status == ncclSuccess) {
        CHECK(convoyStreamWait(stream, 1000000) == cudaErrorNotReady);
        CHECK(ncclCommGetAsyncError(comm, &status) == ncclSuccess);
        CHECK(clock_nanos() < deadline);
    }
    return status;
}

/* Stepping may find a death before the monitor has gone round: with the error comes the rank. */
static void death_is_named(void) {
    struct pair pair = make_pair();
    struct ncclComm *comm = pair.comms[0];
    struct peer_process dead = {.dead = true};
    pthread_mutex_lock(&comm->lock);
    comm->peers[1].process = &dead;
    pthread_mutex_unlock(&comm->lock);
    CHECK(await_failure(comm, pair.stream) == ncclRemoteError);
    int ranks[2];
    int count = 0;
    CHECK(convoyCommFailedRanks(comm, ranks, 2, &count) == ncclSuccess);
    CHECK(count == 1 && ranks[0] == 1);
    pthread_mutex_lock(&comm->lock);
    comm->peers[1].process = NULL;
    pthread_mutex_unlock(&comm->lock);
    end_pair(&pair);
}

/* What a rank reads from a page that was given up under it is no mismatch of the ranks' calls. */
static void abort_is_no_mismatch(void) {
    struct pair pair = make_pair();
    struct comm_page *page = pair.comms[1]->page;
    memset((unsigned char *)&page->slots[0] + sizeof page->slots[0].stamp, 0xee,
           sizeof page->slots[0] - sizeof page->slots[0].stamp);
    atomic_store(&page->state, PAGE_ABORTED);
    atomic_store(&page->slots[0].stamp, comm_stamp(pair.comms[0], 0));
    CHECK(await_failure(pair.comms[0], pair.stream) == ncclRemoteError);
    end_pair(&pair);
}

static void init_all_nonblocking(ncclComm_t *comms, int n) {
    ncclUniqueId id;
    ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
    config.blocking = 0;
    CHECK(ncclGetUniqueId(&id) == ncclSuccess);
    for (int i = 0; i < n; i++) {
        CHECK(ncclCommInitRankConfig(&comms[i], n, id, i, &config) == ncclInProgress);
    }
    for (int i = 0; i < n; i++) {
        CHECK(convoyCommWaitReady(comms[i], WAIT_NANOS) == ncclSuccess);
    }
}

/* A member that gave one shrink up and has begun the next is not waited for in the first. */
static void shrinks_out_of_step(void) {
    ncclComm_t comms[3];
    ncclComm_t children[2] = {NULL, NULL};
    ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
    int excluded = 2;
    init_all_nonblocking(comms, 3);
    comms[0]->shrinks_begun = 1;
    CHECK(ncclCommShrink(comms[0], &excluded, 1, &children[0], &config, 0) == ncclInProgress);
    while (atomic_load(&comms[0]->page->children[CHILD_SHRUNK].stamp) != comm_stamp(comms[0], 1)) {
        usleep(50);
    }
    CHECK(ncclCommShrink(comms[1], &excluded, 1, &children[1], &config, 0) == ncclInProgress);
    CHECK(convoyCommWaitReady(comms[1], WAIT_NANOS) == ncclRemoteError);
    CHECK(ncclCommShrink(comms[1], &excluded, 1, &children[1], &config, NCCL_SHRINK_ABORT) ==
          ncclInProgress);
    CHECK(convoyCommWaitReady(comms[1], WAIT_NANOS) == ncclSuccess);
    CHECK(convoyCommWaitReady(comms[0], WAIT_NANOS) == ncclSuccess);
    for (int i = 0; i < 2; i++) {
        CHECK(ncclCommDestroy(children[i]) == ncclSuccess);
    }
    for (int i = 0; i < 3; i++) {
        CHECK(ncclCommAbort(comms[i]) == ncclSuccess);
    }
}

/* A rank that has left ends the making of a child, also for one that waits for another first. */
static void loss_behind_a_silent_rank(bool splits) {
    ncclComm_t comms[4];
    ncclComm_t child = NULL;
    ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
    int excluded = 3;
    init_all_nonblocking(comms, 4);
    CHECK((splits ? ncclCommSplit(comms[0], 0, 0, &child, NULL)
                  : ncclCommShrink(comms[0], &excluded, 1, &child, &config, 0)) == ncclInProgress);
    CHECK(ncclCommAbort(comms[2]) == ncclSuccess);
    CHECK(convoyCommWaitReady(comms[0], WAIT_NANOS) == ncclRemoteError);
    CHECK(child == NULL);
    for (int i = 0; i < 4; i++) {
        CHECK(i == 2 || ncclCommAbort(comms[i]) == ncclSuccess);
    }
}

static void *shrink_alone(void *comm) {
    int excluded = 2;
    ncclComm_t child;
    CHECK(ncclCommShrink(comm, &excluded, 1, &child, NULL, 0) == ncclInternalError);
    return NULL;
}

/* A shrink that blocks, since the other member never joins it, ends with an abort of its parent. */
static void blocking_shrink_is_aborted(void) {
    ncclComm_t comms[3];
    pthread_t thread;
    CHECK(ncclCommInitAll(comms, 3, NULL) == ncclSuccess);
    CHECK(pthread_create(&thread, NULL, shrink_alone, comms[0]) == 0);
    while (atomic_load(&comms[0]->page->children[CHILD_SHRUNK].stamp) != comm_stamp(comms[0], 0)) {
        usleep(50);
    }
    for (int i = 0; i < 3; i++) {
        CHECK(ncclCommAbort(comms[i]) == ncclSuccess);
    }
    pthread_join(thread, NULL);
}

static void *revoke_comm(void *comm) {
    ncclResult_t result = ncclCommRevoke(comm, NCCL_REVOKE_DEFAULT);
    CHECK(result == ncclSuccess || result == ncclInProgress);
    return NULL;
}

/* A revocation that still waits for the making of a child when the parent is aborted. */
static void abort_overtakes_revoke(void) {
    ncclComm_t comms[2];
    ncclComm_t child;
    pthread_t threads[2];
    init_all_nonblocking(comms, 2);
    struct ncclComm *comm = comms[0];
    CHECK(ncclCommSplit(comm, 0, 0, &child, NULL) == ncclInProgress);
    while (atomic_load(&comm->page->splits[0].stamp) != comm_stamp(comm, 0)) {
        usleep(50);
    }
    pthread_mutex_lock(&comm->lock); /* which the split needs for its last word */
    CHECK(pthread_create(&threads[0], NULL, revoke_comm, comm) == 0);
    while (!atomic_load(&comm->revoked)) {
        usleep(50);
    }
    CHECK(pthread_create(&threads[1], NULL, abort_comm, comm) == 0);
    while (!atomic_load(&comm->aborted)) {
        usleep(50);
    }
    pthread_mutex_unlock(&comm->lock);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK(child == NULL);
    CHECK(ncclCommAbort(comms[1]) == ncclSuccess);
}

/* Splits that are complete and splits that never are, and no page of them stays behind. */
static void children_leave_no_pages(void) {
    size_t live = 0;
    for (int round = 0; round < 80; round++) {
        ncclComm_t comms[3];
        ncclComm_t children[3] = {NULL, NULL, NULL};
        init_all_nonblocking(comms, 3);
        int members = 1 + round % 3;
        for (int i = 0; i < members; i++) {
            CHECK(ncclCommSplit(comms[i], 0, 0, &children[i], NULL) == ncclInProgress);
        }
        for (int i = 0; members == 3 && i < 3; i++) {
            CHECK(convoyCommWaitReady(comms[i], WAIT_NANOS) == ncclSuccess);
        }
        for (int i = 0; i < 3; i++) {
            CHECK(ncclCommAbort(comms[(i + round) % 3]) == ncclSuccess);
            CHECK(ncclCommAbort(children[i]) == ncclSuccess);
        }
        live = round == 10 ? memory_live_bytes() : live;
    }
    CHECK(memory_live_bytes() <= live);
}

int main(void) {
    abort_is_shown_first(abort_comm);
    abort_is_shown_first(shrink_with_abort);
    death_is_named();
    abort_is_no_mismatch();
    shrinks_out_of_step();
    loss_behind_a_silent_rank(true);
    loss_behind_a_silent_rank(false);
    blocking_shrink_is_aborted();
    for (int round = 0; round < 20; round++) {
        abort_overtakes_revoke();
    }
    children_leave_no_pages();
    fprintf(stderr, "ok\n");
    return 0;
}
