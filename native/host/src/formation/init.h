/* SPDX-License-Identifier: Apache-2.0 */
/* Making a communicator: meeting the other ranks, mapping their arenas, and a first barrier. */
#ifndef CONVOY_INIT_H
#define CONVOY_INIT_H

#include "comm/config.h"
#include "formation/job.h"
#include "formation/wire.h"

/*
 * Makes a communicator of the ranks that come with the first of the ids; `name` is the function
 * that was called.
 */
ncclResult_t init_rank(struct ncclComm **handle, int nranks, const ncclUniqueId *ids, int nids,
                       int rank, int device, const struct comm_config *config, const char *name);

ncclResult_t init_check_id(const struct wire_id *id);

/* --- shared with the other ways to make one --- */

/* Starts what the process needs for any communicator. */
ncclResult_t init_runtime(void);

/* Meets all ranks of the job's communicator on the id, and completes it. */
ncclResult_t init_meet(struct job *job, const struct wire_id *id);

#endif
