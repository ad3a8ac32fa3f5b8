/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures for the developer: every collective at a few sizes, float32, each awaited before the next
 * one. PROBE_TYPE and PROBE_SIZE choose another type (by its number) or a single size in bytes.
 * PROBE_TOGETHER=1 puts all ranks on one CPU once they have met and then lets the scheduler decide,
 * which is what becomes of them when something else has needed a CPU for a while; 2 keeps them
 * there.
 * `convoy perf` is the tool for users.
 */
#define _GNU_SOURCE
#include "harness.h"

#include <sched.h>
#include <string.h>

#define ROUNDS 5

struct probe {
    ncclComm_t comm;
    cudaStream_t stream;
    ncclDataType_t type;
    size_t element;
    int nranks;
    int rank;
    char *send;
    char *receive;
    ncclWindow_t window; /* of `receive` */
};

/* `bytes` as nccl-tests understands it: of the larger of the two buffers. */
typedef ncclResult_t operation(const struct probe *p, size_t bytes);

static ncclResult_t all_reduce(const struct probe *p, size_t bytes) {
    return ncclAllReduce(p->send, p->send, bytes / p->element, p->type, ncclSum, p->comm,
                         p->stream);
}

static ncclResult_t all_reduce_apart(const struct probe *p, size_t bytes) {
    return ncclAllReduce(p->send, p->receive, bytes / p->element, p->type, ncclSum, p->comm,
                         p->stream);
}

static ncclResult_t broadcast(const struct probe *p, size_t bytes) {
    return ncclBroadcast(p->send, p->send, bytes / p->element, p->type, 0, p->comm, p->stream);
}

static ncclResult_t reduce(const struct probe *p, size_t bytes) {
    return ncclReduce(p->send, p->send, bytes / p->element, p->type, ncclSum, 0, p->comm,
                      p->stream);
}

static ncclResult_t all_gather(const struct probe *p, size_t bytes) {
    size_t count = bytes / p->element / (size_t)p->nranks;
    return ncclAllGather(p->send + count * p->element * (size_t)p->rank, p->send, count, p->type,
                         p->comm, p->stream);
}

static ncclResult_t reduce_scatter(const struct probe *p, size_t bytes) {
    size_t count = bytes / p->element / (size_t)p->nranks;
    return ncclReduceScatter(p->send, p->send + count * p->element * (size_t)p->rank, count,
                             p->type, ncclSum, p->comm, p->stream);
}

static ncclResult_t all_to_all(const struct probe *p, size_t bytes) {
    size_t count = bytes / p->element / (size_t)p->nranks;
    return ncclAlltoAll(p->send, p->receive, count, p->type, p->comm, p->stream);
}

static ncclResult_t send_receive(const struct probe *p, size_t bytes) {
    size_t count = bytes / p->element;
    ncclGroupStart();
    ncclSend(p->send, count, p->type, (p->rank + 1) % p->nranks, p->comm, p->stream);
    ncclRecv(p->receive, count, p->type, (p->rank + p->nranks - 1) % p->nranks, p->comm, p->stream);
    return ncclGroupEnd();
}

