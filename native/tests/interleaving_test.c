/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranks as streams of one thread, stepped transition by transition in an order that this test
 * chooses: random ones, with an abort or a stop at any step, and all of them at tiny sizes. The
 * moment an operation has completed its result must be right, and its send buffer is overwritten,
 * as a user may. So are all buffers of a rank that has aborted.
 */
#include "convoy/convoy_ext.h"
#include "operations/op.h"
#include "operations/put_server.h"
#include "progress/helper.h"
#include "streams/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RANKS_MAX 4
#define OPS_MAX 40
#define PARTS 10u      /* more than are posted ahead */
#define ELEMENTS 40000 /* of all operations of a rank */

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s (seed %llu, run %llu)\n", __FILE__, __LINE__, #condition,   \
                    (unsigned long long)seed, (unsigned long long)current_run);                    \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static uint64_t seed;
static uint64_t current_run;

struct planned {
    /*
     * OP_SEND stands for a ring exchange, a send and a receive in one group; OP_RECEIVE for a
     * message from the root to the rank behind it; OP_REDUCE for an all-reduce in parts that are
     * one group; OP_PUT for a ring of puts; OP_GATHER for a reduce.
     */
    enum op_kind kind;
    size_t count;
    int root;
    size_t offset; /* into the buffers, in elements */
};

struct rank_state {
    ncclComm_t comm;
    cudaStream_t stream;
    int32_t *send;
    int32_t *receive;
    ncclWindow_t window; /* of `receive` */
    uint64_t verified;   /* operations, of the plan */
    bool aborted;
    bool stopped;
    bool blocked; /* its last step moved nothing, and nobody has moved since */
};

struct world {
    int n;
    int nops;
    struct planned plan[OPS_MAX];
    struct rank_state ranks[RANKS_MAX];
};

static uint64_t random_state;

