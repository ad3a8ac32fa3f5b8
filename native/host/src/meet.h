/* SPDX-License-Identifier: Apache-2.0 */
/* A rank's side of a unique id: it introduces itself to the maker and maps the ranks that it is
 * told of. */
#ifndef CONVOY_MEET_H
#define CONVOY_MEET_H

#include "comm.h"
#include "wire.h"

/*
 * Waits for all ranks (for ever, unless the communicator is aborted or somebody fails), and fills
 * in the communicator's peers and nonce.
 */
ncclResult_t meet_ranks(struct ncclComm *comm, const struct wire_id *id);

#endif
