/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Send and receive. The sender shows a message in the lane to its peer and the peer copies it. A
 * short one is shown in the sender's mailbox, so that the sender goes on at once; a long one in
 * place, so that it waits for the copy.
 */
#include "memory/checked_copy.h"
#include "operations/move.h"
#include "operations/op.h"

#include <string.h>

static enum payload_place place_of(size_t bytes) {
    if (bytes <= LANE_INLINE_BYTES) {
        return PLACE_INLINE;
    }
    return bytes <= LANE_MAIL_BYTES ? PLACE_MAIL : PLACE_ARENA;
}

/* --- send --- */

static bool has_consumed(const struct op *op, uint64_t messages) {
    const struct ncclComm *comm = op->comm;
    const struct peer *peer = &comm->peers[op->root];
    return comm_counter(comm, &peer->page->lanes[comm->rank].consumed, peer->sent) >= messages;
}

static bool await_consumed(struct op *op, uint64_t messages) {
    if (has_consumed(op, messages)) {
        return true;
    }
    if (comm_peer_is_gone(op->comm, op->root)) {
        if (has_consumed(op, messages)) {
            return true;
        }
        comm_fail_gone(op->comm, op->root, "it to receive a message");
    }
    return false;
}

static void post(struct op *op) {
    struct ncclComm *comm = op->comm;
    struct message_lane *lane = &comm->page->lanes[op->root];
    unsigned index = op->sequence % LANE_SLOTS;
    struct message_slot *slot = &lane->slots[index];
    op->place = place_of(op->bytes);
    slot->place = (uint8_t)op->place;
    slot->bytes = op->bytes;
    slot->offset = (uint64_t)(op->send - comm->peers[comm->rank].base);
    if (op->place == PLACE_INLINE) {
        memcpy(slot->payload, op->send, op->bytes);
    } else if (op->place == PLACE_MAIL) {
        memcpy(lane->mail[index], op->send, op->bytes);
    }
    comm->peers[op->root].sent++;
    comm_publish(comm, &slot->stamp, comm_stamp(comm, op->sequence));
}

static enum step_result send_step(struct op *op) {
    if (op->phase == OP_POST) {
        if (op->comm->peers[op->root].sent != op->sequence) {
            return STEP_PENDING; /* an earlier message of the same group first */
        }
        if (op->sequence >= LANE_SLOTS && !await_consumed(op, op->sequence - LANE_SLOTS + 1)) {
            return STEP_PENDING;
        }
        post(op);
        if (op->place != PLACE_ARENA) {
            return STEP_DONE;
        }
        op->phase = OP_DRAIN;
        if (op_single_steps) {
            return STEP_PROGRESSED;
        }
    }
    return await_consumed(op, op->sequence + 1) ? STEP_DONE : STEP_PENDING;
}

/* --- receive --- */

static bool has_arrived(const struct op *op, const struct message_slot *slot) {
    return atomic_load(&slot->stamp) == comm_stamp(op->comm, op->sequence);
}

/* As for collectives: an abort may have recycled the page under the reader. */
static bool is_withdrawn(const struct op *op, const struct message_slot *slot) {
    return !op_source_is_intact(op, op->root) || !has_arrived(op, slot);
}

static bool resolve(struct op *op, const struct message_lane *lane,
                    const struct message_slot *slot) {
    struct ncclComm *comm = op->comm;
    enum payload_place place = place_of(op->bytes);
    if (slot->bytes != op->bytes || slot->place != (uint8_t)place) {
        if (is_withdrawn(op, slot)) {
            comm_fail_gone(comm, op->root, "a message from it");
            return false;
        }
        comm_fail(comm, ncclInvalidUsage,
                  "message %llu from rank %d to rank %d has %llu bytes, the receive asks for %llu",
                  (unsigned long long)op->sequence, op->root, comm->rank,
                  (unsigned long long)slot->bytes, (unsigned long long)op->bytes);
        return false;
    }
    switch (place) {
    case PLACE_INLINE:
        op->sources[0] = slot->payload;
        return true;
    case PLACE_MAIL:
        op->sources[0] = lane->mail[op->sequence % LANE_SLOTS];
        return true;
    case PLACE_ARENA:
        break;
    }
    op->sources[0] = comm_peer_address(comm, op->root, slot->offset, op->bytes);
    if (op->sources[0] == NULL && is_withdrawn(op, slot)) {
        comm_fail_gone(comm, op->root, "a message from it");
    } else if (op->sources[0] == NULL) {
        comm_fail(comm, ncclInternalError, "rank %d posted a buffer outside its arena", op->root);
    }
    return op->sources[0] != NULL;
}

static bool meet(struct op *op) {
    struct ncclComm *comm = op->comm;
    const struct message_lane *lane = &comm->peers[op->root].page->lanes[comm->rank];
    const struct message_slot *slot = &lane->slots[op->sequence % LANE_SLOTS];
    if (!has_arrived(op, slot)) {
        if (comm_peer_is_gone(comm, op->root) && !has_arrived(op, slot)) {
            comm_fail_gone(comm, op->root, "a message from it");
        }
        return false;
    }
    return resolve(op, lane, slot);
}

static void move(struct op *op, size_t bytes) {
    unsigned char *to = op->receive + op->moved;
    const unsigned char *from = op->sources[0] + op->moved;
    if (op->checksum != NULL) {
        op->crc = checked_copy(op->crc, to, from, bytes);
    } else {
        move_copied(op, to, from, bytes);
    }
}

static enum step_result receive_step(struct op *op) {
    struct ncclComm *comm = op->comm;
    struct peer *peer = &comm->peers[op->root];
    if (op->phase == OP_POST) {
        if (peer->received != op->sequence || !meet(op)) {
            return STEP_PENDING;
        }
        op->phase = OP_MOVE;
        if (op_single_steps) {
            return STEP_PROGRESSED;
        }
    }
    size_t bytes = size_min(op->bytes - op->moved, MOVE_PIECE_BYTES);
    move(op, bytes);
    op->moved += bytes;
    if (op->moved < op->bytes) {
        return STEP_PROGRESSED;
    }
    if (!op_source_is_intact(op, op->root)) {
        comm_fail_gone(comm, op->root, "a message from it");
        return STEP_PENDING;
    }
    if (op->checksum != NULL) {
        *op->checksum = op->crc;
    }
    peer->received++;
    comm_publish(comm, &comm->page->lanes[op->root].consumed.value,
                 comm_counter_base(comm) + peer->received);
    return STEP_DONE;
}

enum step_result message_step(struct op *op) {
    return op->kind == OP_SEND ? send_step(op) : receive_step(op);
}
