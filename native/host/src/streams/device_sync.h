/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for streams. */
#ifndef CONVOY_DEVICE_SYNC_H
#define CONVOY_DEVICE_SYNC_H

#include "streams/stream.h"

/* Waits for all work that the device's streams hold at the call. */
void device_synchronize(int device);

/* Waits for all work that the stream holds at the call. */
cudaError_t stream_synchronize(struct CUstream_st *stream);

/* Waits for the task that got this ticket, and all before it. */
cudaError_t stream_synchronize_to(struct CUstream_st *stream, uint64_t ticket);

#endif
