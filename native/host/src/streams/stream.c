/* SPDX-License-Identifier: Apache-2.0 */
#include "streams/stream.h"

#include "base/settings.h"
#include "base/thread.h"
#include "memory/arena.h"
#include "progress/bell.h"
#include "progress/helper.h"

#include <stdlib.h>

#define STREAMS_MAX 16384u
#define STUCK_DEPTH_MAX 8u

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct CUstream_st *_Atomic table[STREAMS_MAX];
static atomic_uint table_size;
static struct CUstream_st *_Atomic legacy_streams[SETTINGS_DEVICES_MAX];
static struct CUstream_st *_Atomic thread_streams[SETTINGS_DEVICES_MAX];

unsigned stream_table_size(void) {
    return atomic_load_explicit(&table_size, memory_order_acquire);
}

struct CUstream_st *stream_table_at(unsigned index) {
    return atomic_load_explicit(&table[index], memory_order_relaxed);
}

/* A destroyed stream can be given out again once its work is done; its counters only ever grow. */
static struct CUstream_st *recycle_locked(void) {
    for (unsigned i = 0; i < stream_table_size(); i++) {
        struct CUstream_st *stream = stream_table_at(i);
        if (!stream->in_use && stream_is_drained(stream)) {
            return stream;
        }
    }
    return NULL;
}

static struct CUstream_st *extend_locked(void) {
    unsigned index = stream_table_size();
    if (index == STREAMS_MAX) {
        return NULL;
    }
    struct CUstream_st *stream = aligned_alloc(CACHE_LINE, sizeof *stream);
    if (stream == NULL) {
        return NULL;
    }
    *stream = (struct CUstream_st){.head = NULL};
    mutex_init_spinning(&stream->lock);
    atomic_store_explicit(&table[index], stream, memory_order_relaxed);
    atomic_store_explicit(&table_size, index + 1, memory_order_release);
    return stream;
}

static struct CUstream_st *create_locked(int device, bool blocking, bool legacy) {
    struct CUstream_st *stream = recycle_locked();
    if (stream == NULL) {
        stream = extend_locked();
    }
    if (stream != NULL) {
        stream->in_use = true;
        atomic_store(&stream->device, device);
        atomic_store(&stream->blocking, blocking);
        atomic_store(&stream->legacy, legacy);
        atomic_store(&stream->live, true);
    }
    return stream;
}

struct CUstream_st *stream_create(int device, bool blocking) {
    pthread_mutex_lock(&table_lock);
    struct CUstream_st *stream = create_locked(device, blocking, false);
    pthread_mutex_unlock(&table_lock);
    return stream;
}

void stream_destroy(struct CUstream_st *stream) {
    pthread_mutex_lock(&table_lock);
    atomic_store(&stream->live, false);
    stream->in_use = false;
    pthread_mutex_unlock(&table_lock);
}

static struct CUstream_st *special(struct CUstream_st *_Atomic *slot, int device, bool legacy) {
    struct CUstream_st *stream = atomic_load_explicit(slot, memory_order_acquire);
    if (stream == NULL) {
        pthread_mutex_lock(&table_lock);
        stream = atomic_load_explicit(slot, memory_order_relaxed);
        if (stream == NULL) {
            stream = create_locked(device, !legacy, legacy);
            atomic_store_explicit(slot, stream, memory_order_release);
        }
        pthread_mutex_unlock(&table_lock);
    }
    return stream;
}

struct CUstream_st *stream_resolve(cudaStream_t handle, int device) {
    if (arena_get() == NULL) {
        return NULL;
    }
    if (handle == NULL || handle == cudaStreamLegacy) {
        return special(&legacy_streams[device], device, true);
    }
    if (handle == cudaStreamPerThread) {
        return special(&thread_streams[device], device, false);
    }
    return atomic_load_explicit(&handle->live, memory_order_relaxed) ? handle : NULL;
}

cudaError_t stream_resolve_error(void) {
    return arena_get() == NULL ? cudaErrorInitializationError : cudaErrorInvalidResourceHandle;
}

static bool depend_on(struct task *task, struct CUstream_st *stream) {
    if (stream_is_drained(stream)) {
        return true;
    }
    size_t bytes = (task->dependency_count + 1) * sizeof *task->dependencies;
    struct dependency *grown = realloc(task->dependencies, bytes);
    if (grown == NULL) {
        return false;
    }
    task->dependencies = grown;
    grown[task->dependency_count++] =
        (struct dependency){.stream = stream, .ticket = atomic_load(&stream->enqueued)};
    return true;
}

/*
 * The legacy stream's work waits for all earlier work of the device's blocking streams, and the
 * other way round. Both sides look before they append, so two threads that enqueue at once cannot
 * make a circle.
 */
bool stream_order(const struct CUstream_st *stream, struct task *task) {
    if (stream->legacy) {
        for (unsigned i = 0; i < stream_table_size(); i++) {
            struct CUstream_st *other = stream_table_at(i);
            if (other != stream && other->blocking && other->device == stream->device &&
                !depend_on(task, other)) {
                return false;
            }
        }
        return true;
    }
    struct CUstream_st *legacy = atomic_load(&legacy_streams[stream->device]);
    return !stream->blocking || legacy == NULL || depend_on(task, legacy);
}

