/* SPDX-License-Identifier: Apache-2.0 */
#include "streams/event.h"

#include "base/errors.h"
#include "comm/comm.h"
#include "convoy/convoy_ext.h"
#include "memory/arena.h"
#include "progress/engine.h"
#include "streams/device.h"

#include <stdlib.h>

#define EVENT_MAGIC 0x746e657665766e43u

struct CUevent_st {
    uint64_t magic;
    bool timed;
    pthread_mutex_t lock;
    struct event_record *last;
};

struct record_task {
    struct task task;
    struct event_record *record;
};

void event_record_release(struct event_record *record) {
    if (record != NULL && atomic_fetch_sub(&record->references, 1) == 1) {
        free(record);
    }
}

bool event_is_valid(cudaEvent_t event) {
    return event != NULL && event->magic == EVENT_MAGIC;
}

struct event_record *event_last_record(cudaEvent_t event) {
    pthread_mutex_lock(&event->lock);
    struct event_record *record = event->last;
    if (record != NULL) {
        atomic_fetch_add(&record->references, 1);
    }
    pthread_mutex_unlock(&event->lock);
    return record;
}

/* --- tasks --- */

static enum step_result step_record(struct task *task) {
    struct event_record *record = CONTAINER_OF(task, struct record_task, task)->record;
    record->at_nanos = clock_nanos();
    atomic_store(&record->done, true);
    return STEP_DONE;
}

static enum step_result step_wait(struct task *task) {
    const struct event_record *record = CONTAINER_OF(task, struct record_task, task)->record;
    return atomic_load(&record->done) ? STEP_DONE : STEP_PENDING;
}

static bool wait_is_stuck(const struct task *task, unsigned depth) {
    const struct event_record *record = CONTAINER_OF(task, struct record_task, task)->record;
    return !atomic_load(&record->done) && stream_is_stuck(record->stream, depth + 1);
}

static void drop(struct task *task) {
    struct record_task *self = CONTAINER_OF(task, struct record_task, task);
    event_record_release(self->record);
    free(self);
}

static const struct task_class record_class = {.step = step_record, .drop = drop};
static const struct task_class wait_class = {
    .step = step_wait, .drop = drop, .is_stuck = wait_is_stuck};

static struct record_task *new_task(const struct task_class *class, struct event_record *record) {
    struct record_task *task = calloc(1, sizeof *task);
    if (task != NULL) {
        task->task.class = class;
        task->record = record;
    }
    return task;
}

/* --- the exported functions --- */

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned int flags) {
    if (event == NULL ||
        (flags & ~(cudaEventBlockingSync | cudaEventDisableTiming | cudaEventInterprocess)) != 0) {
        return error_cuda(cudaErrorInvalidValue);
    }
    if ((flags & cudaEventInterprocess) != 0) {
        return error_cuda(cudaErrorNotSupported);
    }
    if (arena_get() == NULL) {
        return error_cuda(cudaErrorInitializationError);
    }
    struct CUevent_st *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return error_cuda(cudaErrorMemoryAllocation);
    }
    made->magic = EVENT_MAGIC;
    made->timed = (flags & cudaEventDisableTiming) == 0;
    pthread_mutex_init(&made->lock, NULL);
    *event = made;
    return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t *event) {
    return cudaEventCreateWithFlags(event, cudaEventDefault);
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
    if (!event_is_valid(event)) {
        return error_cuda(cudaErrorInvalidResourceHandle);
    }
    event->magic = 0;
    event_record_release(event->last);
    pthread_mutex_destroy(&event->lock);
    free(event);
    return cudaSuccess;
}

