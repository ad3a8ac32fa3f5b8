/* SPDX-License-Identifier: Apache-2.0 */
/* A communicator divided by colours: every member says where it wants to be, and those of one
 * colour make a communicator. */
#ifndef CONVOY_SPLIT_H
#define CONVOY_SPLIT_H

#include "comm/comm.h"

ncclResult_t split_comm(struct ncclComm *parent, int color, int key, struct ncclComm **handle,
                        const ncclConfig_t *config);

#endif
