/* SPDX-License-Identifier: Apache-2.0 */
#include "operations/one_sided.h"

#include "comm/window.h"
#include "memory/memory.h"
#include "operations/move.h"
#include "operations/put_bell.h"

/* More signals than this between two looks are none: the peer's page is another one by now. */
#define SIGNALS_AHEAD_MAX ((uint64_t)1 << 40)

/* How long a put waits for who waits at the target, before the target's server is woken. */
#define PATIENCE_NANOS 30000u

void one_sided_number(struct op *op) {
    struct ncclComm *comm = op->comm;
    if (op->kind != OP_WAIT_SIGNAL) {
        op->sequence = comm->peers[op->root].outgoing.enqueued++;
        return;
    }
    for (size_t i = 0; i < op->nwaits; i++) {
        struct signal_wait *wait = &op->waits[i];
        struct incoming *incoming = &comm->peers[wait->peer].incoming;
        incoming->awaited += wait->count;
        wait->count = incoming->awaited; /* of all signals ever */
    }
}

/* --- the target's part --- */

static bool is_intact(const struct ncclComm *comm, int origin) {
    order_loads(); /* first the data, then its owner's state */
    const struct comm_page *page = comm->peers[origin].page;
    return page_belongs(page, comm->nonce) && atomic_load(&page->state) != PAGE_ABORTED;
}

/* The put makes no sense: a mistake of the program's, unless the slot is no longer what it was. */
static bool refuse(struct ncclComm *comm, int origin, const struct put_slot *slot, uint64_t stamp,
                   const char *why) {
    if (!is_intact(comm, origin) || atomic_load(&slot->stamp) != stamp) {
        return false;
    }
    comm_fail(comm, ncclInvalidUsage,
              "rank %d refuses a put of %llu bytes by rank %d at offset %llu of window %llu: %s",
              comm->rank, (unsigned long long)slot->bytes, origin,
              (unsigned long long)slot->window_offset, (unsigned long long)slot->window, why);
    _Atomic uint64_t *refused = &comm->page->lanes[origin].refused.value;
    if (atomic_load(refused) != stamp) {
        comm_publish(comm, refused, stamp);
    }
    return false;
}

/* Where the put's data lies and belongs. False where it cannot be carried out, or not yet. */
static bool resolve(struct ncclComm *comm, int origin, const struct put_slot *slot, uint64_t stamp,
                    struct incoming *incoming) {
    struct ncclWindow_vidmem window;
    struct memory_info info;
    uint64_t number = slot->window;
    uint64_t bytes = slot->bytes;
    uint64_t offset = slot->window_offset;
    if (number >= comm->windows_registered) {
        return false; /* this rank is late */
    }
    if (!window_numbered(comm, number, &window)) {
        return refuse(comm, origin, slot, stamp, "it was deregistered");
    }
    if (!window_holds(&window, offset, bytes)) {
        return refuse(comm, origin, slot, stamp, "it is smaller");
    }
    if (bytes > 0 && !memory_find(window.begin + offset, bytes, &info)) {
        return refuse(comm, origin, slot, stamp, "its memory was freed");
    }
    incoming->source = comm_peer_address(comm, origin, slot->source_offset, bytes);
    if (incoming->source == NULL) {
        return refuse(comm, origin, slot, stamp, "the data lies outside the origin's arena");
    }
    incoming->target = window.begin + offset;
    incoming->bytes = bytes;
    incoming->signals = slot->signals;
    return is_intact(comm, origin) && atomic_load(&slot->stamp) == stamp;
}

static void count_signals(struct incoming *incoming, uint64_t signals) {
    if (signals > incoming->arrived && signals - incoming->arrived <= SIGNALS_AHEAD_MAX) {
        incoming->arrived = signals;
    }
}

/* Moves what the budget allows of the put; true where something was done. */
static bool carry_out(struct ncclComm *comm, int origin, const struct put_slot *slot,
                      uint64_t stamp, size_t *budget) {
    struct incoming *incoming = &comm->peers[origin].incoming;
    if (incoming->target == NULL && !resolve(comm, origin, slot, stamp, incoming)) {
        return false;
    }
    while (*budget > 0 && incoming->moved < incoming->bytes) {
        size_t bytes =
            size_min(incoming->bytes - incoming->moved, size_min(*budget, MOVE_PIECE_BYTES));
        move_pulled(&comm->put_stores, incoming->target + incoming->moved,
                    incoming->source + incoming->moved, bytes);
        incoming->moved += bytes;
        *budget -= bytes;
    }
    if (incoming->moved < incoming->bytes) {
        return true;
    }
    bool intact = is_intact(comm, origin);
    incoming->target = NULL;
    incoming->moved = 0;
    if (!intact) {
        comm_fail_gone(comm, origin, "the end of its put");
        return false;
    }
    incoming->carried++;
    count_signals(incoming, incoming->signals);
    comm_publish(comm, &comm->page->lanes[origin].carried.value,
                 comm_counter_base(comm) + incoming->carried);
    return true;
}

static bool serve_origin(struct ncclComm *comm, int origin, size_t *budget) {
    struct incoming *incoming = &comm->peers[origin].incoming;
    const struct message_lane *lane = &comm->peers[origin].page->lanes[comm->rank];
    /* Before the look for a put: signals that are counted here have no put before them that is not
     * seen there. */
    uint64_t signals = comm_counter(comm, &lane->signals, incoming->arrived + SIGNALS_AHEAD_MAX);
    const struct put_slot *slot = &lane->puts[incoming->carried % PUT_SLOTS];
    uint64_t stamp = comm_stamp(comm, incoming->carried);
    if (incoming->target != NULL || atomic_load(&slot->stamp) == stamp) {
        return carry_out(comm, origin, slot, stamp, budget);
    }
    if (signals > incoming->arrived && is_intact(comm, origin)) {
        count_signals(incoming, signals);
        return true;
    }
    return false;
}

