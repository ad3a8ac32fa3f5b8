/* SPDX-License-Identifier: Apache-2.0 */
/* Host functions in streams. They run on a thread of their own: they may block, and stepping may
 * not. */
#include "base/errors.h"
#include "base/thread.h"
#include "convoy/cuda_abi.h"
#include "progress/bell.h"
#include "progress/helper.h"
#include "streams/device.h"
#include "streams/stream.h"

#include <stdlib.h>

struct call {
    struct task task;
    struct call *next;
    cudaHostFn_t function;
    void *argument;
    bool submitted; /* under the stream's lock */
    atomic_bool done;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool started;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrived = PTHREAD_COND_INITIALIZER;
static struct call *first;
static struct call *last;

static void *run(void *unused) {
    (void)unused;
    for (;;) {
        pthread_mutex_lock(&lock);
        while (first == NULL) {
            pthread_cond_wait(&arrived, &lock);
        }
        struct call *call = first;
        first = call->next;
        pthread_mutex_unlock(&lock);
        call->function(call->argument);
        atomic_store(&call->done, true); /* the task may be freed from here on */
        bell_notify_local();
        helper_poke();
    }
    return NULL;
}

static void start_once(void) {
    started = thread_start_detached("convoy-calls", run, NULL);
}

static void submit(struct call *call) {
    pthread_mutex_lock(&lock);
    call->next = NULL;
    if (first == NULL) {
        first = call;
    } else {
        last->next = call;
    }
    last = call;
    pthread_cond_signal(&arrived);
    pthread_mutex_unlock(&lock);
}

static enum step_result step(struct task *task) {
    struct call *call = CONTAINER_OF(task, struct call, task);
    if (!call->submitted) {
        call->submitted = true;
        submit(call);
        return STEP_PENDING;
    }
    return atomic_load(&call->done) ? STEP_DONE : STEP_PENDING;
}

static void drop(struct task *task) {
    free(CONTAINER_OF(task, struct call, task));
}

static const struct task_class call_class = {.step = step, .drop = drop};

cudaError_t cudaLaunchHostFunc(cudaStream_t handle, cudaHostFn_t fn, void *userData) {
    struct CUstream_st *stream = stream_resolve(handle, device_current());
    if (stream == NULL) {
        return error_cuda(stream_resolve_error());
    }
    if (fn == NULL) {
        return error_cuda(cudaErrorInvalidValue);
    }
    pthread_once(&once, start_once);
    struct call *call = started ? calloc(1, sizeof *call) : NULL;
    if (call == NULL) {
        return error_cuda(started ? cudaErrorMemoryAllocation : cudaErrorOperatingSystem);
    }
    call->task.class = &call_class;
    call->function = fn;
    call->argument = userData;
    if (!stream_append(stream, &call->task)) {
        return error_cuda(cudaErrorMemoryAllocation);
    }
    stream_attempt(stream);
    return cudaSuccess;
}
