/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranks that die or give up at any moment while a communicator is made of another: nobody waits
 * longer than until its own abort, and nothing is left behind.
 */
#include "members.h"

#include <signal.h>
#include <unistd.h>

#define MILLIS 1000000ll

/* The ways to make a communicator here; the last rank is new where one grows. */
enum way { SPLIT, SPLIT_GROUP, SHRINK, GROW, SCALABLE, WAYS };

struct making {
    enum way way;
    ncclComm_t parent; /* whose state tells how far it is, but for GROW and SCALABLE */
    ncclComm_t children[3];
    ncclUniqueId ids[2];
};

static ncclComm_t watched(const struct making *m) {
    return m->way == GROW || m->way == SCALABLE ? m->children[0] : m->parent;
}

/* Everything that a way needs before; a new rank has no parent. */
static struct making prepare(struct test_rank *rank, enum way way, int index) {
    struct making m = {.way = way};
    int old = rank->nranks - (way == GROW);
    if (way != SCALABLE && rank->rank < old) {
        m.parent = test_comm_nonblocking(old, test_id(rank, index, 0), rank->rank);
    }
    if (way == SCALABLE) {
        m.ids[0] = test_id(rank, index, 0);
        m.ids[1] = test_id(rank, index + 1, 1);
    } else if (way == GROW) {
        if (rank->rank == 0) {
            NCCL(ncclCommGetUniqueId(m.parent, &rank->block->ids[index + 1]));
            atomic_store(&rank->block->id_ready[index + 1], 1);
        }
        m.ids[0] = test_id(rank, index + 1, -1);
    }
    return m;
}

/* Rank 3 is the one to exclude, and takes no part; the others go together. */
static ncclResult_t begin_shrink(const struct test_rank *rank, struct making *m) {
    int excluded = rank->nranks - 1;
    return rank->rank == excluded
               ? ncclSuccess
               : ncclCommShrink(m->parent, &excluded, 1, &m->children[0], NULL, 0);
}

static ncclResult_t begin(const struct test_rank *rank, struct making *m) {
    ncclConfig_t config = test_config(0);
    switch (m->way) {
    case SPLIT:
        return ncclCommSplit(m->parent, rank->rank % 2, 0, &m->children[0], NULL);
    case SPLIT_GROUP:
        NCCL(ncclGroupStart());
        for (int i = 0; i < 3; i++) {
            /* The end of the group says what became of it, also where a death is known already. */
            (void)ncclCommSplit(m->parent, (rank->rank + i) / 2, i, &m->children[i], NULL);
        }
        return ncclGroupEnd();
    case SHRINK:
        return begin_shrink(rank, m);
    case GROW:
        return ncclCommGrow(m->parent, rank->nranks,
                            rank->rank == 0 || m->parent == NULL ? m->ids : NULL,
                            m->parent == NULL ? rank->rank : -1, &m->children[0], &config);
    default:
        return ncclCommInitRankScalable(&m->children[0], rank->nranks, rank->rank, 2, m->ids,
                                        &config);
    }
}

static ncclResult_t await_shortly(const struct making *m, ncclResult_t result, int64_t nanos) {
    int64_t deadline = test_nanos() + nanos;
    while (result == ncclInProgress && test_nanos() < deadline) {
        result = convoyCommWaitReady(watched(m), MILLIS);
    }
    return result;
}

/* Bounded, however far it came. */
static void give_back(struct making *m) {
    int64_t begin = test_nanos();
    NCCL(ncclCommAbort(m->parent));
    for (int i = 0; i < 3; i++) {
        NCCL(ncclCommAbort(m->children[i]));
    }
    CHECK(test_nanos() - begin < TEST_SOON_NANOS);
}

/* --- killed --- */

static void killed_in(struct test_rank *rank, enum way way) {
    struct making m = prepare(rank, way, 0);
    uint64_t random = rank->seed;
    int victim = (int)(test_random(&random) % (uint64_t)rank->nranks);
    useconds_t moment = (useconds_t)(test_random(&random) % 1200);
    test_barrier(rank, 0);
    ncclResult_t result = begin(rank, &m);
    if (rank->rank == victim) {
        usleep(moment);
        kill(getpid(), SIGKILL);
    }
    CHECK(result == ncclInProgress || result == ncclSuccess || result == ncclRemoteError);
    /* One that died before it had said hello to new ones is missed only by the caller's patience.
     */
    result = await_shortly(&m, result, 300 * MILLIS);
    if (result != ncclInProgress && result != ncclSuccess && result != ncclRemoteError &&
        result != ncclSystemError) {
        test_fail(__FILE__, __LINE__, "way %d: %d (%s)", (int)way, (int)result,
                  ncclGetLastError(watched(&m)));
    }
    CHECK(result != ncclInProgress || way == GROW || way == SCALABLE);
    give_back(&m);
    atomic_fetch_add(&rank->block->flags[1], 1);
    test_await_flag(rank->block, 1, rank->nranks - 1); /* makers of ids stay until the end */
}

static void killed_in_split(struct test_rank *rank) {
    killed_in(rank, SPLIT);
}

