/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine that all collectives share: post a descriptor, meet those of the ranks whose data is
 * needed, move the data by reading, say done, and (where the data was not copied to a mailbox) wait
 * for those who read mine.
 */
#include "base/settings.h"
#include "memory/memory.h"
#include "operations/move.h"
#include "operations/op.h"
#include "progress/engine.h"

#include <string.h>

/* Collectives of one group that are posted before the first of them has moved its data, so that
 * they wait for the peers once. */
#define POST_AHEAD 8u

/* How often a step looks for a peer before it gives up its locks: one that is about to arrive costs
 * less than taking them again. */
#define LOOKS 64u

/* --- who shows what to whom --- */

static bool is_rooted_source(enum op_kind kind) {
    return kind == OP_BROADCAST || kind == OP_SCATTER;
}

static bool is_rooted_target(enum op_kind kind) {
    return kind == OP_REDUCE || kind == OP_GATHER;
}

/* Every rank's contribution has one part for each rank. */
static bool is_personal(enum op_kind kind) {
    return kind == OP_REDUCE_SCATTER || kind == OP_ALL_TO_ALL || kind == OP_SCATTER;
}

/* True where `reader` reads what `source` shows. */
static bool reads(const struct op *op, int reader, int source) {
    if (is_rooted_source(op->kind)) {
        return source == op->root;
    }
    if (!is_rooted_target(op->kind) || reader == op->root) {
        return true;
    }
    /* For the root's decision, and where that is to split, for the data. */
    return split_reduce_is_possible(op) && (source == op->root || op->split);
}

/* The bytes that a rank shows, whoever reads them. */
static size_t shown_bytes(const struct op *op, int rank) {
    if (is_rooted_source(op->kind) && rank != op->root) {
        return 0;
    }
    return is_personal(op->kind) ? op->bytes * (size_t)op->comm->nranks : op->bytes;
}

/* A function of the operation alone, so that reader and owner agree. */
static enum payload_place place_of(const struct op *op, int rank) {
    size_t bytes = shown_bytes(op, rank);
    if (bytes <= COLLECTIVE_INLINE_BYTES && op->scalars == NULL) { /* else a scalar lies there */
        return PLACE_INLINE;
    }
    return bytes <= op_mail_bytes(op->comm, op->kind) ? PLACE_MAIL : PLACE_ARENA;
}

/* Where in what a rank shows the part for this rank begins. */
static size_t part_offset(const struct op *op) {
    return is_personal(op->kind) ? op->bytes * (size_t)op->comm->rank : 0;
}

/* Where the part from a rank goes. */
static unsigned char *part_target(const struct op *op, int source) {
    bool side_by_side =
        op->kind == OP_ALL_GATHER || op->kind == OP_ALL_TO_ALL || op->kind == OP_GATHER;
    return side_by_side ? op->receive + op->bytes * (size_t)source : op->receive;
}

/* --- what peers have done --- */

static bool has_done(struct ncclComm *comm, int rank, uint64_t collectives) {
    struct peer *peer = &comm->peers[rank];
    if (rank == comm->rank || peer->done_seen >= collectives) {
        return true;
    }
    uint64_t done = comm_counter(comm, &peer->page->done, collectives + 2 * RING_SLOTS);
    if (done > peer->done_seen) {
        peer->done_seen = done;
    }
    return peer->done_seen >= collectives;
}

/* False while the peer has not; notes a peer that never will. */
static bool await_done(struct op *op, int rank, uint64_t collectives) {
    struct ncclComm *comm = op->comm;
    if (has_done(comm, rank, collectives)) {
        return true;
    }
    if (comm_peer_is_gone(comm, rank)) {
        if (has_done(comm, rank, collectives)) {
            return true;
        }
        comm_fail_gone(comm, rank, op_name(op->kind));
    }
    return false;
}

/* --- post --- */

/* The last occupant of the slot and its mailbox has been read by everybody. */
static bool slot_is_free(struct op *op) {
    if (op->sequence < RING_SLOTS) {
        return true;
    }
    for (; op->cursor < op->comm->nranks; op->cursor++) {
        if (!await_done(op, op->cursor, op->sequence - RING_SLOTS + 1)) {
            return false;
        }
    }
    op->cursor = 0;
    return true;
}

