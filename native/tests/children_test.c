/* SPDX-License-Identifier: Apache-2.0 */
/* Communicators made of others, by split or in groups, with any number of ranks in a process; and
 * made of several ids. */
#include "members.h"

#include <string.h>

#define MILLIS 1000000ll
#define PROCESSES 4

/* --- splits --- */

/* What every rank of a split asks for, the same on all of them. */
struct wishes {
    int color[TEST_RANKS_MAX];
    int key[TEST_RANKS_MAX];
};

static struct wishes random_wishes(uint64_t *random, int n) {
    struct wishes wishes;
    int colors = 1 + (int)(test_random(random) % 3);
    for (int rank = 0; rank < n; rank++) {
        uint64_t bits = test_random(random);
        wishes.color[rank] =
            bits % 6 == 0 ? NCCL_SPLIT_NOCOLOR : (int)((bits >> 8) % (uint64_t)colors) * 1000;
        wishes.key[rank] = (int)((bits >> 16) % 4) - 2;
    }
    return wishes;
}

/* The ranks of a colour by key and rank: looked for one after the other, where the library sorts.
 */
static int expected_members(const struct wishes *wishes, int n, int color, int *members) {
    int count = 0;
    for (int key = -2; key < 2; key++) {
        for (int rank = 0; rank < n; rank++) {
            if (wishes->color[rank] == color && wishes->key[rank] == key) {
                members[count++] = rank;
            }
        }
    }
    return count;
}

static void check_child(ncclComm_t child, const struct wishes *wishes, int n, int own) {
    int members[TEST_RANKS_MAX];
    if (wishes->color[own] == NCCL_SPLIT_NOCOLOR) {
        CHECK(child == NULL);
        return;
    }
    CHECK(child != NULL);
    int count = expected_members(wishes, n, wishes->color[own], members);
    test_check_members(child, members, count, own);
}

static void random_splits(struct test_rank *rank, bool blocking) {
    uint64_t random = rank->seed;
    ncclComm_t parent = test_comm_of(rank, blocking, blocking);
    for (int round = 0; round < 40; round++) {
        struct wishes wishes = random_wishes(&random, rank->nranks);
        ncclConfig_t config = test_config((int)(test_random(&random) % 2));
        ncclConfig_t *given = test_random(&random) % 2 == 0 ? &config : NULL;
        ncclComm_t child = (ncclComm_t)(void *)&random;
        ncclResult_t result =
            ncclCommSplit(parent, wishes.color[rank->rank], wishes.key[rank->rank], &child, given);
        CHECK(result == (blocking ? ncclSuccess : ncclInProgress));
        NCCL(test_await(parent, result));
        check_child(child, &wishes, rank->nranks, rank->rank);
        NCCL(ncclCommDestroy(child));
    }
    NCCL(ncclCommDestroy(parent));
}

static void splits(struct test_rank *rank) {
    random_splits(rank, true);
    random_splits(rank, false);
}

/* The child is asked for its own kind of calls, the call itself for the parent's. */
static void kinds_of_children(struct test_rank *rank) {
    ncclComm_t parents[2] = {test_comm_of(rank, 0, false), test_comm_of(rank, 1, true)};
    for (int parent = 0; parent < 2; parent++) {
        for (int blocking = 0; blocking < 2; blocking++) {
            ncclComm_t child;
            ncclComm_t grandchild;
            ncclConfig_t config = test_config(blocking);
            ncclResult_t result = ncclCommSplit(parents[parent], 0, 0, &child, &config);
            CHECK(result == (parent == 1 ? ncclSuccess : ncclInProgress));
            NCCL(test_await(parents[parent], result));
            result = ncclCommSplit(child, 0, 0, &grandchild, NULL);
            CHECK(result == (blocking ? ncclSuccess : ncclInProgress));
            NCCL(test_await(child, result));
            NCCL(ncclCommDestroy(grandchild));
            NCCL(ncclCommDestroy(child));
        }
        NCCL(ncclCommDestroy(parents[parent]));
    }
}

