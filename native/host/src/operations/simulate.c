/* SPDX-License-Identifier: Apache-2.0 */
#include "operations/simulate.h"

#include "base/settings.h"

/*
 * A time for every meeting of the ranks, and one for every byte that a rank reads of its peers:
 * orders of magnitude of today's machines, to compare operations with each other.
 */
#define MEETING_MICROS 0.5f
#define CROWDED_MEETING_MICROS 2.0f
#define BYTES_PER_MICRO 8000.0f

static float meeting_micros(const struct ncclComm *comm) {
    return comm->nranks > settings_get()->cpus ? CROWDED_MEETING_MICROS : MEETING_MICROS;
}

/* What the busiest rank reads, as a multiple of the operation's count. */
static float shares_read(const struct op *op) {
    float n = (float)op->comm->nranks;
    switch (op->kind) {
    case OP_ALL_REDUCE:
        return 2 * (n - 1) / n;
    case OP_REDUCE:
    case OP_ALL_GATHER:
    case OP_REDUCE_SCATTER:
    case OP_ALL_TO_ALL:
    case OP_GATHER:
        return n - 1;
    default:
        return n > 1 ? 1 : 0;
    }
}

static float op_micros(const struct op *op) {
    bool mailed =
        op->bytes <= (op_is_collective(op) ? op_mail_bytes(op->comm, op->kind) : LANE_MAIL_BYTES);
    float meetings = mailed ? 1 : 2; /* otherwise the readers say when they are done */
    return meetings * meeting_micros(op->comm) +
           shares_read(op) * (float)op->bytes / BYTES_PER_MICRO;
}

float simulate_micros(const struct op *ops) {
    float micros = 0;
    for (const struct op *op = ops; op != NULL; op = op->next) {
        micros += op_micros(op);
    }
    return micros;
}
