/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A large reduce to one rank: every rank reduces a share. The others do so into their mailboxes,
 * piece by piece, from where the root pulls; it says how far it has come, so that a mailbox is a
 * ring. As with an all-reduce a share is overwritten in place only after its reducer has read it.
 */
#include "operations/move.h"
#include "operations/op.h"
#include "operations/share.h"

/* A mailbox holds so many pieces: one is filled while another is pulled. */
#define PIECES_OF_RING 4u

size_t op_split_from = (size_t)256 << 10;

bool split_reduce_is_possible(const struct op *op) {
    return op->kind == OP_REDUCE && op->bytes >= op_split_from && op->comm->nranks > 1 &&
           page_large_mail_bytes(op->comm->nranks) > 0;
}

/* Splitting pays where the ranks have CPUs of their own, and arithmetic or memory is what one CPU
 * waits for: so it is tried. A choice of stores stands for it: past the caches means split. */
static struct store_choice *choice_of(const struct op *op) {
    return &op->comm->splits[op->type][move_size(op->bytes)];
}

void split_reduce_decide(struct op *op) {
    op->split =
        op_single_steps ? op->sequence % 2 == 0 : store_choose(choice_of(op)) == STORE_STREAMING;
}

void split_reduce_learn(const struct op *op) {
    store_learn(choice_of(op), op->split ? STORE_STREAMING : STORE_CACHED, op->bytes,
                clock_nanos() - op->met_nanos);
}

static size_t ring_bytes(const struct op *op) {
    return page_large_mail_bytes(op->comm->nranks);
}

static const unsigned char *ring_of(const struct op *op, int rank) {
    const struct ncclComm *comm = op->comm;
    return page_mail(comm->peers[rank].page, comm->nranks, op->sequence, ring_bytes(op));
}

static const struct page_counter *progress_of(const struct op *op, int rank) {
    return &op->comm->peers[rank].page->progress[op->sequence % RING_SLOTS];
}

static void publish(struct op *op, size_t bytes) {
    struct ncclComm *comm = op->comm;
    comm_publish(comm, &comm->page->progress[op->sequence % RING_SLOTS].value,
                 comm_counter_base(comm) + bytes);
}

static void parts_at(const struct op *op, size_t at, const unsigned char **parts) {
    for (int rank = 0; rank < op->comm->nranks; rank++) {
        parts[rank] = op->sources[rank] + at;
    }
}

/* --- any other rank --- */

/* What the root has pulled from every rank that has more. */
static size_t taken_by_root(const struct op *op) {
    size_t most = share_elements(op) * type_bytes(op->type);
    return comm_counter(op->comm, progress_of(op, op->root), most);
}

static bool has_room(struct op *op, size_t piece) {
    if (op->moved + piece <= taken_by_root(op) + ring_bytes(op)) {
        return true;
    }
    if (comm_peer_is_gone(op->comm, op->root)) {
        if (op->moved + piece <= taken_by_root(op) + ring_bytes(op)) {
            return true;
        }
        comm_fail_gone(op->comm, op->root, op_name(op->kind));
    }
    return false;
}

static enum step_result give(struct op *op, size_t piece) {
    const unsigned char *parts[COMM_RANKS_MAX];
    struct share share = share_of(op, op->comm->rank);
    unsigned char *ring = (unsigned char *)(uintptr_t)ring_of(op, op->comm->rank);
    for (size_t total = 0; op->moved < share.bytes; total += piece) {
        if (total >= STEP_SLICE_BYTES || (op_single_steps && total > 0)) {
            return STEP_PROGRESSED;
        }
        if (!has_room(op, piece)) {
            return total > 0 ? STEP_PROGRESSED : STEP_PENDING;
        }
        size_t bytes = size_min(share.bytes - op->moved, piece);
        parts_at(op, share.begin + op->moved, parts);
        move_reduced_near(op, ring + op->moved % ring_bytes(op), parts, bytes);
        op->moved += bytes;
        publish(op, op->moved);
    }
    return STEP_DONE;
}

/* --- the root --- */

static size_t pull_piece(struct op *op, int rank, struct share share, size_t piece) {
    size_t pulled = op->pulled[rank];
    size_t ready = comm_counter(op->comm, progress_of(op, rank), share.bytes);
    if (ready <= pulled) {
        return 0;
    }
    size_t bytes = size_min(ready - pulled, piece);
    move_copied(op, op->receive + share.begin + pulled, ring_of(op, rank) + pulled % ring_bytes(op),
                bytes);
    op->pulled[rank] = pulled + bytes;
    return bytes;
}

static size_t pull_from(struct op *op, int rank, struct share share, size_t piece) {
    size_t bytes = pull_piece(op, rank, share, piece);
    if (bytes == 0 && comm_peer_is_gone(op->comm, rank)) {
        bytes = pull_piece(op, rank, share, piece);
        if (bytes == 0) {
            comm_fail_gone(op->comm, rank, op_name(op->kind));
        }
    }
    return bytes;
}

/* A piece from everybody who has one; returns the bytes, and whether that was all. */
static size_t pull_round(struct op *op, size_t piece, bool *complete) {
    struct ncclComm *comm = op->comm;
    size_t total = 0;
    size_t taken = share_elements(op) * type_bytes(op->type);
    *complete = true;
    for (int i = 1; i < comm->nranks; i++) {
        int rank = (comm->rank + i) % comm->nranks;
        struct share share = share_of(op, rank);
        if (op->pulled[rank] < share.bytes) {
            total += pull_from(op, rank, share, piece);
        }
        if (op->pulled[rank] < share.bytes) {
            taken = size_min(taken, op->pulled[rank]);
            *complete = false;
        }
    }
    if (taken > op->pulled[comm->rank]) {
        op->pulled[comm->rank] = taken;
        publish(op, taken);
    }
    return total;
}

static size_t reduce_piece(struct op *op, struct share share, size_t piece) {
    const unsigned char *parts[COMM_RANKS_MAX];
    size_t bytes = size_min(share.bytes - op->moved, piece);
    if (bytes > 0) {
        parts_at(op, share.begin + op->moved, parts);
        move_reduced(op, op->receive + share.begin + op->moved, parts, bytes);
        op->moved += bytes;
    }
    return bytes;
}

static enum step_result take(struct op *op, size_t piece) {
    struct share share = share_of(op, op->comm->rank);
    for (size_t total = 0; total < STEP_SLICE_BYTES;) {
        bool complete;
        size_t bytes = pull_round(op, piece, &complete);
        bytes += reduce_piece(op, share, piece);
        if (complete && op->moved == share.bytes) {
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

enum step_result split_reduce_move(struct op *op) {
    size_t piece = ring_bytes(op) / PIECES_OF_RING;
    return op->comm->rank == op->root ? take(op, piece) : give(op, piece);
}
