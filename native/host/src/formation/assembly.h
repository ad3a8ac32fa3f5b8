/* SPDX-License-Identifier: Apache-2.0 */
/* What every way to make a communicator ends with: its peers are known, and all are ready. */
#ifndef CONVOY_ASSEMBLY_H
#define CONVOY_ASSEMBLY_H

#include "formation/job.h"
#include "peers/peers.h"

/* Fills in the communicator's view of a rank; `why` says what is wrong where it returns false. */
bool assembly_add_peer(struct ncclComm *comm, int rank, struct peer_process *process,
                       uint64_t page_offset, uint64_t page_incarnation, const char **why);

/* Adds the reference to a peer process to the communicator, each process once; takes the reference
 * over. */
void assembly_keep_process(struct ncclComm *comm, struct peer_process *process);

/* Declares the job's communicator ready, and waits until all ranks have. */
ncclResult_t assembly_ready_barrier(const struct job *job);

#endif
