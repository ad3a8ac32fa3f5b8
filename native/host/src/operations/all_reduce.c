/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two-phase all-reduce for what no mailbox holds: rank r reduces share r from everybody's send
 * buffer into its own receive buffer, and pulls every other share from its rank's receive buffer as
 * far as that rank's progress goes. So a share is overwritten in place only after its reducer has
 * read it. The ranks stay close to each other, so that what is pulled is still in a cache.
 */
#include "operations/move.h"
#include "operations/op.h"
#include "operations/share.h"

/* What is reduced or pulled between two looks at the others: a part of the share, so that the
 * phases overlap, and small enough for every core's own cache. */
#define PIECES_OF_SHARE 4u
#define PIECE_LEAST ((size_t)16 << 10)
#define PIECE_MOST ((size_t)256 << 10)

/* How many pieces a rank may be ahead of the slowest one. */
#define LEAD_PIECES 4u

static size_t piece_of(const struct op *op) {
    size_t part = share_elements(op) * type_bytes(op->type) / PIECES_OF_SHARE;
    size_t piece = round_up(part, PIECE_LEAST);
    return size_min(piece, PIECE_MOST);
}

static struct page_counter *progress_of(const struct comm_page *page, uint64_t sequence) {
    return &((struct comm_page *)(uintptr_t)page)->progress[sequence % RING_SLOTS];
}

/* What a rank has reduced of its share. */
static size_t ready_of(const struct op *op, int rank, size_t share_bytes) {
    const struct ncclComm *comm = op->comm;
    return comm_counter(comm, progress_of(comm->peers[rank].page, op->sequence), share_bytes);
}

/* Returns the bytes that were reduced. */
static size_t reduce_piece(struct op *op, size_t piece) {
    struct ncclComm *comm = op->comm;
    struct share share = share_of(op, comm->rank);
    size_t bytes = size_min(share.bytes - op->moved, piece);
    if (bytes == 0) {
        return 0;
    }
    size_t begin = share.begin + op->moved;
    const unsigned char *parts[COMM_RANKS_MAX];
    for (int rank = 0; rank < comm->nranks; rank++) {
        parts[rank] = op->sources[rank] + begin;
    }
    move_reduced(op, op->receive + begin, parts, bytes);
    op->moved += bytes;
    comm_publish(comm, &progress_of(comm->page, op->sequence)->value,
                 comm_counter_base(comm) + op->moved);
    return bytes;
}

static size_t pull_piece(struct op *op, int rank, struct share share, size_t piece) {
    size_t ready = ready_of(op, rank, share.bytes);
    size_t pulled = op->pulled[rank];
    if (ready <= pulled) {
        return 0;
    }
    size_t bytes = size_min(ready - pulled, piece);
    size_t at = share.begin + pulled;
    move_copied(op, op->receive + at, op->results[rank] + at, bytes);
    op->pulled[rank] = pulled + bytes;
    return bytes;
}

struct round {
    size_t bytes;   /* that were moved */
    size_t slowest; /* what the slowest of the others had reduced when it was looked at */
    bool complete;  /* everything was pulled */
};

static void pull_from(struct op *op, int rank, size_t piece, struct round *round) {
    struct share share = share_of(op, rank);
    if (op->pulled[rank] == share.bytes) {
        return;
    }
    size_t bytes = pull_piece(op, rank, share, piece);
    if (bytes == 0 && comm_peer_is_gone(op->comm, rank)) {
        bytes = pull_piece(op, rank, share, piece);
        if (bytes == 0) {
            comm_fail_gone(op->comm, rank, op_name(op->kind));
        }
    }
    round->bytes += bytes;
    round->slowest = size_min(round->slowest, op->pulled[rank]);
    round->complete = round->complete && op->pulled[rank] == share.bytes;
}

/* One piece from every rank that has one, beginning with the next rank, so that not all read from
 * the same. */
static struct round pull_round(struct op *op, size_t piece) {
    const struct ncclComm *comm = op->comm;
    struct round round = {.slowest = SIZE_MAX, .complete = true};
    for (int i = 1; i < comm->nranks; i++) {
        pull_from(op, (comm->rank + i) % comm->nranks, piece, &round);
    }
    return round;
}

enum step_result all_reduce_move(struct op *op) {
    size_t share = share_of(op, op->comm->rank).bytes;
    size_t piece = piece_of(op);
    for (size_t total = 0; total < STEP_SLICE_BYTES;) {
        struct round round = pull_round(op, piece);
        if (op->moved == share && round.complete) {
            return STEP_DONE;
        }
        if (round.slowest == SIZE_MAX || op->moved < round.slowest + LEAD_PIECES * piece) {
            round.bytes += reduce_piece(op, piece);
        }
        if (round.bytes == 0) {
            return total > 0 ? STEP_PROGRESSED : STEP_PENDING;
        }
        total += round.bytes;
        if (op_single_steps) {
            break;
        }
    }
    return STEP_PROGRESSED;
}
