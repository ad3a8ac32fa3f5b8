/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranks spread over processes in any way: each process drives its own in groups, through every
 * operation, at sizes around every threshold. Integers, so that one formula tells all results.
 */
#include "harness.h"

#include <string.h>

#define PROCESSES 3
#define RANKS_EACH 3
#define ELEMENTS_MOST ((size_t)60000)

enum kind {
    ALL_REDUCE,
    BROADCAST,
    REDUCE,
    ALL_GATHER,
    REDUCE_SCATTER,
    ALL_TO_ALL,
    GATHER,
    SCATTER,
    RING,
    KINDS
};

struct seat {
    int rank;
    ncclComm_t comm;
    cudaStream_t stream;
    int32_t *send;
    int32_t *receive;
};

/* The ranks of one process. */
struct table {
    int n; /* of all processes */
    int mine;
    struct seat seats[RANKS_EACH];
};

struct round {
    enum kind kind;
    size_t count;
    int root;
    uint32_t salt;
};

/* --- what is sent, and what must come --- */

static int32_t sent(const struct round *round, int rank, size_t i) {
    return (int32_t)((round->salt + (uint32_t)rank * 40503u + (uint32_t)i) * 2654435761u);
}

static int32_t sum(const struct round *round, int n, size_t i) {
    uint32_t total = 0;
    for (int rank = 0; rank < n; rank++) {
        total += (uint32_t)sent(round, rank, i);
    }
    return (int32_t)total;
}

static int32_t expected(const struct round *round, int n, int rank, size_t i) {
    int part = (int)(i / round->count);
    size_t within = i % round->count;
    size_t own = (size_t)rank * round->count + within;
    switch (round->kind) {
    case ALL_REDUCE:
    case REDUCE:
        return sum(round, n, i);
    case REDUCE_SCATTER:
        return sum(round, n, own);
    case BROADCAST:
        return sent(round, round->root, i);
    case SCATTER:
        return sent(round, round->root, own);
    case ALL_TO_ALL:
        return sent(round, part, own);
    case RING:
        return sent(round, (rank + n - 1) % n, i);
    default:
        return sent(round, part, within);
    }
}

static size_t received_parts(const struct round *round, int n, int rank) {
    bool all = round->kind == ALL_GATHER || round->kind == ALL_TO_ALL || round->kind == GATHER;
    bool nothing = (round->kind == REDUCE || round->kind == GATHER) && rank != round->root;
    return nothing ? 0 : all ? (size_t)n : 1;
}

/* --- one round --- */

static ncclResult_t call(const struct table *t, const struct seat *s, const struct round *r) {
    switch (r->kind) {
    case ALL_REDUCE:
        return ncclAllReduce(s->send, s->receive, r->count, ncclInt32, ncclSum, s->comm, s->stream);
    case BROADCAST:
        return ncclBroadcast(s->send, s->receive, r->count, ncclInt32, r->root, s->comm, s->stream);
    case REDUCE:
        return ncclReduce(s->send, s->receive, r->count, ncclInt32, ncclSum, r->root, s->comm,
                          s->stream);
    case ALL_GATHER:
        return ncclAllGather(s->send, s->receive, r->count, ncclInt32, s->comm, s->stream);
    case REDUCE_SCATTER:
        return ncclReduceScatter(s->send, s->receive, r->count, ncclInt32, ncclSum, s->comm,
                                 s->stream);
    case ALL_TO_ALL:
        return ncclAlltoAll(s->send, s->receive, r->count, ncclInt32, s->comm, s->stream);
    case GATHER:
        return ncclGather(s->send, s->receive, r->count, ncclInt32, r->root, s->comm, s->stream);
    case SCATTER:
        return ncclScatter(s->send, s->receive, r->count, ncclInt32, r->root, s->comm, s->stream);
    default:
        NCCL(ncclSend(s->send, r->count, ncclInt32, (s->rank + 1) % t->n, s->comm, s->stream));
        return ncclRecv(s->receive, r->count, ncclInt32, (s->rank + t->n - 1) % t->n, s->comm,
                        s->stream);
    }
}

static void fill(const struct table *t, const struct round *round) {
    for (int i = 0; i < t->mine; i++) {
        const struct seat *seat = &t->seats[i];
        for (size_t k = 0; k < round->count * (size_t)t->n; k++) {
            seat->send[k] = sent(round, seat->rank, k);
        }
        memset(seat->receive, 0x5a, round->count * (size_t)t->n * sizeof(int32_t));
    }
}