static uint64_t offset_of(const struct op *op, const void *address) {
    const struct peer *self = &op->comm->peers[op->comm->rank];
    return address != NULL ? (uint64_t)((const unsigned char *)address - self->base) : 0;
}

static unsigned char *own_mail(const struct op *op, size_t bytes) {
    const struct ncclComm *comm = op->comm;
    return (unsigned char *)(uintptr_t)page_mail(comm->page, comm->nranks, op->sequence, bytes);
}

/* This rank's scalar, as it is now, for itself and its peers. */
static void show_scalar(struct op *op, struct collective_slot *slot) {
    if (op->scalar_address != NULL) {
        memcpy(&op->scalar, op->scalar_address, type_bytes(op->type));
    }
    memcpy(slot->payload + PAYLOAD_SCALAR, &op->scalar, sizeof op->scalar);
    op->scalars[op->comm->rank] = reduction_scalar_of(op->type, op->scalar);
}

static void post(struct op *op) {
    struct ncclComm *comm = op->comm;
    unsigned index = op->sequence % RING_SLOTS;
    struct collective_slot *slot = &comm->page->slots[index];
    op->place = place_of(op, comm->rank);
    slot->kind = (uint8_t)op->kind;
    slot->type = (uint8_t)op->type;
    slot->redop = (uint8_t)op->redop;
    slot->place = (uint8_t)op->place;
    slot->root = op->root;
    slot->count = op->count;
    slot->send_offset = offset_of(op, op->send);
    slot->receive_offset = offset_of(op, op->receive);
    if (op->scalars != NULL) {
        show_scalar(op, slot);
    }
    if (op->root == comm->rank && split_reduce_is_possible(op)) {
        split_reduce_decide(op);
        slot->payload[PAYLOAD_SPLIT] = op->split;
    }
    size_t bytes = shown_bytes(op, comm->rank);
    if (bytes > 0 && op->place == PLACE_INLINE) {
        memcpy(slot->payload, op->send, bytes);
    } else if (bytes > 0 && op->place == PLACE_MAIL) {
        memcpy(own_mail(op, bytes), op->send, bytes);
    }
    atomic_store_explicit(&comm->page->progress[index].value, comm_counter_base(comm),
                          memory_order_relaxed);
    comm_publish(comm, &slot->stamp, comm_stamp(comm, op->sequence));
}

/* --- meet --- */

static bool has_posted(const struct op *op, const struct collective_slot *slot) {
    return atomic_load(&slot->stamp) == comm_stamp(op->comm, op->sequence);
}

/* What does not make sense is no mistake of the peer's where it has aborted and its page was
 * recycled since. */
static bool is_withdrawn(const struct op *op, int rank, const struct collective_slot *slot) {
    return !op_source_is_intact(op, rank) || !has_posted(op, slot);
}

static bool agrees(struct op *op, int rank, const struct collective_slot *slot) {
    if (slot->kind == (uint8_t)op->kind && slot->type == (uint8_t)op->type &&
        slot->redop == (uint8_t)op->redop && slot->root == op->root && slot->count == op->count &&
        slot->place == (uint8_t)place_of(op, rank)) {
        return true;
    }
    if (is_withdrawn(op, rank, slot)) {
        comm_fail_gone(op->comm, rank, op_name(op->kind));
        return false;
    }
    comm_fail(
        op->comm, ncclInvalidUsage,
        "mismatch in collective %llu: rank %d called %s of %llu elements (type %d, operator %d, "
        "root %d), rank %d called %s of %llu (type %d, operator %d, root %d)",
        (unsigned long long)op->sequence, op->comm->rank, op_name(op->kind),
        (unsigned long long)op->count, (int)op->type, (int)op->redop, op->root, rank,
        op_name(slot->kind), (unsigned long long)slot->count, slot->type, slot->redop, slot->root);
    return false;
}

