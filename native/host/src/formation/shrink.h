/* SPDX-License-Identifier: Apache-2.0 */
/* A communicator without some of its ranks. */
#ifndef CONVOY_SHRINK_H
#define CONVOY_SHRINK_H

#include "comm/comm.h"

ncclResult_t shrink_comm(struct ncclComm *parent, const int *excluded, int nexcluded,
                         struct ncclComm **handle, const ncclConfig_t *config, int flags);

#endif
