/* SPDX-License-Identifier: Apache-2.0 */
/* A rank's side of a unique id: it introduces itself to the maker and maps the ranks that it is
 * told of. */
#ifndef CONVOY_MEET_H
#define CONVOY_MEET_H

#include "formation/job.h"
#include "formation/wire.h"

/*
 * Waits for all ranks (for ever, unless the job is cancelled or somebody fails), and fills in the
 * peers and the nonce of the job's communicator.
 */
ncclResult_t meet_ranks(struct job *job, const struct wire_id *id);

#endif