/* Until a split is complete there is no child, and the parent takes nothing else. */
static void split_in_progress(struct test_rank *rank) {
    ncclComm_t parent = test_comm_of(rank, 0, false);
    ncclComm_t child = (ncclComm_t)(void *)rank;
    int count;
    if (rank->rank == 0) {
        CHECK(ncclCommSplit(parent, 0, 0, &child, NULL) == ncclInProgress);
        CHECK(convoyCommWaitReady(parent, 20 * MILLIS) == ncclInProgress);
        CHECK(child == NULL);
        CHECK(ncclCommCount(parent, &count) == ncclInvalidArgument);
        CHECK(ncclCommSplit(parent, 0, 0, &child, NULL) == ncclInvalidArgument);
        CHECK(ncclCommFinalize(parent) == ncclInvalidArgument);
    }
    test_barrier(rank, 0);
    ncclResult_t result = ncclInProgress;
    if (rank->rank != 0) {
        result = ncclCommSplit(parent, 0, 0, &child, NULL);
    }
    NCCL(test_await(parent, result));
    CHECK(child != NULL);
    NCCL(ncclCommDestroy(child));
    NCCL(ncclCommDestroy(parent));
}

/* Several splits of one parent in a group happen in the order of the calls. */
static void splits_in_a_group(struct test_rank *rank) {
    enum { SPLITS = 5 };
    uint64_t random = rank->seed;
    ncclComm_t parent = test_comm_of(rank, 0, rank->seed % 2 == 0);
    for (int round = 0; round < 10; round++) {
        ncclComm_t children[SPLITS];
        struct wishes wishes[SPLITS];
        NCCL(ncclGroupStart());
        for (int i = 0; i < SPLITS; i++) {
            wishes[i] = random_wishes(&random, rank->nranks);
            NCCL(ncclCommSplit(parent, wishes[i].color[rank->rank], wishes[i].key[rank->rank],
                               &children[i], NULL));
            CHECK(children[i] == NULL);
        }
        NCCL(test_await(parent, ncclGroupEnd()));
        for (int i = 0; i < SPLITS; i++) {
            check_child(children[i], &wishes[i], rank->nranks, rank->rank);
            NCCL(ncclCommDestroy(children[i]));
        }
    }
    NCCL(ncclCommDestroy(parent));
}

/* A rank that goes with nobody may leave the parent while the others still divide it. */
static void leave_after_split(struct test_rank *rank) {
    for (int round = 0; round < 30; round++) {
        ncclComm_t parent = test_comm_of(rank, round, true);
        ncclComm_t child;
        int leaves = round % rank->nranks;
        int color = rank->rank == leaves ? NCCL_SPLIT_NOCOLOR : 1;
        NCCL(ncclCommSplit(parent, color, 0, &child, NULL));
        NCCL(ncclCommDestroy(parent));
        if (rank->rank != leaves) {
            int n;
            NCCL(ncclCommCount(child, &n));
            CHECK(n == rank->nranks - 1);
            NCCL(ncclCommDestroy(child));
        }
    }
}

static void split_misuse(struct test_rank *rank) {
    ncclComm_t parent = test_comm_of(rank, 0, true);
    ncclComm_t child;
    ncclConfig_t config = test_config(0);
    config.minCTAs = 0;
    CHECK(ncclCommSplit(NULL, 0, 0, &child, NULL) == ncclInvalidArgument);
    CHECK(ncclCommSplit(parent, 0, 0, NULL, NULL) == ncclInvalidArgument);
    CHECK(ncclCommSplit(parent, 0, 0, &child, &config) == ncclInvalidArgument);
    CHECK(strstr(ncclGetLastError(NULL), "minCTAs") != NULL);
    NCCL(ncclGroupStart());
    NCCL(ncclCommSplit(parent, 0, 0, &child, NULL));
    CHECK(ncclCommSplit(parent, 0, 0, NULL, NULL) == ncclInvalidArgument);
    CHECK(ncclGroupEnd() == ncclInvalidArgument); /* the whole group is given up */
    CHECK(child == NULL);
    NCCL(ncclCommFinalize(parent));
    CHECK(ncclCommSplit(parent, 0, 0, &child, NULL) == ncclInvalidUsage);
    NCCL(ncclCommDestroy(parent));
}