static struct event_record *new_record(struct CUstream_st *stream) {
    struct event_record *record = calloc(1, sizeof *record);
    if (record != NULL) {
        record->stream = stream;
        atomic_store(&record->references, 2); /* the event's and the task's */
    }
    return record;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t handle) {
    struct CUstream_st *stream = stream_resolve(handle, device_current());
    if (!event_is_valid(event) || stream == NULL) {
        return error_cuda(stream_resolve_error());
    }
    struct event_record *record = new_record(stream);
    struct record_task *task = record != NULL ? new_task(&record_class, record) : NULL;
    if (task == NULL) {
        free(record);
        return error_cuda(cudaErrorMemoryAllocation);
    }
    if (!stream_append(stream, &task->task)) {
        event_record_release(record);
        return error_cuda(cudaErrorMemoryAllocation);
    }
    pthread_mutex_lock(&event->lock);
    struct event_record *before = event->last;
    event->last = record;
    pthread_mutex_unlock(&event->lock);
    event_record_release(before);
    stream_attempt(stream);
    return cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t handle, cudaEvent_t event, unsigned int flags) {
    struct CUstream_st *stream = stream_resolve(handle, device_current());
    if (!event_is_valid(event) || stream == NULL) {
        return error_cuda(stream_resolve_error());
    }
    if (flags != 0) {
        return error_cuda(cudaErrorInvalidValue);
    }
    struct event_record *record = event_last_record(event);
    if (record == NULL || atomic_load(&record->done)) {
        event_record_release(record);
        return cudaSuccess;
    }
    struct record_task *task = new_task(&wait_class, record);
    if (task == NULL) {
        event_record_release(record);
        return error_cuda(cudaErrorMemoryAllocation);
    }
    if (!stream_append(stream, &task->task)) {
        return error_cuda(cudaErrorMemoryAllocation);
    }
    stream_attempt(stream);
    return cudaSuccess;
}

/* Checked before any lock is taken: in a forked child it may be held by a thread that is not there.
 */
static cudaError_t check_event(cudaEvent_t event) {
    if (arena_get() == NULL) {
        return cudaErrorInitializationError;
    }
    return event_is_valid(event) ? cudaSuccess : cudaErrorInvalidResourceHandle;
}

static bool record_is_done(void *argument) {
    return atomic_load(&((struct event_record *)argument)->done);
}

static bool record_is_done_or_stuck(void *argument) {
    const struct event_record *record = argument;
    return atomic_load(&record->done) ||
           (comm_failures() > 0 && stream_is_stuck(record->stream, 0));
}

static cudaError_t wait_record(cudaEvent_t event, bool (*until)(void *), uint64_t deadline) {
    cudaError_t error = check_event(event);
    if (error != cudaSuccess) {
        return error_cuda(error);
    }
    struct event_record *record = event_last_record(event);
    if (record == NULL) {
        return cudaSuccess;
    }
    engine_wait(until, record, deadline);
    cudaError_t result = atomic_load(&record->done) ? cudaSuccess : cudaErrorNotReady;
    event_record_release(record);
    return result;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
    return wait_record(event, record_is_done, ENGINE_FOREVER);
}

cudaError_t convoyEventWait(cudaEvent_t event, uint64_t maxNanos) {
    return wait_record(event, record_is_done_or_stuck, engine_deadline(maxNanos));
}

cudaError_t cudaEventQuery(cudaEvent_t event) {
    cudaError_t error = check_event(event);
    if (error != cudaSuccess) {
        return error_cuda(error);
    }
    struct event_record *record = event_last_record(event);
    if (record == NULL) {
        return cudaSuccess;
    }
    if (!atomic_load(&record->done)) {
        engine_step_all();
    }
    cudaError_t result = atomic_load(&record->done) ? cudaSuccess : cudaErrorNotReady;
    event_record_release(record);
    return result;
}

cudaError_t cudaEventElapsedTime(float *ms, cudaEvent_t start, cudaEvent_t end) {
    cudaError_t error = check_event(start);
    if (error != cudaSuccess || (error = check_event(end)) != cudaSuccess) {
        return error_cuda(error);
    }
    if (!start->timed || !end->timed) {
        return error_cuda(cudaErrorInvalidResourceHandle);
    }
    if (ms == NULL) {
        return error_cuda(cudaErrorInvalidValue);
    }
    struct event_record *first = event_last_record(start);
    struct event_record *second = event_last_record(end);
    cudaError_t result = cudaErrorInvalidResourceHandle;
    if (first != NULL && second != NULL) {
        result = cudaErrorNotReady;
        if (atomic_load(&first->done) && atomic_load(&second->done)) {
            *ms = (float)((double)(int64_t)(second->at_nanos - first->at_nanos) * 1e-6);
            result = cudaSuccess;
        }
    }
    event_record_release(first);
    event_record_release(second);
    return error_cuda(result);
}