static uint64_t next_random(void) {
    uint64_t z = (random_state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int32_t input(int rank, size_t i) {
    return (int32_t)(i * 31u + (size_t)rank * 1009u + 5u);
}

/* --- what is asked, and what must come out --- */

static size_t elements_of(const struct world *world, const struct planned *op) {
    bool many = op->kind == OP_ALL_GATHER || op->kind == OP_REDUCE_SCATTER ||
                op->kind == OP_ALL_TO_ALL || op->kind == OP_SCATTER;
    return op->count * (many ? (size_t)world->n : 1);
}

static bool is_receiver(const struct world *world, int r, const struct planned *op) {
    if (op->kind == OP_GATHER) {
        return r == op->root;
    }
    return op->kind != OP_RECEIVE || r == (op->root + 1) % world->n;
}

/* Operations of the library that one of the plan costs a rank. */
static uint64_t cost_of(const struct world *world, int r, const struct planned *op) {
    if (op->kind == OP_RECEIVE) {
        return r == op->root || is_receiver(world, r, op) ? 1 : 0;
    }
    return op->kind == OP_SEND || op->kind == OP_PUT ? 2 : op->kind == OP_REDUCE ? PARTS : 1;
}

static ncclResult_t issue_in_parts(const struct rank_state *rank, const struct planned *op) {
    ncclGroupStart();
    size_t begin = 0;
    for (size_t part = 1; part <= PARTS; part++) {
        size_t end = op->count * part / PARTS;
        size_t at = op->offset + begin;
        ncclAllReduce(rank->send + at, rank->receive + at, end - begin, ncclInt32, ncclSum,
                      rank->comm, rank->stream);
        begin = end;
    }
    return ncclGroupEnd();
}

static ncclResult_t put_around(const struct rank_state *rank, const struct planned *op, int next,
                               int previous) {
    ncclWaitSignalDesc_t wait = {.opCnt = 1, .peer = previous};
    ncclGroupStart();
    ncclWaitSignal(1, &wait, rank->comm, rank->stream);
    ncclPutSignal(rank->send + op->offset, op->count, ncclInt32, next, rank->window, op->offset * 4,
                  0, 0, 0, rank->comm, rank->stream);
    return ncclGroupEnd();
}

static void issue(struct world *world, int r, const struct planned *op) {
    struct rank_state *rank = &world->ranks[r];
    const int32_t *send = rank->send + op->offset;
    int32_t *receive = rank->receive + op->offset;
    ncclResult_t result = ncclInternalError;
    switch (op->kind) {
    case OP_ALL_REDUCE:
        result =
            ncclAllReduce(send, receive, op->count, ncclInt32, ncclSum, rank->comm, rank->stream);
        break;
    case OP_REDUCE:
        result = issue_in_parts(rank, op);
        break;
    case OP_BROADCAST:
        result =
            ncclBroadcast(send, receive, op->count, ncclInt32, op->root, rank->comm, rank->stream);
        break;
    case OP_ALL_GATHER:
        result = ncclAllGather(send, receive, op->count, ncclInt32, rank->comm, rank->stream);
        break;
    case OP_REDUCE_SCATTER:
        result = ncclReduceScatter(send, receive, op->count, ncclInt32, ncclSum, rank->comm,
                                   rank->stream);
        break;
    case OP_ALL_TO_ALL:
        result = ncclAlltoAll(send, receive, op->count, ncclInt32, rank->comm, rank->stream);
        break;
    case OP_RECEIVE:
        result = ncclSuccess;
        if (r == op->root) {
            result =
                ncclSend(send, op->count, ncclInt32, (r + 1) % world->n, rank->comm, rank->stream);
        } else if (is_receiver(world, r, op)) {
            result = ncclRecv(receive, op->count, ncclInt32, op->root, rank->comm, rank->stream);
        }
        break;
    case OP_GATHER:
        result = ncclReduce(send, receive, op->count, ncclInt32, ncclSum, op->root, rank->comm,
                            rank->stream);
        break;
    case OP_PUT:
        result = put_around(rank, op, (r + 1) % world->n, (r + world->n - 1) % world->n);
        break;
    default:
        ncclGroupStart();
        ncclSend(send, op->count, ncclInt32, (r + 1) % world->n, rank->comm, rank->stream);
        ncclRecv(receive, op->count, ncclInt32, (r + world->n - 1) % world->n, rank->comm,
                 rank->stream);
        result = ncclGroupEnd();
    }
    CHECK(result == ncclSuccess);
}

static int32_t sum_of(const struct world *world, size_t i) {
    int32_t sum = 0;
    for (int r = 0; r < world->n; r++) {
        sum += input(r, i);
    }
    return sum;
}

static int32_t expected(const struct world *world, int r, const struct planned *op, size_t i) {
    size_t part = i / op->count;
    size_t within = i % op->count;
    switch (op->kind) {
    case OP_ALL_REDUCE:
    case OP_REDUCE:
    case OP_GATHER:
        return sum_of(world, op->offset + i);
    case OP_BROADCAST:
    case OP_RECEIVE:
        return input(op->root, op->offset + i);
    case OP_ALL_GATHER:
        return input((int)part, op->offset + within);
    case OP_REDUCE_SCATTER:
        return sum_of(world, op->offset + (size_t)r * op->count + i);
    case OP_ALL_TO_ALL:
        return input((int)part, op->offset + (size_t)r * op->count + within);
    default:
        return input((r + world->n - 1) % world->n, op->offset + i);
    }
}

static size_t received_of(const struct world *world, const struct planned *op) {
    bool many = op->kind == OP_ALL_GATHER || op->kind == OP_ALL_TO_ALL;
    return op->count * (many ? (size_t)world->n : 1);
}

static void verify(struct world *world, int r, const struct planned *op) {
    struct rank_state *rank = &world->ranks[r];
    size_t count = is_receiver(world, r, op) ? received_of(world, op) : 0;
    for (size_t i = 0; i < count; i++) {
        CHECK(rank->receive[op->offset + i] == expected(world, r, op, i));
    }
    memset(rank->send + op->offset, 0xdd, elements_of(world, op) * sizeof(int32_t));
}

/* How many operations of the plan the rank has completed. */
static uint64_t completed_ops(const struct world *world, int r, uint64_t completed) {
    uint64_t ops = 0;
    for (int i = 0; i < world->nops; i++) {
        uint64_t cost = cost_of(world, r, &world->plan[i]);
        if (completed < cost) {
            break;
        }
        completed -= cost;
        ops++;
    }
    return ops;
}

static void verify_completed(struct world *world, int r) {
    struct rank_state *rank = &world->ranks[r];
    uint64_t enqueued;
    uint64_t completed;
    if (rank->aborted) {
        return;
    }
    CHECK(convoyCommProgress(rank->comm, &enqueued, &completed) == ncclSuccess);
    for (uint64_t ops = completed_ops(world, r, completed); rank->verified < ops;
         rank->verified++) {
        verify(world, r, &world->plan[rank->verified]);
    }
}

/* --- the world --- */

static void build(struct world *world, int n) {
    ncclComm_t comms[RANKS_MAX];
    *world = (struct world){.n = n};
    if (ncclCommInitAll(comms, n, NULL) != ncclSuccess) {
        fprintf(stderr, "run %llu: %s\n", (unsigned long long)current_run, ncclGetLastError(NULL));
        abort();
    }
    for (int r = 0; r < n; r++) {
        struct rank_state *rank = &world->ranks[r];
        rank->comm = comms[r];
        CHECK(cudaStreamCreateWithFlags(&rank->stream, cudaStreamNonBlocking) == cudaSuccess);
        CHECK(cudaMalloc((void **)&rank->send, ELEMENTS * 4) == cudaSuccess);
        CHECK(cudaMalloc((void **)&rank->receive, ELEMENTS * 4) == cudaSuccess);
        ncclWindow_t sources;
        CHECK(ncclCommWindowRegister(rank->comm, rank->send, ELEMENTS * 4, &sources,
                                     NCCL_WIN_COLL_SYMMETRIC) == ncclSuccess);
        CHECK(ncclCommWindowRegister(rank->comm, rank->receive, ELEMENTS * 4, &rank->window,
                                     NCCL_WIN_COLL_SYMMETRIC) == ncclSuccess);
        for (size_t i = 0; i < ELEMENTS; i++) {
            rank->send[i] = input(r, i);
            rank->receive[i] = -1;
        }
    }
}

static void abort_rank(struct world *world, int r) {
    struct rank_state *rank = &world->ranks[r];
    if (!rank->aborted) {
        rank->aborted = true;
        CHECK(ncclCommAbort(rank->comm) == ncclSuccess);
        memset(rank->send, 0xab, ELEMENTS * 4);
        memset(rank->receive, 0xcd, ELEMENTS * 4);
        for (int other = 0; other < world->n; other++) {
            world->ranks[other].blocked = false;
        }
    }
}

static void demolish(struct world *world) {
    for (int r = 0; r < world->n; r++) {
        struct rank_state *rank = &world->ranks[r];
        if (!rank->aborted) {
            CHECK(ncclCommDestroy(rank->comm) == ncclSuccess);
        }
        CHECK(cudaStreamQuery(rank->stream) == cudaSuccess);
        CHECK(cudaStreamDestroy(rank->stream) == cudaSuccess);
        CHECK(cudaFree(rank->send) == cudaSuccess);
        CHECK(cudaFree(rank->receive) == cudaSuccess);
    }
}

static void add_op(struct world *world, enum op_kind kind, size_t count, int root, size_t *offset) {
    if (kind == OP_REDUCE && count < PARTS) {
        count = PARTS; /* an empty part would be no operation */
    }
    struct planned op = {.kind = kind, .count = count, .root = root, .offset = *offset};
    size_t elements = elements_of(world, &op);
    if (*offset + elements <= ELEMENTS && world->nops < OPS_MAX) {
        world->plan[world->nops++] = op;
        *offset += elements;
    }
}

static void issue_all(struct world *world) {
    for (int r = 0; r < world->n; r++) {
        for (int i = 0; i < world->nops; i++) {
            issue(world, r, &world->plan[i]);
        }
    }
}

static bool can_step(const struct world *world, int r) {
    const struct rank_state *rank = &world->ranks[r];
    return !rank->stopped && !rank->blocked && !stream_is_drained(rank->stream);
}

static void step(struct world *world, int r) {
    enum step_result result;
    do { /* busy: the monitor looks at the communicator */
        result = stream_step_once(world->ranks[r].stream);
    } while (result == STEP_BUSY);
    if (result == STEP_PENDING) {
        world->ranks[r].blocked = true;
        return;
    }
    for (int other = 0; other < world->n; other++) {
        world->ranks[other].blocked = false;
    }
    verify_completed(world, r);
}

/* --- random schedules --- */

/* Every fourth plan is one way only, so that the one in front can fill the rings. */
static void plan_randomly(struct world *world) {
    static const enum op_kind kinds[] = {
        OP_ALL_REDUCE, OP_BROADCAST, OP_ALL_GATHER, OP_REDUCE_SCATTER, OP_ALL_TO_ALL, OP_SEND,
        OP_RECEIVE,    OP_REDUCE,    OP_PUT,        OP_GATHER};
    static const size_t counts[] = {1, 5, 7, 9, 200, 1000, 1025, 3000};
    bool one_way = next_random() % 4 == 0;
    int root = (int)(next_random() % (uint64_t)world->n);
    size_t offset = 0;
    int nops = one_way ? OPS_MAX : 1 + (int)(next_random() % OPS_MAX);
    for (int i = 0; i < nops; i++) {
        enum op_kind kind = kinds[next_random() % ARRAY_COUNT(kinds)];
        size_t count = counts[next_random() % ARRAY_COUNT(counts)];
        if (one_way) {
            kind = next_random() % 2 == 0 ? OP_BROADCAST : OP_RECEIVE;
            count = 1 + next_random() % 100;
        } else {
            root = (int)(next_random() % (uint64_t)world->n);
        }
        add_op(world, kind, count, root, &offset);
    }
}

/* A rank that may step, at random but in stretches, so that one gets ahead; −1 where all wait. */
static int choose(const struct world *world) {
    static int favourite;
    if (next_random() % 16 == 0) {
        favourite = (int)(next_random() % (uint64_t)world->n);
    }
    if (favourite < world->n && next_random() % 4 != 0 && can_step(world, favourite)) {
        return favourite;
    }
    int candidates[RANKS_MAX];
    int count = 0;
    for (int r = 0; r < world->n; r++) {
        if (can_step(world, r)) {
            candidates[count++] = r;
        }
    }
    return count > 0 ? candidates[next_random() % (uint64_t)count] : -1;
}

enum disturbance { NOTHING, ABORT, STOP };

static void random_run(void) {
    struct world world;
    op_small_mail_only = next_random() % 2 == 0;
    build(&world, 2 + (int)(next_random() % (RANKS_MAX - 1)));
    plan_randomly(&world);
    issue_all(&world);
    enum disturbance disturbance = (enum disturbance)(next_random() % 3);
    uint64_t when = next_random() % 200;
    int victim = (int)(next_random() % (uint64_t)world.n);
    int r;
    for (uint64_t steps = 0; (r = choose(&world)) >= 0; steps++) {
        CHECK(steps < 1000000);
        step(&world, r);
        if (steps == when && disturbance == ABORT) {
            abort_rank(&world, victim);
        } else if (steps == when && disturbance == STOP) {
            world.ranks[victim].stopped = true;
        }
    }
    for (int i = 0; i < world.n; i++) {
        verify_completed(&world, i); /* one without operations has never stepped */
        bool undisturbed = disturbance == NOTHING ||
                           (!world.ranks[victim].aborted && !world.ranks[victim].stopped);
        CHECK(!undisturbed || world.ranks[i].verified == (uint64_t)world.nops);
        if (!undisturbed) {
            abort_rank(&world, i);
        }
    }
    demolish(&world);
}

/* --- all schedules --- */

struct schedule {
    int choice[512]; /* which of the candidates, at each step with more than one */
    int width[512];
    int length;
};

static void run_schedule(struct schedule *schedule, enum op_kind kind, size_t count, int n,
                         int nops) {
    struct world world;
    size_t offset = 0;
    build(&world, n);
    for (int i = 0; i < nops; i++) {
        add_op(&world, kind, count, 0, &offset);
    }
    issue_all(&world);
    int depth = 0;
    for (;;) {
        int candidates[RANKS_MAX];
        int width = 0;
        for (int r = 0; r < n; r++) {
            if (can_step(&world, r)) {
                candidates[width++] = r;
            }
        }
        if (width == 0) {
            break;
        }
        CHECK(depth < (int)ARRAY_COUNT(schedule->choice));
        if (depth >= schedule->length) {
            schedule->choice[depth] = 0;
            schedule->length = depth + 1;
        }
        schedule->width[depth] = width;
        step(&world, candidates[schedule->choice[depth++]]);
    }
    schedule->length = depth;
    for (int r = 0; r < n; r++) {
        CHECK(world.ranks[r].verified == (uint64_t)nops);
    }
    demolish(&world);
}

/* The next schedule in lexicographic order; false after the last. */
static bool advance(struct schedule *schedule) {
    while (schedule->length > 0) {
        int last = schedule->length - 1;
        if (++schedule->choice[last] < schedule->width[last]) {
            return true;
        }
        schedule->length--;
    }
    return false;
}

static unsigned long run_all(enum op_kind kind, size_t count, int n, int nops, unsigned long most) {
    struct schedule schedule = {.length = 0};
    unsigned long runs = 0;
    do {
        run_schedule(&schedule, kind, count, n, nops);
        current_run++;
    } while (++runs < most && advance(&schedule));
    return runs;
}

static uint64_t environment(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

int main(void) {
    setenv("CONVOY_HOST_DEFER", "1", 1);
    helper_disable();
    put_server_disable();
    op_single_steps = true;
    op_split_from = 10000;
    seed = environment("TEST_SEED", (uint64_t)time(NULL));
    uint64_t runs = environment("TEST_RUNS", 400);
    fprintf(stderr, "seed %llu, %llu random runs\n", (unsigned long long)seed,
            (unsigned long long)runs);
    for (current_run = 0; current_run < runs; current_run++) {
        random_state = seed + current_run * 0x51ull;
        random_run();
    }
    unsigned long most = (unsigned long)environment("TEST_SCHEDULES", 250);
    static const enum op_kind kinds[] = {OP_ALL_REDUCE, OP_BROADCAST, OP_REDUCE_SCATTER,
                                         OP_SEND,       OP_REDUCE,    OP_PUT};
    for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
        unsigned long tiny = run_all(kinds[k], 1, 2, 2, most);
        op_small_mail_only = true; /* in two phases */
        unsigned long large = run_all(kinds[k], 1100, 2, 1, most);
        op_small_mail_only = false;
        unsigned long three = run_all(kinds[k], 1, 3, 1, most);
        fprintf(stderr, "kind %d: %lu + %lu + %lu schedules\n", (int)kinds[k], tiny, large, three);
    }
    return 0;
}