static void killed_in_split_group(struct test_rank *rank) {
    killed_in(rank, SPLIT_GROUP);
}

static void killed_in_shrink(struct test_rank *rank) {
    killed_in(rank, SHRINK);
}

static void killed_in_grow(struct test_rank *rank) {
    killed_in(rank, GROW);
}

static void killed_in_scalable(struct test_rank *rank) {
    killed_in(rank, SCALABLE);
}

/*
 * Splits without end, blocking or not, until one of the ranks is killed in the midst of one. A call
 * that blocks answers for its child alone. One that does not is followed by its parent's state, and
 * the parent may fail after the child was made: the child is the caller's all the same.
 */
static void killed_while_splitting(struct test_rank *rank) {
    bool blocking = rank->seed % 2 == 0;
    ncclComm_t parent = test_comm_of(rank, 0, blocking);
    atomic_fetch_add(&rank->block->flags[0], 1);
    ncclResult_t result;
    ncclComm_t child = NULL;
    while ((result = test_await(parent, ncclCommSplit(parent, rank->rank % 2, 0, &child, NULL))) ==
           ncclSuccess) {
        CHECK(child != NULL);
        NCCL(ncclCommDestroy(child));
        child = NULL;
    }
    CHECK(result == ncclRemoteError);
    int64_t begin = test_nanos();
    NCCL(ncclCommAbort(parent)); /* the child may still have been in the making */
    CHECK(test_nanos() - begin < TEST_SOON_NANOS);
    CHECK(child == NULL || !blocking);
    NCCL(ncclCommDestroy(child));
}

static void drive_kill(struct test_block *block, const int *pids, uint64_t seed) {
    test_await_flag(block, 0, 4);
    usleep((useconds_t)(test_random(&seed) % 20000));
    kill(pids[test_random(&seed) % 4], SIGKILL);
}

/* --- given up --- */

/* One rank gives up at a random moment of every way, a hundred times; some are completed. */
static void give_up_once(struct test_rank *rank, int index, enum way way, uint64_t bits) {
    struct making m = prepare(rank, way, index);
    bool gives_up = bits % 3 != 0 && rank->rank == (int)((bits >> 8) % (uint64_t)rank->nranks);
    test_barrier(rank, 0);
    ncclResult_t result = begin(rank, &m);
    CHECK(result == ncclInProgress || result == ncclSuccess || result == ncclRemoteError);
    /* Who gives up before it has said hello to new ones is missed only by the caller's patience. */
    bool may_hang = bits % 3 != 0 && (way == GROW || way == SCALABLE);
    if (gives_up) {
        usleep((useconds_t)((bits >> 16) % 600));
        give_back(&m);
    } else {
        result = await_shortly(&m, result, may_hang ? 200 * MILLIS : 5000 * MILLIS);
        CHECK(result == ncclSuccess || bits % 3 != 0);
        if (result == ncclInProgress && !may_hang) {
            test_fail(__FILE__, __LINE__, "round %d way %d is still in progress", index / 2,
                      (int)way);
        }
        CHECK(result == ncclSuccess || result == ncclInProgress || result == ncclRemoteError);
    }
    test_barrier(rank, 1);
    if (!gives_up) {
        give_back(&m);
    }
}

static void given_up(struct test_rank *rank) {
    uint64_t random = rank->seed;
    int fds = 0;
    int threads = 0;
    for (int i = 0; i < 60; i++) {
        if (i == 10) {
            test_barrier(rank, 2);
            usleep(20000);
            fds = test_count_fds();
            threads = test_count_threads();
        }
        give_up_once(rank, i * 2, (enum way)(i % WAYS), test_random(&random));
    }
    test_barrier(rank, 3);
    int64_t deadline = test_nanos() + 2000 * MILLIS;
    while ((test_count_fds() > fds || test_count_threads() > threads) && test_nanos() < deadline) {
        usleep(1000);
    }
    CHECK(test_count_fds() <= fds);
    CHECK(test_count_threads() <= threads);
    test_barrier(rank, 4);
}

static const struct test_scenario scenarios[] = {
    {.name = "killed_in_split", .nranks = 4, .seconds = 30, .run = killed_in_split, .may_die = 15},
    {.name = "killed_in_split_group",
     .nranks = 4,
     .seconds = 30,
     .run = killed_in_split_group,
     .may_die = 15},
    {.name = "killed_in_shrink",
     .nranks = 4,
     .seconds = 30,
     .run = killed_in_shrink,
     .may_die = 15},
    {.name = "killed_in_grow", .nranks = 4, .seconds = 30, .run = killed_in_grow, .may_die = 15},
    {.name = "killed_in_scalable",
     .nranks = 4,
     .seconds = 30,
     .run = killed_in_scalable,
     .may_die = 15},
    {.name = "killed_while_splitting",
     .nranks = 4,
     .seconds = 30,
     .run = killed_while_splitting,
     .drive = drive_kill,
     .may_die = 15},
    {.name = "given_up", .nranks = 4, .seconds = 60, .run = given_up},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
