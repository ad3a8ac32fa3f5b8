/* SPDX-License-Identifier: Apache-2.0 */
/* The calling thread's group: what ncclGroupStart collects and ncclGroupEnd starts. */
#ifndef CONVOY_GROUP_H
#define CONVOY_GROUP_H

#include "operations/op.h"

struct job;

/* Submits the operation, or keeps it for the open group. Takes ownership. */
ncclResult_t group_add_op(struct op *op);

/* Runs the making of a communicator, or keeps it for the open group. Takes ownership. */
ncclResult_t group_add_job(struct job *job);

/* A call inside the open group failed: ncclGroupEnd will give up the whole group. Returns the
 * result. */
ncclResult_t group_note(ncclResult_t result);

#endif