bool one_sided_serve(struct ncclComm *comm) {
    size_t budget = STEP_SLICE_BYTES;
    bool any = false;
    for (int i = 0; i < comm->nranks && budget > 0; i++) {
        int origin = comm->next_origin;
        comm->next_origin = origin + 1 < comm->nranks ? origin + 1 : 0;
        any = serve_origin(comm, origin, &budget) || any;
    }
    return any;
}

void one_sided_give_up(struct ncclComm *comm, const unsigned char *begin, size_t bytes) {
    for (int origin = 0; origin < comm->nranks; origin++) {
        struct incoming *incoming = &comm->peers[origin].incoming;
        if (incoming->target >= begin && incoming->target <= begin + bytes) {
            incoming->target = NULL;
            incoming->moved = 0;
        }
    }
}

/* --- the origin's part --- */

static bool has_carried(const struct ncclComm *comm, int target, uint64_t puts) {
    const struct peer *peer = &comm->peers[target];
    return comm_counter(comm, &peer->page->lanes[comm->rank].carried, peer->outgoing.puts) >= puts;
}

/* Any of the puts so far. */
static bool has_refused(const struct ncclComm *comm, int target) {
    const struct peer *peer = &comm->peers[target];
    uint64_t stamp = atomic_load(&peer->page->lanes[comm->rank].refused.value);
    return stamp - comm_stamp(comm, 0) < peer->outgoing.puts;
}

/* False while the target has not; notes one that never will. */
static bool await_carried(struct op *op, uint64_t puts) {
    struct ncclComm *comm = op->comm;
    if (has_carried(comm, op->root, puts)) {
        return true;
    }
    if (has_refused(comm, op->root)) {
        comm_fail(comm, ncclInvalidUsage,
                  "rank %d refused a put by rank %d: its window is smaller, or was deregistered, "
                  "or the window's memory was freed",
                  op->root, comm->rank);
    } else if (comm_peer_is_gone(comm, op->root)) {
        if (has_carried(comm, op->root, puts)) {
            return true;
        }
        comm_fail_gone(comm, op->root, "it to take a put");
    }
    return false;
}

static void post_signal(struct ncclComm *comm, int target) {
    comm_publish(comm, &comm->page->lanes[target].signals.value,
                 comm_counter_base(comm) + comm->peers[target].outgoing.signals);
}

static void post_put(struct op *op) {
    struct ncclComm *comm = op->comm;
    struct outgoing *outgoing = &comm->peers[op->root].outgoing;
    struct put_slot *slot = &comm->page->lanes[op->root].puts[outgoing->puts % PUT_SLOTS];
    slot->window = op->put.window;
    slot->window_offset = op->put.offset;
    slot->source_offset = (uint64_t)(op->put.source - comm->peers[comm->rank].base);
    slot->bytes = op->put.bytes;
    slot->signals = outgoing->signals;
    comm_publish(comm, &slot->stamp, comm_stamp(comm, outgoing->puts));
    op->put.number = outgoing->puts++;
    op->put.since = clock_nanos();
}

/* True once it is posted. */
static bool post(struct op *op) {
    struct outgoing *outgoing = &op->comm->peers[op->root].outgoing;
    if (outgoing->posted != op->sequence) {
        return false; /* an earlier one to the same peer first */
    }
    if (op->kind == OP_PUT && outgoing->puts >= PUT_SLOTS &&
        !await_carried(op, outgoing->puts - PUT_SLOTS + 1)) {
        return false;
    }
    outgoing->signals++;
    if (op->kind == OP_PUT) {
        post_put(op);
    }
    post_signal(op->comm, op->root);
    outgoing->posted++;
    return true;
}

/* Waking a thread costs more than most puts: only where nobody else at the target is about to. */
static void call_server(struct op *op) {
    if (!op->put.called && clock_nanos() - op->put.since >= PATIENCE_NANOS) {
        op->put.called = true;
        put_bell_call(op->comm, op->root);
    }
}

static enum step_result send_step(struct op *op) {
    if (op->phase == OP_POST) {
        if (!post(op)) {
            return STEP_PENDING;
        }
        if (op->kind == OP_SIGNAL) {
            return STEP_DONE;
        }
        op->phase = OP_DRAIN;
        if (op_single_steps) {
            return STEP_PROGRESSED;
        }
    }
    if (await_carried(op, op->put.number + 1)) {
        return STEP_DONE;
    }
    call_server(op);
    return STEP_PENDING;
}

/* --- waiting for signals --- */

static bool has_arrived(const struct op *op, const struct signal_wait *wait) {
    return op->comm->peers[wait->peer].incoming.arrived >= wait->count;
}

static enum step_result wait_step(struct op *op) {
    struct ncclComm *comm = op->comm;
    for (; op->waited < op->nwaits; op->waited++) {
        const struct signal_wait *wait = &op->waits[op->waited];
        if (has_arrived(op, wait)) {
            continue;
        }
        if (comm_peer_is_gone(comm, wait->peer)) {
            size_t budget = STEP_SLICE_BYTES;
            if (serve_origin(comm, wait->peer, &budget)) {
                return STEP_PROGRESSED; /* what it left behind may do */
            }
            comm_fail_gone(comm, wait->peer, "a signal from it");
        }
        return STEP_PENDING;
    }
    return STEP_DONE;
}

enum step_result one_sided_step(struct op *op) {
    bool served = one_sided_serve(op->comm);
    enum step_result result = op->kind == OP_WAIT_SIGNAL ? wait_step(op) : send_step(op);
    return result == STEP_PENDING && served ? STEP_PROGRESSED : result;
}
