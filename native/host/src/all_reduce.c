/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two-phase all-reduce for what no mailbox holds: rank r reduces share r from everybody's send
 * buffer into its own receive buffer, and pulls every other share from its rank's receive buffer as
 * far as that rank's progress goes. So a share is overwritten in place only after its reducer has
 * read it.
 */
#include "op.h"
#include "reduction.h"

#include <string.h>

/* Shares begin on multiples of this many elements, so that vector loops have no ragged ends between
 * them. */
#define SHARE_UNIT 64u

struct share {
    size_t begin; /* bytes */
    size_t bytes;
};

static struct share share_of(const struct op *op, int rank) {
    size_t nranks = (size_t)op->comm->nranks;
    size_t each = round_up((op->count + nranks - 1) / nranks, SHARE_UNIT);
    size_t begin = size_min(op->count, (size_t)rank * each);
    size_t end = size_min(op->count, begin + each);
    size_t size = type_bytes(op->type);
    return (struct share){.begin = begin * size, .bytes = (end - begin) * size};
}

static struct page_counter *progress_of(const struct comm_page *page, uint64_t sequence) {
    return &((struct comm_page *)(uintptr_t)page)->progress[sequence % RING_SLOTS];
}

/* Returns the bytes that were reduced. */
static size_t reduce_piece(struct op *op) {
    struct ncclComm *comm = op->comm;
    struct share share = share_of(op, comm->rank);
    size_t bytes = size_min(share.bytes - op->moved, OP_PIECE_BYTES);
    if (bytes == 0) {
        return 0;
    }
    size_t begin = share.begin + op->moved;
    const unsigned char *parts[COMM_RANKS_MAX];
    for (int rank = 0; rank < comm->nranks; rank++) {
        parts[rank] = op->sources[rank] + begin;
    }
    reduction_run(op->redop, op->type, op->receive + begin, parts, comm->nranks,
                  bytes / type_bytes(op->type), STORE_CACHED);
    op->moved += bytes;
    comm_publish(comm, &progress_of(comm->page, op->sequence)->value,
                 comm_counter_base(comm) + op->moved);
    return bytes;
}

static size_t pull_piece(struct op *op, int rank, size_t share_bytes, size_t begin) {
    const struct ncclComm *comm = op->comm;
    const struct page_counter *progress = progress_of(comm->peers[rank].page, op->sequence);
    size_t ready = comm_counter(comm, progress, share_bytes);
    size_t pulled = op->pulled[rank];
    if (ready <= pulled) {
        return 0;
    }
    size_t bytes = size_min(ready - pulled, OP_PIECE_BYTES);
    memcpy(op->receive + begin + pulled, op->results[rank] + begin + pulled, bytes);
    op->pulled[rank] = pulled + bytes;
    return bytes;
}

/* One piece from every rank that has one, beginning with the next rank, so that not all read from
 * the same. */
static size_t pull_round(struct op *op, bool *complete) {
    struct ncclComm *comm = op->comm;
    size_t bytes = 0;
    for (int i = 1; i < comm->nranks; i++) {
        int rank = (comm->rank + i) % comm->nranks;
        struct share share = share_of(op, rank);
        if (op->pulled[rank] == share.bytes) {
            continue;
        }
        size_t piece = pull_piece(op, rank, share.bytes, share.begin);
        if (piece == 0 && comm_peer_is_gone(comm, rank)) {
            piece = pull_piece(op, rank, share.bytes, share.begin);
            if (piece == 0) {
                comm_fail_gone(comm, rank, op_name(op->kind));
            }
        }
        bytes += piece;
        *complete = *complete && op->pulled[rank] == share.bytes;
    }
    return bytes;
}

enum step_result all_reduce_move(struct op *op) {
    size_t total = 0;
    while (total < STEP_SLICE_BYTES) {
        size_t bytes = reduce_piece(op);
        bool complete = op->moved == share_of(op, op->comm->rank).bytes;
        bytes += pull_round(op, &complete);
        if (complete) {
            return STEP_DONE;
        }
        if (bytes == 0) {
            return total > 0 ? STEP_PROGRESSED : STEP_PENDING;
        }
        total += bytes;
        if (op_single_steps) {
            break;
        }
    }
    return STEP_PROGRESSED;
}