static void check(const struct table *t, const struct round *round) {
    for (int i = 0; i < t->mine; i++) {
        const struct seat *seat = &t->seats[i];
        size_t elements = round->count * received_parts(round, t->n, seat->rank);
        for (size_t k = 0; k < elements; k++) {
            if (seat->receive[k] != expected(round, t->n, seat->rank, k)) {
                test_fail(__FILE__, __LINE__,
                          "kind %d, %zu elements, root %d: rank %d of %d at %zu", (int)round->kind,
                          round->count, round->root, seat->rank, t->n, k);
            }
        }
    }
}

static void run_round(const struct table *t, const struct round *round) {
    fill(t, round);
    NCCL(ncclGroupStart());
    for (int i = 0; i < t->mine; i++) {
        NCCL(call(t, &t->seats[i], round));
    }
    NCCL(ncclGroupEnd());
    for (int i = t->mine - 1; i >= 0; i--) {
        CUDA(cudaStreamSynchronize(t->seats[i].stream));
        memset(t->seats[i].send, 0xff, round->count * (size_t)t->n * sizeof(int32_t));
    }
    check(t, round);
}

/* --- distributions --- */

/* Everybody draws the same numbers; the ranks are dealt out in a random order. */
static struct table deal(struct test_rank *process, uint64_t *random) {
    struct table table = {.n = 0};
    int owner[PROCESSES * RANKS_EACH];
    for (int p = 0; p < process->nranks; p++) {
        int ranks = 1 + (int)(test_random(random) % RANKS_EACH);
        for (int i = 0; i < ranks; i++) {
            owner[table.n++] = p;
        }
    }
    for (int i = table.n - 1; i > 0; i--) {
        int other = (int)(test_random(random) % (uint64_t)(i + 1));
        int swapped = owner[i];
        owner[i] = owner[other];
        owner[other] = swapped;
    }
    for (int rank = 0; rank < table.n; rank++) {
        if (owner[rank] == process->rank) {
            table.seats[table.mine++].rank = rank;
        }
    }
    return table;
}

static void sit_down(struct table *t, ncclUniqueId id) {
    NCCL(ncclGroupStart());
    for (int i = 0; i < t->mine; i++) {
        NCCL(ncclCommInitRank(&t->seats[i].comm, t->n, id, t->seats[i].rank));
    }
    NCCL(ncclGroupEnd());
    for (int i = 0; i < t->mine; i++) {
        struct seat *seat = &t->seats[i];
        size_t bytes = ELEMENTS_MOST * (size_t)t->n * sizeof(int32_t);
        /* Ranks of a process may share a stream. */
        if (i > 0 && t->n % 2 == 0) {
            seat->stream = t->seats[0].stream;
        } else {
            CUDA(cudaStreamCreateWithFlags(&seat->stream, cudaStreamNonBlocking));
        }
        CUDA(cudaMalloc((void **)&seat->send, bytes));
        CUDA(cudaMalloc((void **)&seat->receive, bytes));
    }
}

static void stand_up(struct table *t) {
    for (int i = t->mine - 1; i >= 0; i--) {
        struct seat *seat = &t->seats[i];
        NCCL(ncclCommDestroy(seat->comm));
        if (i == 0 || seat->stream != t->seats[0].stream) {
            CUDA(cudaStreamDestroy(seat->stream));
        }
        CUDA(cudaFree(seat->send));
        CUDA(cudaFree(seat->receive));
    }
}

static size_t random_count(uint64_t *random) {
    static const size_t around[] = {2, 6, 8, 256, 1024, 16384, 32768};
    uint64_t bits = test_random(random);
    return bits % 4 == 0 ? 1 + (bits >> 8) % ELEMENTS_MOST
                         : around[(bits >> 8) % 7] + (bits >> 16) % 5 - 1;
}

static void distributed(struct test_rank *process) {
    uint64_t random = process->seed;
    for (int table = 0; table < 6; table++) {
        struct table t = deal(process, &random);
        sit_down(&t, test_id(process, table, table % process->nranks));
        for (int i = 0; i < 45; i++) {
            struct round round = {.kind = (enum kind)(test_random(&random) % KINDS),
                                  .count = random_count(&random),
                                  .root = (int)(test_random(&random) % (uint64_t)t.n),
                                  .salt = (uint32_t)test_random(&random)};
            run_round(&t, &round);
        }
        stand_up(&t);
    }
}

static const struct test_scenario scenarios[] = {
    {.name = "one_process", .nranks = 1, .seconds = 60, .run = distributed},
    {.name = "two_processes", .nranks = 2, .seconds = 60, .run = distributed},
    {.name = "three_processes", .nranks = PROCESSES, .seconds = 60, .run = distributed},
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
