/* SPDX-License-Identifier: Apache-2.0 */
#include "operations/op.h"

bool op_single_steps;
bool op_small_mail_only;

static const char *const names[] = {
    [OP_ALL_REDUCE] = "AllReduce",
    [OP_BROADCAST] = "Broadcast",
    [OP_REDUCE] = "Reduce",
    [OP_ALL_GATHER] = "AllGather",
    [OP_REDUCE_SCATTER] = "ReduceScatter",
    [OP_ALL_TO_ALL] = "AlltoAll",
    [OP_GATHER] = "Gather",
    [OP_SCATTER] = "Scatter",
    [OP_SEND] = "Send",
    [OP_RECEIVE] = "Recv",
    [OP_PUT] = "PutSignal",
    [OP_SIGNAL] = "Signal",
    [OP_WAIT_SIGNAL] = "WaitSignal",
};

const char *op_name(enum op_kind kind) {
    return (unsigned)kind < ARRAY_COUNT(names) ? names[kind] : "an unknown operation";
}

bool op_source_is_intact(const struct op *op, int rank) {
    const struct ncclComm *comm = op->comm;
    if (rank == comm->rank) {
        return true;
    }
    order_loads(); /* first the data, then its owner's state */
    const struct comm_page *page = comm->peers[rank].page;
    return page_belongs(page, comm->nonce) && atomic_load(&page->state) != PAGE_ABORTED;
}
