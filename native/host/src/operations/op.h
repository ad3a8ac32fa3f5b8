/* SPDX-License-Identifier: Apache-2.0 */
/* One operation of a communicator: its parameters, and how far it has come. */
#ifndef CONVOY_OP_H
#define CONVOY_OP_H

#include "comm/comm.h"
#include "reduction/reduction.h"
#include "streams/stream.h"

enum op_kind {
    OP_ALL_REDUCE,
    OP_BROADCAST,
    OP_REDUCE,
    OP_ALL_GATHER,
    OP_REDUCE_SCATTER,
    OP_ALL_TO_ALL,
    OP_GATHER,
    OP_SCATTER,
    OP_SEND,
    OP_RECEIVE,
    OP_PUT,
    OP_SIGNAL,
    OP_WAIT_SIGNAL
};

_Static_assert(OP_RECEIVE + 1 == MOVE_KINDS, "one of each that moves data by itself");

enum op_phase {
    OP_POST, /* tell the peers */
    OP_MEET, /* wait for theirs, and check it */
    OP_MOVE, /* read the peers' memory */
    OP_DRAIN /* wait for those that read mine */
};

/*
 * What one group gave one communicator. Launches run one after the other; inside one the
 * collectives move their data in order, posted some way ahead, and all sends and receives run
 * beside them. Guarded by the communicator's lock.
 */
struct launch {
    uint64_t ticket;
    unsigned remaining;
    unsigned collectives;
    unsigned posted;          /* collectives whose descriptors the peers can see */
    unsigned next_collective; /* the one that may move data */
};

/* The operations of one group on one stream. */
struct op_task {
    struct task task;
    struct CUstream_st *stream;
    struct op *ops;      /* not yet finished */
    struct op *finished; /* released with the task, outside the communicator's lock */
    bool is_own;         /* part of its only operation */
};

/* How many signals of a rank a wait asks for: by itself, and once it is enqueued with all before.
 */
struct signal_wait {
    int peer;
    uint64_t count;
};

/* What a put reads, and where in which window it belongs. */
struct put_place {
    const unsigned char *source;
    size_t bytes;
    uint64_t window;
    uint64_t offset;
    /* Once it is posted: which of the puts to its target it is, since when, and whether the
     * target's server was called. */
    uint64_t number;
    uint64_t since;
    bool called;
};

struct op {
    struct op *next;
    struct ncclComm *comm;
    struct CUstream_st *stream;
    struct launch *launch;
    unsigned collective_index; /* within the launch */
    uint64_t sequence; /* of the communicator's collectives, or of the pair's messages or one-sided
                          operations */
    /* Outside of a group: then an operation costs one allocation. */
    struct launch own_launch;
    struct op_task own_task;

    enum op_kind kind;
    ncclDataType_t type;
    ncclRedOp_t redop;
    int root; /* or the peer */
    const unsigned char *send;
    unsigned char *receive;
    uint32_t *checksum; /* of a receive: where that of its data goes; NULL: nobody wants it */
    uint32_t crc;       /* of what was received so far */
    size_t count;
    size_t bytes; /* of `count` elements */
    /* With a user-made operator only: this rank's scalar, which is read from device memory when the
     * operation is posted, and those of all ranks. */
    const unsigned char *scalar_address;
    uint64_t scalar;
    struct reduction_scalar *scalars;

    /* One-sided operations only: a put's data, and what is waited for, and how far. */
    struct put_place put;
    struct signal_wait *waits;
    size_t nwaits;
    size_t waited;

    bool split;         /* a reduce, once its root has decided */
    uint64_t met_nanos; /* when the root could begin with it */

    enum op_phase phase;
    enum payload_place place;
    int cursor;   /* the rank that is looked at next */
    size_t moved; /* bytes */
    /* Two-phase all-reduce and split reduce only: what was pulled from each rank's share, and (of
     * an all-reduce) where that rank's result lies. */
    size_t *pulled;
    const unsigned char **results;
    const unsigned char
        *sources[]; /* where the ranks' contributions lie; for a message the first */
};

static inline bool op_is_collective(const struct op *op) {
    return op->kind < OP_SEND;
}

/* These run beside the launches: what they wait for may come from an operation of a later one. */
static inline bool op_is_one_sided(const struct op *op) {
    return op->kind >= OP_PUT;
}

static inline bool op_reduces(enum op_kind kind) {
    return kind == OP_ALL_REDUCE || kind == OP_REDUCE || kind == OP_REDUCE_SCATTER;
}

/* For the interleaving tests: small operations take the way of the largest. */
extern bool op_small_mail_only;

/* The most that one rank shows in a mailbox. Only an all-reduce gains by a large one: the others
 * read each byte once. */
static inline size_t op_mail_bytes(const struct ncclComm *comm, enum op_kind kind) {
    size_t large = kind == OP_ALL_REDUCE ? page_large_mail_bytes(comm->nranks) : 0;
    return large > 0 && !op_small_mail_only ? large : COLLECTIVE_MAIL_BYTES;
}

const char *op_name(enum op_kind kind);

/* Steps under the communicator's lock, in the launch's turn. */
enum step_result collective_step(struct op *op);
enum step_result message_step(struct op *op);

/* The second phase's machine: reduce this rank's share, pull the others'. */
enum step_result all_reduce_move(struct op *op);

/* --- A large reduce, which all ranks may take part in: its root says whether they do, in its
 * descriptor. From how many bytes on is a variable for the interleaving tests. --- */
extern size_t op_split_from;
bool split_reduce_is_possible(const struct op *op);
void split_reduce_decide(struct op *op);
enum step_result split_reduce_move(struct op *op);
/* How long the data has taken, whether it was split or not. */
void split_reduce_learn(const struct op *op);

/*
 * True where the memory that was just read from a peer was its to show: it had neither aborted nor
 * recycled its page before the reading ended. Otherwise what was read may be anything.
 */
bool op_source_is_intact(const struct op *op, int rank);

/* For the interleaving tests: return to the scheduler after every transition. */
extern bool op_single_steps;

#endif
