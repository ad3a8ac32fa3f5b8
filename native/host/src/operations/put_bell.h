/* SPDX-License-Identifier: Apache-2.0 */
/* What put servers sleep on. */
#ifndef CONVOY_PUT_BELL_H
#define CONVOY_PUT_BELL_H

#include "comm/comm.h"

/* Wakes the put servers, here and in the peers, that sleep on this process's bell. */
void put_bell_ring(void);

/* A put to this rank was posted: rings where the server of its process sleeps. */
void put_bell_call(const struct ncclComm *comm, int rank);

#endif
