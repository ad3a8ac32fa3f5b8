/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for streams. */
#ifndef CONVOY_DEVICE_SYNC_H
#define CONVOY_DEVICE_SYNC_H

#include "stream.h"

/* Waits for all work that the device's streams hold at the call. */
void device_synchronize(int device);

/* Waits for all work that the stream holds at the call. */
cudaError_t stream_synchronize(struct CUstream_st *stream);

#endif
