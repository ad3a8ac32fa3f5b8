/* SPDX-License-Identifier: Apache-2.0 */
/* One operation of a communicator: its parameters, and how far it has come. */
#ifndef CONVOY_OP_H
#define CONVOY_OP_H

#include "comm.h"
#include "stream.h"

/* What is reduced or copied between two looks at the peers' progress. */
#define OP_PIECE_BYTES ((size_t)64 << 10)

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
    OP_RECEIVE
};

enum op_phase {
    OP_POST, /* tell the peers */
    OP_MEET, /* wait for theirs, and check it */
    OP_MOVE, /* read the peers' memory */
    OP_DRAIN /* wait for those that read mine */
};

/*
 * What one group gave one communicator. Launches run one after the other; inside one the
 * collectives run in order and all sends and receives beside them. Guarded by the communicator's
 * lock.
 */
struct launch {
    uint64_t ticket;
    unsigned remaining;
    unsigned collectives;
    unsigned next_collective;
};

struct op {
    struct op *next;
    struct ncclComm *comm;
    struct CUstream_st *stream;
    struct launch *launch;
    unsigned collective_index; /* within the launch */
    uint64_t sequence;         /* of the communicator's collectives, or of the pair's messages */

    enum op_kind kind;
    ncclDataType_t type;
    ncclRedOp_t redop;
    int root; /* or the peer */
    const unsigned char *send;
    unsigned char *receive;
    size_t count;
    size_t bytes; /* of `count` elements */

    enum op_phase phase;
    enum payload_place place;
    int cursor;   /* the rank that is looked at next */
    size_t moved; /* bytes */
    /* Two-phase all-reduce only: what was pulled from each rank's share, and where that rank's
     * result lies. */
    size_t *pulled;
    const unsigned char **results;
    const unsigned char
        *sources[]; /* where the ranks' contributions lie; for a message the first */
};

static inline bool op_is_collective(const struct op *op) {
    return op->kind < OP_SEND;
}

static inline bool op_reduces(enum op_kind kind) {
    return kind == OP_ALL_REDUCE || kind == OP_REDUCE || kind == OP_REDUCE_SCATTER;
}

const char *op_name(enum op_kind kind);

/* Steps under the communicator's lock, in the launch's turn. */
enum step_result collective_step(struct op *op);
enum step_result message_step(struct op *op);

/* The second phase's machine: reduce this rank's share, pull the others'. */
enum step_result all_reduce_move(struct op *op);

/*
 * True where the memory that was just read from a peer was its to show: it had neither aborted nor
 * recycled its page before the reading ended. Otherwise what was read may be anything.
 */
bool op_source_is_intact(const struct op *op, int rank);

/* For the interleaving tests: return to the scheduler after every transition. */
extern bool op_single_steps;

#endif
