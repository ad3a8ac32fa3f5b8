/* SPDX-License-Identifier: Apache-2.0 */
/* Making a communicator: meeting the other ranks, mapping their arenas, and a first barrier. */
#ifndef CONVOY_INIT_H
#define CONVOY_INIT_H

#include "comm.h"
#include "wire.h"

struct init_job {
    struct init_job *next;
    struct ncclComm *comm;
    struct ncclComm *
        *handle; /* where the user finds the communicator: once ready if the call blocks */
    struct wire_id id;
    ncclResult_t result;
    char text[COMM_TEXT_BYTES]; /* the error's text, for the thread that waits */
};

/* Checks and takes apart a configuration (NULL: defaults). */
struct init_config {
    bool blocking;
    const char *name;
};
ncclResult_t init_parse_config(const ncclConfig_t *config, bool blocking_otherwise,
                               struct init_config *parsed);

/* Checks the arguments and creates the communicator; NULL on an error, which it stores in `result`.
 */
struct init_job *init_prepare(struct ncclComm **handle, int nranks, const ncclUniqueId *id,
                              int rank, int device, const struct init_config *config,
                              ncclResult_t *result);

/* Runs one job (in this thread, or on its own where non-blocking), or several at once. Frees them.
 */
ncclResult_t init_run(struct init_job *job);
ncclResult_t init_run_all(struct init_job *jobs);
void init_cancel_all(struct init_job *jobs);

/* --- shared with shrink --- */

/* Fills in the communicator's view of a rank; `why` says what is wrong where it returns false. */
bool init_add_peer(struct ncclComm *comm, int rank, struct peer_process *process,
                   uint64_t page_offset, uint64_t page_incarnation, const char **why);

/* Adds the reference to a peer process to the communicator, each process once; takes the reference
 * over. */
void init_keep_process(struct ncclComm *comm, struct peer_process *process);

/* Declares this rank ready, and waits until all are. */
ncclResult_t init_ready_barrier(struct ncclComm *comm);

#endif
