/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: queues of tasks, each a resumable state machine that never blocks. Whoever enqueues,
 * waits or queries steps them; a stream's lock is held for one slice of work at a time.
 */
#ifndef CONVOY_STREAM_H
#define CONVOY_STREAM_H

#include "base/base.h"
#include "convoy/cuda_abi.h"

#include <pthread.h>

/* The bytes that a task moves before it lets others have the thread. */
#define STEP_SLICE_BYTES ((size_t)512 << 10)

enum step_result {
    STEP_PENDING,    /* waits for something that others do */
    STEP_BUSY,       /* another thread is stepping it: look again, do not sleep */
    STEP_PROGRESSED, /* did a slice and can go on */
    STEP_DONE
};

struct task;

struct task_class {
    enum step_result (*step)(struct task *task);
    void (*drop)(struct task *task);
    /* True where the task waits for a communicator that failed; NULL for tasks that never do. */
    bool (*is_stuck)(const struct task *task, unsigned depth);
};

/* Waits until a stream has completed its first `ticket` tasks. */
struct dependency {
    struct CUstream_st *stream;
    uint64_t ticket;
};

struct task {
    const struct task_class *class;
    struct task *next;
    struct dependency *dependencies;
    unsigned dependency_count;
};

/* Streams live in memory that is never unmapped: a stale handle is noticed, not followed into the
 * void. */
struct CUstream_st {
    alignas(CACHE_LINE) pthread_mutex_t lock;
    struct task *head;
    struct task *tail;
    _Atomic uint64_t enqueued;
    _Atomic uint64_t completed;
    atomic_uint steps;   /* how often somebody stepped it */
    unsigned steps_seen; /* by the helper, its alone */
    atomic_bool live;    /* the user may use the handle */
    bool in_use;         /* under the table's lock: not to be given out */
    atomic_bool legacy;
    atomic_bool blocking; /* ordered with the legacy stream */
    atomic_int device;
};

/* A new stream on a device; NULL where memory or the table is exhausted. */
struct CUstream_st *stream_create(int device, bool blocking);
void stream_destroy(struct CUstream_st *stream);

/* The stream behind a user's handle (NULL, 0x1 and 0x2 included); NULL for a handle that is not
 * live, and in a forked child, which must not step what it inherited. */
struct CUstream_st *stream_resolve(cudaStream_t handle, int device);

/* Why stream_resolve returned NULL. */
cudaError_t stream_resolve_error(void);

/*
 * Appends a task and takes ownership of it. Returns the ticket that the stream reaches with it; 0
 * only where memory for its ordering is exhausted (it is dropped then). Runs nothing.
 */
uint64_t stream_append(struct CUstream_st *stream, struct task *task);

/*
 * The halves of stream_append, for tasks of several streams that must not wait for each other:
 * first order them all, then append them all. False where memory is exhausted.
 */
bool stream_order(const struct CUstream_st *stream, struct task *task);
uint64_t stream_append_ordered(struct CUstream_st *stream, struct task *task);

/* Frees a task that was not appended. */
void task_drop(struct task *task);

/* True where a task that is appended now would wait for no other. */
bool stream_is_clear(const struct CUstream_st *stream);

/* Tries to finish what the stream holds, and leaves the rest to the helper. Call after appending.
 */
void stream_attempt(struct CUstream_st *stream);

/* Appends an ordered task and attempts it; `enter` is called on it under the stream's lock, so that
 * numbers are given in the stream's order. */
void stream_submit(struct CUstream_st *stream, struct task *task, void (*enter)(struct task *));

/* Steps the stream's tasks as far as they go without waiting. */
enum step_result stream_step(struct CUstream_st *stream);

/* The helper's: steps the stream only where nobody has since the helper's last look. Whoever issues
 * operations or waits for them does it better, and is in the way of nobody. */
enum step_result stream_step_deserted(struct CUstream_st *stream);

/* Steps one task of the stream once: the grain of the interleaving tests. */
enum step_result stream_step_once(struct CUstream_st *stream);

static inline bool stream_has_reached(const struct CUstream_st *stream, uint64_t ticket) {
    return atomic_load(&stream->completed) >= ticket;
}

static inline bool stream_is_drained(const struct CUstream_st *stream) {
    return stream_has_reached(stream, atomic_load(&stream->enqueued));
}

/* True where work of the stream waits, directly or through events, for a communicator that failed.
 */
bool stream_is_stuck(struct CUstream_st *stream, unsigned depth);

/* Every stream that was ever made, for loops over all of them. */
unsigned stream_table_size(void);
struct CUstream_st *stream_table_at(unsigned index);

#endif