bool stream_is_clear(const struct CUstream_st *stream) {
    struct task probe = {.dependency_count = 0};
    bool clear = stream_is_drained(stream) && stream_order(stream, &probe);
    clear = clear && probe.dependency_count == 0;
    free(probe.dependencies);
    return clear;
}

void task_drop(struct task *task) {
    free(task->dependencies);
    task->class->drop(task);
}

static enum step_result step_head(struct CUstream_st *stream) {
    struct task *task = stream->head;
    while (task->dependency_count > 0) {
        const struct dependency *last = &task->dependencies[task->dependency_count - 1];
        if (!stream_has_reached(last->stream, last->ticket)) {
            return STEP_PENDING;
        }
        task->dependency_count--;
    }
    enum step_result result = task->class->step(task);
    if (result == STEP_DONE) {
        stream->head = task->next;
        if (stream->head == NULL) {
            stream->tail = NULL;
        }
        atomic_fetch_add(&stream->completed, 1);
        bell_notify_local();
        task_drop(task);
    }
    return result;
}

static enum step_result step_locked(struct CUstream_st *stream) {
    bool any = false;
    atomic_fetch_add_explicit(&stream->steps, 1, memory_order_relaxed);
    while (stream->head != NULL) {
        enum step_result result = step_head(stream);
        if (result != STEP_DONE) {
            return any && result == STEP_PENDING ? STEP_PROGRESSED : result;
        }
        any = true;
    }
    return any ? STEP_PROGRESSED : STEP_PENDING;
}

enum step_result stream_step(struct CUstream_st *stream) {
    if (stream_is_drained(stream)) {
        return STEP_PENDING;
    }
    if (pthread_mutex_trylock(&stream->lock) != 0) {
        return STEP_BUSY;
    }
    enum step_result result = step_locked(stream);
    pthread_mutex_unlock(&stream->lock);
    return result;
}

enum step_result stream_step_deserted(struct CUstream_st *stream) {
    unsigned steps = atomic_load_explicit(&stream->steps, memory_order_relaxed);
    enum step_result result = STEP_PENDING;
    if (steps == stream->steps_seen) {
        result = stream_step(stream);
        steps = atomic_load_explicit(&stream->steps, memory_order_relaxed);
    }
    stream->steps_seen = steps;
    return result;
}

enum step_result stream_step_once(struct CUstream_st *stream) {
    pthread_mutex_lock(&stream->lock);
    enum step_result result = stream->head != NULL ? step_head(stream) : STEP_PENDING;
    pthread_mutex_unlock(&stream->lock);
    return result;
}

static uint64_t append_locked(struct CUstream_st *stream, struct task *task) {
    task->next = NULL;
    if (stream->tail != NULL) {
        stream->tail->next = task;
    } else {
        stream->head = task;
    }
    stream->tail = task;
    return atomic_fetch_add(&stream->enqueued, 1) + 1;
}

uint64_t stream_append_ordered(struct CUstream_st *stream, struct task *task) {
    pthread_mutex_lock(&stream->lock);
    uint64_t ticket = append_locked(stream, task);
    pthread_mutex_unlock(&stream->lock);
    return ticket;
}

uint64_t stream_append(struct CUstream_st *stream, struct task *task) {
    if (!stream_order(stream, task)) {
        task_drop(task);
        return 0;
    }
    return stream_append_ordered(stream, task);
}

static void carry_on(struct CUstream_st *stream, enum step_result result) {
    while (result == STEP_PROGRESSED) {
        result = stream_step(stream);
    }
    if (!stream_is_drained(stream)) {
        helper_poke();
    }
}

void stream_attempt(struct CUstream_st *stream) {
    carry_on(stream, settings_get()->defer ? STEP_PENDING : stream_step(stream));
}

void stream_submit(struct CUstream_st *stream, struct task *task, void (*enter)(struct task *)) {
    pthread_mutex_lock(&stream->lock);
    enter(task);
    append_locked(stream, task);
    enum step_result result = settings_get()->defer ? STEP_PENDING : step_locked(stream);
    pthread_mutex_unlock(&stream->lock);
    carry_on(stream, result);
}

static bool task_is_stuck(const struct task *task, unsigned depth) {
    for (unsigned i = 0; i < task->dependency_count; i++) {
        const struct dependency *dependency = &task->dependencies[i];
        if (!stream_has_reached(dependency->stream, dependency->ticket) &&
            stream_is_stuck(dependency->stream, depth + 1)) {
            return true;
        }
    }
    return task->class->is_stuck != NULL && task->class->is_stuck(task, depth);
}

bool stream_is_stuck(struct CUstream_st *stream, unsigned depth) {
    if (depth > STUCK_DEPTH_MAX || pthread_mutex_trylock(&stream->lock) != 0) {
        return false; /* somebody steps it: the caller asks again */
    }
    bool stuck = false;
    for (const struct task *task = stream->head; task != NULL && !stuck; task = task->next) {
        stuck = task_is_stuck(task, depth);
    }
    pthread_mutex_unlock(&stream->lock);
    return stuck;
}
