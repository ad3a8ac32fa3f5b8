/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MPI's collectives on float32, in place as in nccl-tests' in-place column (all-to-all, which NCCL
 * has out of place only, out of place). Arguments: seconds a figure, then the sizes in bytes.
 */
#include "measure.h"
#include <mpi.h>
#include <string.h>

enum {
    MAX_RANKS = 64,
    SMALLEST_SHARE = 16 /* bytes a rank; nccl-tests rounds down to a multiple of it */
};

struct job {
    int rank, ranks;
    int count; /* elements of the larger buffer */
    int share; /* elements a rank of it */
    int shares[MAX_RANKS];
    float *data;
    float *other; /* where all-to-all puts its result */
};

static void all_reduce(struct job *j) {
    MPI_Allreduce(MPI_IN_PLACE, j->data, j->count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
}

static void broadcast(struct job *j) {
    MPI_Bcast(j->data, j->count, MPI_FLOAT, 0, MPI_COMM_WORLD);
}

static void all_gather(struct job *j) {
    MPI_Allgather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, j->data, j->share, MPI_FLOAT, MPI_COMM_WORLD);
}

static void reduce_scatter(struct job *j) {
    MPI_Reduce_scatter(MPI_IN_PLACE, j->data, j->shares, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
}

static void reduce_scatter_block(struct job *j) {
    MPI_Reduce_scatter_block(MPI_IN_PLACE, j->data, j->share, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
}

static void all_to_all(struct job *j) {
    MPI_Alltoall(j->data, j->share, MPI_FLOAT, j->other, j->share, MPI_FLOAT, MPI_COMM_WORLD);
}

static size_t wrong_all_reduce(const struct job *j) {
    size_t wrong = 0;
    for (size_t i = 0; i < (size_t)j->count; i++) {
        wrong += j->data[i] != sum_of(j->ranks, i);
    }
    return wrong;
}

static size_t wrong_broadcast(const struct job *j) {
    size_t wrong = 0;
    for (size_t i = 0; i < (size_t)j->count; i++) {
        wrong += j->data[i] != input_of(0, i);
    }
    return wrong;
}

static size_t wrong_all_gather(const struct job *j) {
    size_t wrong = 0;
    for (size_t i = 0; i < (size_t)j->count; i++) {
        wrong += j->data[i] != input_of((int)(i / (size_t)j->share), i);
    }
    return wrong;
}

static size_t wrong_reduce_scatter(const struct job *j) {
    size_t wrong = 0, first = (size_t)j->rank * (size_t)j->share;
    for (size_t i = 0; i < (size_t)j->share; i++) {
        wrong += j->data[i] != sum_of(j->ranks, first + i);
    }
    return wrong;
}

static size_t wrong_all_to_all(const struct job *j) {
    size_t wrong = 0, share = (size_t)j->share;
    for (size_t i = 0; i < (size_t)j->count; i++) {
        wrong += j->other[i] != input_of((int)(i / share), (size_t)j->rank * share + i % share);
    }
    return wrong;
}

static const struct operation {
    const char *name;
    void (*run)(struct job *);
    size_t (*wrong)(const struct job *);
    int sharded;    /* a rank brings, or gets, its share of the size only */
    double traffic; /* of the size, for each rank; see bus_factor */
} operations[] = {
    {"all_reduce", all_reduce, wrong_all_reduce, 0, 2},
    {"broadcast", broadcast, wrong_broadcast, 0, 0},
    {"all_gather", all_gather, wrong_all_gather, 1, 1},
    {"reduce_scatter", reduce_scatter, wrong_reduce_scatter, 1, 1},
    {"reduce_scatter_block", reduce_scatter_block, wrong_reduce_scatter, 1, 1},
    {"alltoall", all_to_all, wrong_all_to_all, 1, 1},
};

/* nccl-tests' factor from size over time to bus bandwidth. */
static double bus_factor(const struct operation *operation, int ranks) {
    return operation->traffic > 0 ? operation->traffic * (ranks - 1) / ranks : 1;
}

static void fill(struct job *j) {
    for (size_t i = 0; i < (size_t)j->count; i++) {
        j->data[i] = input_of(j->rank, i);
        j->other[i] = -1;
    }
}

static double average(double mine, int ranks) {
    double sum = 0; /* the same bits on every rank, so that all decide alike */
    MPI_Allreduce(&mine, &sum, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    return sum / ranks;
}

static double time_of(const struct operation *operation, struct job *j, int iterations) {
    MPI_Barrier(MPI_COMM_WORLD);
    double start = seconds_now();
    for (int i = 0; i < iterations; i++) {
        operation->run(j);
    }
    return average((seconds_now() - start) / iterations, j->ranks);
}

static size_t check(const struct operation *operation, struct job *j) {
    fill(j);
    MPI_Barrier(MPI_COMM_WORLD);
    operation->run(j);
    return (size_t)average((double)operation->wrong(j) * j->ranks, j->ranks);
}

static void measure(const struct operation *operation, struct job *j, size_t bytes, double budget) {
    size_t wrong = check(operation, j);
    int iterations = 0, next = FIRST_ITERATIONS;
    double each = 0;
    while (next > 0) {
        iterations = next;
        each = time_of(operation, j, iterations);
        next = next_pass(iterations, each, budget);
    }
    if (j->rank == 0) {
        print_figure(operation->name, bytes, iterations, each, bus_factor(operation, j->ranks),
                     wrong);
    }
}

static void measure_size(struct job *j, size_t bytes, double budget) {
    j->count = (int)(bytes / sizeof(float));
    j->share = j->count / j->ranks;
    for (int r = 0; r < j->ranks; r++) {
        j->shares[r] = j->share;
    }
    j->data = new_floats(bytes);
    j->other = new_floats(bytes);
    for (size_t o = 0; o < sizeof(operations) / sizeof(operations[0]); o++) {
        if (!operations[o].sharded || j->share * (int)sizeof(float) >= SMALLEST_SHARE) {
            measure(&operations[o], j, bytes, budget);
        }
    }
    free(j->data);
    free(j->other);
}

int main(int argc, char **argv) {
    MPI_Init(&argc, &argv);
    struct job j;
    memset(&j, 0, sizeof(j));
    MPI_Comm_rank(MPI_COMM_WORLD, &j.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &j.ranks);
    if (j.ranks > MAX_RANKS) {
        fprintf(stderr, "more than %d ranks\n", MAX_RANKS);
        MPI_Abort(MPI_COMM_WORLD, 2);
    }
    double budget = argc > 1 ? atof(argv[1]) : 0.1;
    for (int a = 2; a < argc; a++) {
        measure_size(&j, strtoull(argv[a], NULL, 10), budget);
    }
    MPI_Finalize();
    return 0;
}
