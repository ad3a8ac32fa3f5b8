/* SPDX-License-Identifier: Apache-2.0 */
/* Registering a window: with it the puts begin that its peers have posted, and they end with it. */
#ifndef CONVOY_WINDOW_REQUEST_H
#define CONVOY_WINDOW_REQUEST_H

#include "comm/comm.h"

ncclResult_t window_register(struct ncclComm *comm, void *buffer, size_t bytes, int flags,
                             ncclWindow_t *window);
ncclResult_t window_deregister(struct ncclComm *comm, ncclWindow_t window);

#endif
