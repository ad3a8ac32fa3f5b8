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

/*
 * Of a rank in the same process the page is held, but its buffers are the program's again once it
 * has aborted, and what is read of them then races with what the program writes. No lock could end
 * that without an abort that waits for its peers, and no result depends on it: whoever has read
 * asks here before anybody sees what was made of it.
 */
bool op_source_is_intact(const struct op *op, int rank) {
    const struct ncclComm *comm = op->comm;
    if (rank == comm->rank) {
        return true;
    }
    order_loads(); /* first the data, then its owner's state */
    const struct comm_page *page = comm->peers[rank].page;
    return page_belongs(page, comm->nonce) && atomic_load(&page->state) != PAGE_ABORTED;
}
