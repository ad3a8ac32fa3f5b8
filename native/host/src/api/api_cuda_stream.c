/* SPDX-License-Identifier: Apache-2.0 */
/* CUDA's streams, as exported; and the bounded wait of convoy_ext.h. */
#include "base/errors.h"
#include "base/settings.h"
#include "comm/comm.h"
#include "convoy/convoy_ext.h"
#include "memory/arena.h"
#include "progress/engine.h"
#include "streams/device.h"
#include "streams/device_sync.h"

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned int flags) {
    if (stream == NULL || (flags & ~cudaStreamNonBlocking) != 0) {
        return error_cuda(cudaErrorInvalidValue);
    }
    if (arena_get() == NULL) {
        return error_cuda(cudaErrorInitializationError);
    }
    *stream = stream_create(device_current(), (flags & cudaStreamNonBlocking) == 0);
    return error_cuda(*stream != NULL ? cudaSuccess : cudaErrorMemoryAllocation);
}

cudaError_t cudaStreamCreate(cudaStream_t *stream) {
    return cudaStreamCreateWithFlags(stream, cudaStreamDefault);
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    bool special = stream == NULL || stream == cudaStreamLegacy || stream == cudaStreamPerThread;
    if (special || stream_resolve(stream, device_current()) == NULL) {
        return error_cuda(special ? cudaErrorInvalidResourceHandle : stream_resolve_error());
    }
    stream_destroy(stream);
    return cudaSuccess;
}

/* The work that a stream held up to a task, usually when the wait began. */
struct awaited {
    struct CUstream_st *stream;
    uint64_t ticket;
};

static bool has_drained(void *argument) {
    const struct awaited *awaited = argument;
    return stream_has_reached(awaited->stream, awaited->ticket);
}

static bool has_drained_or_is_stuck(void *argument) {
    const struct awaited *awaited = argument;
    return has_drained(argument) || (comm_failures() > 0 && stream_is_stuck(awaited->stream, 0));
}

static cudaError_t wait_stream(struct CUstream_st *stream, uint64_t ticket, bool (*until)(void *),
                               uint64_t deadline) {
    struct awaited awaited = {.stream = stream, .ticket = ticket};
    engine_wait(until, &awaited, deadline);
    return has_drained(&awaited) ? cudaSuccess : cudaErrorNotReady;
}

cudaError_t stream_synchronize_to(struct CUstream_st *stream, uint64_t ticket) {
    cudaError_t result = wait_stream(stream, ticket, has_drained, ENGINE_FOREVER);
    return result == cudaSuccess ? cudaSuccess : cudaErrorInitializationError; /* a forked child */
}

cudaError_t stream_synchronize(struct CUstream_st *stream) {
    return stream_synchronize_to(stream, atomic_load(&stream->enqueued));
}

void device_synchronize(int device) {
    for (unsigned i = 0; i < stream_table_size(); i++) {
        struct CUstream_st *stream = stream_table_at(i);
        if (stream->device == device) {
            stream_synchronize(stream);
        }
    }
}

cudaError_t cudaStreamSynchronize(cudaStream_t handle) {
    struct CUstream_st *stream = stream_resolve(handle, device_current());
    return error_cuda(stream != NULL ? stream_synchronize(stream) : stream_resolve_error());
}

cudaError_t convoyStreamWait(cudaStream_t handle, uint64_t maxNanos) {
    struct CUstream_st *stream = stream_resolve(handle, device_current());
    if (stream == NULL) {
        return error_cuda(stream_resolve_error());
    }
    if (stream_is_drained(stream)) {
        return cudaSuccess;
    }
    return wait_stream(stream, atomic_load(&stream->enqueued), has_drained_or_is_stuck,
                       engine_deadline(maxNanos));
}

cudaError_t convoyStreamCounters(cudaStream_t handle,
                                 const struct convoyStreamCounters **counters) {
    struct CUstream_st *stream = stream_resolve(handle, device_current());
    if (stream == NULL) {
        return error_cuda(stream_resolve_error());
    }
    if (counters == NULL) {
        return error_cuda(cudaErrorInvalidValue);
    }
    _Static_assert(offsetof(struct CUstream_st, completed) ==
                       offsetof(struct CUstream_st, enqueued) +
                           offsetof(struct convoyStreamCounters, completed),
                   "the counters lie beside each other");
    *counters = (const struct convoyStreamCounters *)(const void *)&stream->enqueued;
    return cudaSuccess;
}

cudaError_t cudaStreamQuery(cudaStream_t handle) {
    struct CUstream_st *stream = stream_resolve(handle, device_current());
    if (stream == NULL) {
        return error_cuda(stream_resolve_error());
    }
    if (!stream_is_drained(stream)) {
        engine_step_all();
    }
    return stream_is_drained(stream) ? cudaSuccess : cudaErrorNotReady;
}

cudaError_t cudaDeviceSynchronize(void) {
    if (arena_get() == NULL) {
        return error_cuda(cudaErrorInitializationError);
    }
    device_synchronize(device_current());
    return cudaSuccess;
}
