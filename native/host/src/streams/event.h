/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events. Every record makes an object of its own, which waits hold on to: recording the event
 * again, or destroying it, does not disturb them.
 */
#ifndef CONVOY_EVENT_H
#define CONVOY_EVENT_H

#include "streams/stream.h"

struct event_record {
    atomic_uint references;
    struct CUstream_st *stream;
    atomic_bool done;
    uint64_t at_nanos; /* valid once done */
};

void event_record_release(struct event_record *record);

/* The event's last record, with a reference; NULL where it was never recorded. */
struct event_record *event_last_record(cudaEvent_t event);

bool event_is_valid(cudaEvent_t event);

#endif