static bool resolve(struct op *op, int rank, const struct collective_slot *slot) {
    struct ncclComm *comm = op->comm;
    switch (place_of(op, rank)) {
    case PLACE_INLINE:
        op->sources[rank] = slot->payload;
        return true;
    case PLACE_MAIL:
        op->sources[rank] =
            page_mail(comm->peers[rank].page, comm->nranks, op->sequence, shown_bytes(op, rank));
        return true;
    case PLACE_ARENA:
        break;
    }
    op->sources[rank] = comm_peer_address(comm, rank, slot->send_offset, shown_bytes(op, rank));
    bool sound = op->sources[rank] != NULL;
    if (op->kind == OP_ALL_REDUCE) {
        op->results[rank] = comm_peer_address(comm, rank, slot->receive_offset, op->bytes);
        sound = sound && op->results[rank] != NULL;
    }
    if (!sound && is_withdrawn(op, rank, slot)) {
        comm_fail_gone(comm, rank, op_name(op->kind));
    } else if (!sound) {
        comm_fail(comm, ncclInternalError, "rank %d posted a buffer outside its arena", rank);
    }
    return sound;
}

static bool meet_rank(struct op *op, int rank) {
    struct ncclComm *comm = op->comm;
    struct peer *peer = &comm->peers[rank];
    if (rank == comm->rank) {
        op->sources[rank] = op->send;
        return true;
    }
    const struct collective_slot *slot = &peer->page->slots[op->sequence % RING_SLOTS];
    if (!has_posted(op, slot)) {
        if (comm_peer_is_gone(comm, rank) && !has_posted(op, slot)) {
            comm_fail_gone(comm, rank, op_name(op->kind));
        }
        return false;
    }
    if (!agrees(op, rank, slot) || !resolve(op, rank, slot)) {
        return false;
    }
    if (op->scalars != NULL) {
        uint64_t scalar;
        memcpy(&scalar, slot->payload + PAYLOAD_SCALAR, sizeof scalar);
        op->scalars[rank] = reduction_scalar_of(op->type, scalar);
    }
    if (rank == op->root && split_reduce_is_possible(op)) {
        op->split = slot->payload[PAYLOAD_SPLIT] == 1;
    }
    /* Ranks post only so far ahead of what they have finished. */
    if (peer->done_seen + POST_AHEAD < op->sequence) {
        peer->done_seen = op->sequence - POST_AHEAD;
    }
    return true;
}

static bool meet(struct op *op) {
    struct ncclComm *comm = op->comm;
    if (op->cursor == 0 && split_reduce_is_possible(op) && !meet_rank(op, op->root)) {
        return false; /* it says whom else to meet */
    }
    for (; op->cursor < comm->nranks; op->cursor++) {
        if (reads(op, comm->rank, op->cursor) && !meet_rank(op, op->cursor)) {
            return false;
        }
    }
    op->cursor = 0;
    return true;
}

/* --- move --- */

static bool sources_are_intact(struct op *op) {
    for (int rank = 0; rank < op->comm->nranks; rank++) {
        if (reads(op, op->comm->rank, rank) && !op_source_is_intact(op, rank)) {
            comm_fail_gone(op->comm, rank, op_name(op->kind));
            return false;
        }
    }
    return true;
}

static enum step_result move_by_copy(struct op *op) {
    struct ncclComm *comm = op->comm;
    size_t budget = STEP_SLICE_BYTES;
    for (; op->cursor < comm->nranks; op->cursor++, op->moved = 0) {
        /* Each begins with another one, so that not all read from the same, and ends with itself.
         */
        int rank = (comm->rank + 1 + op->cursor) % comm->nranks;
        if (!reads(op, comm->rank, rank)) {
            continue;
        }
        const unsigned char *source = op->sources[rank] + part_offset(op);
        unsigned char *target = part_target(op, rank);
        if (source == target) {
            continue;
        }
        while (op->moved < op->bytes) {
            if (budget == 0) {
                return STEP_PROGRESSED;
            }
            size_t bytes = size_min(op->bytes - op->moved, size_min(budget, MOVE_PIECE_BYTES));
            move_copied(op, target + op->moved, source + op->moved, bytes);
            op->moved += bytes;
            budget -= bytes;
        }
    }
    return STEP_DONE;
}