static ncclResult_t put(const struct probe *p, size_t bytes) {
    ncclWaitSignalDesc_t wait = {.opCnt = 1, .peer = (p->rank + p->nranks - 1) % p->nranks};
    NCCL(ncclPutSignal(p->send, bytes, ncclInt8, (p->rank + 1) % p->nranks, p->window, 0, 0, 0, 0,
                       p->comm, p->stream));
    return ncclWaitSignal(1, &wait, p->comm, p->stream);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double time_round(const struct probe *p, operation *run, size_t bytes, int iterations) {
    int64_t begin = test_nanos();
    for (int i = 0; i < iterations; i++) {
        NCCL(run(p, bytes));
        CUDA(cudaStreamSynchronize(p->stream));
    }
    return (double)(test_nanos() - begin) / iterations;
}

static void time_size(const struct probe *p, const char *name, operation *run, double factor,
                      size_t bytes) {
    int iterations = bytes <= 4096 ? 20000 : bytes <= 1 << 20 ? 1000 : bytes <= 1 << 24 ? 30 : 5;
    double nanos[ROUNDS];
    time_round(p, run, bytes, iterations / 4 + 1);
    for (int i = 0; i < ROUNDS; i++) {
        nanos[i] = time_round(p, run, bytes, iterations);
    }
    qsort(nanos, ROUNDS, sizeof *nanos, compare);
    if (p->rank == 0) {
        double median = nanos[ROUNDS / 2];
        double algorithm = (double)bytes / median;
        fprintf(stderr, "%-16s %2d ranks %10zu B %12.2f us %8.2f GB/s (%.2f-%.2f)\n", name,
                p->nranks, bytes, median * 1e-3, algorithm * factor,
                (double)bytes / nanos[ROUNDS - 1] * factor, (double)bytes / nanos[0] * factor);
    }
}

static size_t element_bytes(ncclDataType_t type) {
    return type <= ncclUint8 || type >= ncclFloat8e4m3   ? 1
           : type == ncclFloat16 || type == ncclBfloat16 ? 2
           : type <= ncclUint32 || type == ncclFloat32   ? 4
                                                         : 8;
}

static size_t number(const char *name, size_t otherwise) {
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

static void share_a_cpu(size_t how) {
    cpu_set_t before;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    if (how > 0) {
        sched_getaffinity(0, sizeof before, &before);
        sched_setaffinity(0, sizeof one, &one);
    }
    if (how == 1) {
        sched_setaffinity(0, sizeof before, &before);
    }
}

static void register_windows(struct probe *p, size_t bytes) {
    ncclWindow_t sources;
    NCCL(ncclCommWindowRegister(p->comm, p->send, bytes, &sources, NCCL_WIN_COLL_SYMMETRIC));
    NCCL(ncclCommWindowRegister(p->comm, p->receive, bytes, &p->window, NCCL_WIN_COLL_SYMMETRIC));
}

static void probe(struct test_rank *rank, const char *name, operation *run, double factor) {
    size_t sizes[] = {8, 1024, 65536, 1 << 20, 16 << 20, 128 << 20};
    size_t only = number("PROBE_SIZE", 0);
    size_t most = only > 0 ? only : sizes[5];
    struct probe p = {.comm = test_comm(rank, 0), .nranks = rank->nranks, .rank = rank->rank};
    p.type = (ncclDataType_t)number("PROBE_TYPE", ncclFloat32);
    p.element = element_bytes(p.type);
    CUDA(cudaStreamCreateWithFlags(&p.stream, cudaStreamNonBlocking));
    CUDA(cudaMalloc((void **)&p.send, most));
    CUDA(cudaMalloc((void **)&p.receive, most));
    memset(p.send, 0, most);
    memset(p.receive, 0, most);
    if (run == put) {
        register_windows(&p, most);
    }
    share_a_cpu(number("PROBE_TOGETHER", 0));
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && only == 0; i++) {
        time_size(&p, name, run, factor, sizes[i]);
    }
    if (only > 0) {
        time_size(&p, name, run, factor, only);
    }
    NCCL(ncclCommDestroy(p.comm));
}

/* Bus-bandwidth factors as nccl-tests' PERFORMANCE.md derives them. */
#define PROBE(operation, numerator)                                                                \
    static void probe_##operation(struct test_rank *rank) {                                        \
        double n = rank->nranks;                                                                   \
        probe(rank, #operation, operation, numerator);                                             \
        (void)n;                                                                                   \
    }

PROBE(all_reduce, 2 * (n - 1) / n)
PROBE(all_reduce_apart, 2 * (n - 1) / n)
PROBE(broadcast, 1)
PROBE(reduce, 1)
PROBE(all_gather, (n - 1) / n)
PROBE(reduce_scatter, (n - 1) / n)
PROBE(all_to_all, (n - 1) / n)
PROBE(send_receive, 1)
PROBE(put, 1)

#define SCENARIO(operation, ranks)                                                                 \
    { .name = #operation #ranks, .nranks = ranks, .seconds = 60, .run = probe_##operation }
#define SCENARIOS(operation) SCENARIO(operation, 2), SCENARIO(operation, 4)

static const struct test_scenario scenarios[] = {
    SCENARIOS(all_reduce), SCENARIOS(all_reduce_apart), SCENARIOS(broadcast),
    SCENARIOS(reduce),     SCENARIOS(all_gather),       SCENARIOS(reduce_scatter),
    SCENARIOS(all_to_all), SCENARIOS(send_receive),     SCENARIOS(put),
};

int main(int argc, char **argv) {
    return test_main(argc, argv, scenarios, (int)(sizeof scenarios / sizeof *scenarios));
}