/* --- several ranks of a process --- */

/* How many ranks each process has, and which is its first one. */
struct distribution {
    int n;
    int first[PROCESSES + 1];
};

static struct distribution random_distribution(uint64_t *random, int processes) {
    struct distribution d = {.n = 0};
    for (int process = 0; process < processes; process++) {
        d.first[process] = d.n;
        d.n += 1 + (int)(test_random(random) % 3);
    }
    d.first[processes] = d.n;
    return d;
}

static ncclResult_t await_all(ncclComm_t *comms, int count, ncclResult_t result) {
    for (int i = 0; i < count; i++) {
        ncclResult_t own =
            test_await(comms[i], result == ncclSuccess ? ncclSuccess : ncclInProgress);
        if (own != ncclSuccess) {
            return own;
        }
    }
    return ncclSuccess;
}

static void check_children(ncclComm_t *children, const struct wishes *wishes,
                           const struct distribution *d, int process) {
    int32_t *buffer;
    cudaStream_t stream;
    int mine = d->first[process + 1] - d->first[process];
    CUDA(cudaMalloc((void **)&buffer, (size_t)mine * sizeof *buffer));
    CUDA(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    NCCL(ncclGroupStart());
    for (int i = 0; i < mine; i++) {
        buffer[i] = 1 << (d->first[process] + i);
        if (children[i] != NULL) {
            NCCL(ncclAllReduce(buffer + i, buffer + i, 1, ncclInt32, ncclSum, children[i], stream));
        }
    }
    NCCL(ncclGroupEnd());
    CUDA(cudaStreamSynchronize(stream));
    for (int i = 0; i < mine; i++) {
        int own = d->first[process] + i;
        int32_t expected = 0;
        for (int rank = 0; rank < d->n; rank++) {
            expected += wishes->color[rank] == wishes->color[own] ? 1 << rank : 0;
        }
        CHECK((children[i] == NULL) == (wishes->color[own] == NCCL_SPLIT_NOCOLOR));
        CHECK(children[i] == NULL || buffer[i] == expected);
    }
    CUDA(cudaFree(buffer));
    CUDA(cudaStreamDestroy(stream));
}

/* Any number of ranks in each process, made, divided and shrunk by groups. */
static void distributed(struct test_rank *rank) {
    uint64_t random = rank->seed;
    for (int round = 0; round < 12; round++) {
        struct distribution d = random_distribution(&random, rank->nranks);
        int first = d.first[rank->rank];
        int mine = d.first[rank->rank + 1] - first;
        ncclConfig_t config = test_config(round % 2);
        ncclUniqueId id = test_id(rank, round, round % rank->nranks);
        ncclComm_t comms[TEST_RANKS_MAX];
        ncclComm_t children[TEST_RANKS_MAX];
        NCCL(ncclGroupStart());
        for (int i = 0; i < mine; i++) {
            NCCL(ncclCommInitRankConfig(&comms[i], d.n, id, first + i, &config));
        }
        NCCL(await_all(comms, mine, ncclGroupEnd()));
        for (int splits = 0; splits < 3; splits++) {
            struct wishes wishes = random_wishes(&random, d.n);
            NCCL(ncclGroupStart());
            for (int i = 0; i < mine; i++) {
                NCCL(ncclCommSplit(comms[i], wishes.color[first + i], wishes.key[first + i],
                                   &children[i], NULL));
            }
            NCCL(await_all(comms, mine, ncclGroupEnd()));
            check_children(children, &wishes, &d, rank->rank);
            for (int i = 0; i < mine; i++) {
                NCCL(ncclCommDestroy(children[i]));
            }
        }
        for (int i = 0; i < mine; i++) {
            NCCL(ncclCommDestroy(comms[i]));
        }
    }
}

static void shrink_in_a_group(struct test_rank *rank) {
    ncclComm_t comms[4];
    ncclComm_t children[4];
    int excluded = 1;
    NCCL(ncclCommInitAll(comms, 4, NULL));
    NCCL(ncclGroupStart());
    for (int i = 0; i < 4; i++) {
        if (i != excluded) {
            NCCL(ncclCommShrink(comms[i], &excluded, 1, &children[i], NULL, NCCL_SHRINK_DEFAULT));
            CHECK(children[i] == NULL);
        }
    }
    NCCL(ncclGroupEnd());
    for (int i = 0; i < 4; i++) {
        int n;
        if (i != excluded) {
            NCCL(ncclCommCount(children[i], &n));
            CHECK(n == 3);
            NCCL(ncclCommDestroy(children[i]));
        }
        NCCL(ncclCommDestroy(comms[i]));
    }
    (void)rank;
}

/* One communicator of a group cannot be made: nobody waits for the others. */
static void failure_in_a_group(struct test_rank *rank) {
    ncclUniqueId good;
    ncclComm_t comms[2];
    NCCL(ncclGetUniqueId(&good));
    ncclUniqueId bad = good;
    bad.internal[30] ^= 1; /* its maker does not know it */
    NCCL(ncclGroupStart());
    NCCL(ncclCommInitRank(&comms[0], 2, good, 0)); /* rank 1 never comes */
    NCCL(ncclCommInitRank(&comms[1], 2, bad, 0));
    CHECK(ncclGroupEnd() == ncclInvalidUsage);
    CHECK(comms[0] == NULL && comms[1] == NULL);
    (void)rank;
}

/* What was given back inside the group is not made at its end. */
static void aborted_in_a_group(struct test_rank *rank) {
    ncclUniqueId id;
    ncclComm_t comm;
    ncclComm_t child;
    ncclComm_t parent;
    NCCL(ncclGetUniqueId(&id));
    NCCL(ncclGroupStart());
    NCCL(ncclCommInitRank(&comm, 2, id, 0));
    NCCL(ncclCommAbort(comm));
    CHECK(ncclGroupEnd() == ncclInvalidUsage);
    for (int destroy = 0; destroy < 2; destroy++) {
        NCCL(ncclCommInitAll(&parent, 1, NULL));
        NCCL(ncclGroupStart());
        NCCL(ncclCommSplit(parent, 0, 0, &child, NULL));
        NCCL(destroy ? ncclCommDestroy(parent) : ncclCommAbort(parent));
        CHECK(ncclGroupEnd() == ncclInvalidUsage);
        CHECK(child == NULL);
    }
    (void)rank;
}

static void mixed_kinds_in_a_group(struct test_rank *rank) {
    ncclComm_t blocking = test_comm_of(rank, 0, true);
    ncclComm_t other = test_comm_of(rank, 1, false);
    ncclComm_t children[2];
    NCCL(ncclGroupStart());
    NCCL(ncclCommSplit(blocking, 0, 0, &children[0], NULL));
    CHECK(ncclCommSplit(other, 0, 0, &children[1], NULL) == ncclInvalidArgument);
    CHECK(ncclGroupEnd() == ncclInvalidArgument);
    NCCL(ncclCommDestroy(blocking));
    NCCL(ncclCommDestroy(other));
}

/* --- configurations --- */

static ncclResult_t try_config(ncclConfig_t *config) {
    ncclUniqueId id;
    ncclComm_t comm = NULL;
    NCCL(ncclGetUniqueId(&id));
    ncclResult_t result = ncclCommInitRankConfig(&comm, 1, id, 0, config);
    CHECK((comm != NULL) == (result == ncclSuccess));
    NCCL(ncclCommDestroy(comm));
    return result;
}

/* What NCCL refuses is refused, as far as the program's version of the structure goes. */
static void configurations(struct test_rank *rank) {
    static const size_t refuses_minus_one[] = {
        offsetof(ncclConfig_t, blocking),       offsetof(ncclConfig_t, cgaClusterSize),
        offsetof(ncclConfig_t, splitShare),     offsetof(ncclConfig_t, collnetEnable),
        offsetof(ncclConfig_t, CTAPolicy),      offsetof(ncclConfig_t, shrinkShare),
        offsetof(ncclConfig_t, nvlsCTAs),       offsetof(ncclConfig_t, nChannelsPerNetPeer),
        offsetof(ncclConfig_t, graphUsageMode), offsetof(ncclConfig_t, nvlinkCentricSched),
        offsetof(ncclConfig_t, numRmaCtx)};
    const int minus_one = -1;
    for (size_t i = 0; i < sizeof refuses_minus_one / sizeof *refuses_minus_one; i++) {
        ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
        NCCL(try_config(&config));
        memcpy((char *)&config + refuses_minus_one[i], &minus_one, sizeof minus_one);
        CHECK(try_config(&config) == ncclInvalidArgument);
    }
    ncclConfig_t old = NCCL_CONFIG_INITIALIZER;
    old.minCTAs = 4;
    old.maxCTAs = 2;
    CHECK(try_config(&old) == ncclInvalidArgument);
    old.maxCTAs = 8;
    old.numRmaCtx = -1;
    old.version = 22800; /* knows no such field */
    NCCL(try_config(&old));
    old.version = NCCL_VERSION_CODE;
    old.size = offsetof(ncclConfig_t, numRmaCtx);
    NCCL(try_config(&old));
    old.magic = 0;
    CHECK(try_config(&old) == ncclInvalidArgument);
    (void)rank;
}

/* --- several ids --- */

static void scalable(struct test_rank *rank) {
    for (int round = 0; round < 8; round++) {
        ncclUniqueId ids[TEST_RANKS_MAX];
        int members[TEST_RANKS_MAX];
        int nids = 1 + round % rank->nranks;
        for (int i = 0; i < nids; i++) {
            ids[i] = test_id(rank, round * TEST_RANKS_MAX + i, (round + i) % rank->nranks);
        }
        for (int i = 0; i < rank->nranks; i++) {
            members[i] = i;
        }
        ncclComm_t comm;
        ncclConfig_t config = test_config(round / 4);
        ncclResult_t result = ncclCommInitRankScalable(&comm, rank->nranks, rank->rank, nids, ids,
                                                       round % 2 == 0 ? &config : NULL);
        NCCL(test_await(comm, result));
        test_check_members(comm, members, rank->nranks, rank->rank);
        NCCL(ncclCommDestroy(comm));
        CHECK(ncclCommInitRankScalable(&comm, rank->nranks, rank->rank, 0, ids, NULL) ==
              ncclInvalidArgument);
        CHECK(ncclCommInitRankScalable(&comm, nids, 0, nids + 1, ids, NULL) == ncclInvalidArgument);
        CHECK(ncclCommInitRankScalable(&comm, nids, 0, nids, NULL, NULL) == ncclInvalidArgument);
    }
    test_barrier(rank, 0); /* makers stay until all have been answered */
}

static const struct test_scenario scenarios[] = {
    {.name = "splits", .nranks = 5, .seconds = 60, .run = splits},
    {.name = "kinds_of_children", .nranks = 2, .seconds = 30, .run = kinds_of_children},
    {.name = "split_in_progress", .nranks = 3, .seconds = 30, .run = split_in_progress},
    {.name = "splits_in_a_group", .nranks = 4, .seconds = 30, .run = splits_in_a_group},
    {.name = "leave_after_split", .nranks = 3, .seconds = 30, .run = leave_after_split},
    {.name = "split_misuse", .nranks = 1, .seconds = 30, .run = split_misuse},
    {.name = "distributed", .nranks = PROCESSES, .seconds = 60, .run = distributed},
    {.name = "shrink_in_a_group", .nranks = 1, .seconds = 30, .run = shrink_in_a_group},
    {.name = "failure_in_a_group", .nranks = 1, .seconds = 30, .run = failure_in_a_group},
    {.name = "aborted_in_a_group", .nranks = 1, .seconds = 30, .run = aborted_in_a_group},
    {.name = "mixed_kinds_in_a_group", .nranks = 2, .seconds = 30, .run = mixed_kinds_in_a_group},
    {.name = "configurations", .nranks = 1, .seconds = 30, .run = configurations},
    {.name = "scalable", .nranks = 4, .seconds = 30, .run = scalable},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