static enum step_result move_by_reduction(struct op *op) {
    struct ncclComm *comm = op->comm;
    if (is_rooted_target(op->kind) && comm->rank != op->root) {
        return STEP_DONE;
    }
    const unsigned char *parts[COMM_RANKS_MAX];
    for (int rank = 0; rank < comm->nranks; rank++) {
        parts[rank] = op->sources[rank] + part_offset(op) + op->moved;
    }
    size_t bytes = size_min(op->bytes - op->moved, MOVE_PIECE_BYTES);
    move_reduced(op, op->receive + op->moved, parts, bytes);
    op->moved += bytes;
    return op->moved < op->bytes ? STEP_PROGRESSED : STEP_DONE;
}

static enum step_result move(struct op *op) {
    if (op->kind == OP_ALL_REDUCE && op->place == PLACE_ARENA) {
        return all_reduce_move(op);
    }
    if (op->split) {
        return split_reduce_move(op);
    }
    return op_reduces(op->kind) ? move_by_reduction(op) : move_by_copy(op);
}

/* --- drain --- */

static bool drain(struct op *op) {
    struct ncclComm *comm = op->comm;
    if (op->place != PLACE_ARENA) {
        return true;
    }
    for (; op->cursor < comm->nranks; op->cursor++) {
        if (reads(op, op->cursor, comm->rank) && !await_done(op, op->cursor, op->sequence + 1)) {
            return false;
        }
    }
    return true;
}

static void enter(struct op *op, enum op_phase phase) {
    op->phase = phase;
    op->cursor = 0;
}

/* Its ranks have a CPU each, and nothing else of its group can be done: a short spin delays nobody.
 */
static bool may_spin(const struct op *op) {
    return !op_single_steps && op->launch->posted == op->launch->collectives &&
           op->comm->nranks <= settings_get()->cpus && engine_may_spin();
}

static bool holds_soon(struct op *op, bool (*holds)(struct op *)) {
    bool result = holds(op);
    if (!result && may_spin(op)) {
        for (unsigned i = 0; i < LOOKS && !result; i++) {
            cpu_pause();
            result = holds(op);
        }
    }
    return result;
}

static enum step_result step_post(struct op *op) {
    struct launch *launch = op->launch;
    if (op->collective_index != launch->posted ||
        op->collective_index >= launch->next_collective + POST_AHEAD || !slot_is_free(op)) {
        return STEP_PENDING;
    }
    post(op);
    launch->posted++;
    enter(op, OP_MEET);
    return STEP_PROGRESSED;
}

static enum step_result step_move(struct op *op) {
    bool is_timed = op->root == op->comm->rank && split_reduce_is_possible(op);
    if (is_timed && op->met_nanos == 0) {
        op->met_nanos = clock_nanos();
    }
    enum step_result result = move(op);
    if (result != STEP_DONE) {
        return result;
    }
    if (is_timed) {
        split_reduce_learn(op);
    }
    if (!sources_are_intact(op)) {
        return STEP_PENDING;
    }
    comm_publish(op->comm, &op->comm->page->done.value,
                 comm_counter_base(op->comm) + op->sequence + 1);
    op->launch->next_collective++;
    enter(op, OP_DRAIN);
    return STEP_PROGRESSED;
}

static enum step_result step_phase(struct op *op) {
    bool is_next = op->collective_index == op->launch->next_collective;
    switch (op->phase) {
    case OP_POST:
        return step_post(op);
    case OP_MEET:
        if (!is_next || !holds_soon(op, meet)) {
            return STEP_PENDING;
        }
        enter(op, OP_MOVE);
        return STEP_PROGRESSED;
    case OP_MOVE:
        return step_move(op);
    case OP_DRAIN:
        return holds_soon(op, drain) ? STEP_DONE : STEP_PENDING;
    }
    return STEP_PENDING;
}

enum step_result collective_step(struct op *op) {
    enum op_phase phase;
    enum step_result result;
    do {
        phase = op->phase;
        result = step_phase(op);
    } while (result == STEP_PROGRESSED && op->phase != phase && !op_single_steps);
    return result;
}
