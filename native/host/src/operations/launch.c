/* SPDX-License-Identifier: Apache-2.0 */
#include "operations/launch.h"

#include "base/errors.h"
#include "operations/one_sided.h"

#include <stdlib.h>

/* One group at a time: the orders of its streams' tasks and of its communicators' launches must
 * agree. */
static pthread_mutex_t submit_lock = PTHREAD_MUTEX_INITIALIZER;

void op_free(struct op *op) {
    comm_release(op->comm);
    free(op);
}

static void free_ops(struct op *ops) {
    while (ops != NULL) {
        struct op *next = ops->next;
        op_free(ops);
        ops = next;
    }
}

/* --- stepping, under the communicator's lock --- */

static enum step_result step_op(struct op *op) {
    if (atomic_load(&op->comm->aborted) || op->comm->destroyed) {
        return STEP_DONE;
    }
    if (op_is_one_sided(op)) {
        return one_sided_step(op);
    }
    if (op->launch->ticket != op->comm->active_ticket) {
        return STEP_PENDING;
    }
    return op_is_collective(op) ? collective_step(op) : message_step(op);
}

static void finish_op(struct op *op) {
    struct ncclComm *comm = op->comm;
    atomic_fetch_add(&comm->completed, 1);
    if (op->launch == NULL) {
        return; /* one-sided */
    }
    if (--op->launch->remaining == 0) {
        comm->active_ticket++;
        if (op->launch != &op->own_launch) {
            free(op->launch);
        }
    }
    op->launch = NULL;
}

static enum step_result step_task_ops(struct op_task *task) {
    enum step_result best = STEP_PENDING;
    struct ncclComm *locked = NULL;
    struct op **link = &task->ops;
    while (*link != NULL) {
        struct op *op = *link;
        if (op->comm != locked) {
            if (locked != NULL) {
                pthread_mutex_unlock(&locked->lock);
            }
            locked = pthread_mutex_trylock(&op->comm->lock) == 0 ? op->comm : NULL;
        }
        enum step_result result = locked != NULL ? step_op(op) : STEP_BUSY;
        if (result == STEP_DONE) {
            *link = op->next;
            finish_op(op);
            op->next = task->finished;
            task->finished = op;
            result = STEP_PROGRESSED;
        } else {
            link = &op->next;
        }
        best = result > best ? result : best;
    }
    if (locked != NULL) {
        pthread_mutex_unlock(&locked->lock);
    }
    return task->ops == NULL ? STEP_DONE : best;
}

static enum step_result op_task_step(struct task *base) {
    return step_task_ops(CONTAINER_OF(base, struct op_task, task));
}

static void op_task_drop(struct task *base) {
    struct op_task *task = CONTAINER_OF(base, struct op_task, task);
    struct op *ops = task->ops;
    struct op *finished = task->finished;
    if (!task->is_own) {
        free(task);
    }
    free_ops(ops);
    free_ops(finished);
}

static bool op_task_is_stuck(const struct task *base, unsigned depth) {
    (void)depth;
    const struct op_task *task = CONTAINER_OF(base, struct op_task, task);
    for (const struct op *op = task->ops; op != NULL; op = op->next) {
        if (comm_has_failed(op->comm) && !atomic_load(&op->comm->aborted)) {
            return true;
        }
    }
    return false;
}

static const struct task_class op_task_class = {
    .step = op_task_step, .drop = op_task_drop, .is_stuck = op_task_is_stuck};

/* --- submission --- */

/* The launch of the communicator among the operations before this one, or a new one. */
static struct launch *launch_for(struct op *first, struct op *op) {
    for (struct op *other = first; other != op; other = other->next) {
        if (other->comm == op->comm && !op_is_one_sided(other)) {
            return other->launch;
        }
    }
    return calloc(1, sizeof(struct launch));
}

static bool make_launches(struct op *ops) {
    for (struct op *op = ops; op != NULL; op = op->next) {
        if (op_is_one_sided(op)) {
            continue;
        }
        op->launch = launch_for(ops, op);
        if (op->launch == NULL) {
            return false;
        }
        op->launch->remaining++;
    }
    return true;
}

static void free_launches(struct op *ops) {
    for (struct op *op = ops; op != NULL; op = op->next) {
        if (op->launch != NULL && --op->launch->remaining == 0) {
            free(op->launch);
        }
        op->launch = NULL;
    }
}

static void number_in_launch(struct op *op) {
    struct ncclComm *comm = op->comm;
    struct launch *launch = op->launch;
    if (launch->ticket == 0) {
        launch->ticket = ++comm->next_ticket;
    }
    if (op_is_collective(op)) {
        op->collective_index = launch->collectives++;
        op->sequence = comm->collectives_enqueued++;
    } else {
        struct peer *peer = &comm->peers[op->root];
        op->sequence = op->kind == OP_SEND ? peer->sends_enqueued++ : peer->receives_enqueued++;
    }
}

/* Numbers that are given out in the order of the calls, and used in it. */
static void number_op(struct op *op) {
    struct ncclComm *comm = op->comm;
    pthread_mutex_lock(&comm->lock);
    if (op_is_one_sided(op)) {
        one_sided_number(op);
    } else {
        number_in_launch(op);
    }
    atomic_fetch_add(&comm->enqueued, 1);
    pthread_mutex_unlock(&comm->lock);
}

/* Moves the list's operations on a stream, in their order, to a list of their own. */
static struct op *take_stream(struct op **ops, const struct CUstream_st *stream) {
    struct op *taken = NULL;
    struct op **end = &taken;
    for (struct op **link = ops; *link != NULL;) {
        struct op *op = *link;
        if (op->stream == stream) {
            *link = op->next;
            op->next = NULL;
            *end = op;
            end = &op->next;
        } else {
            link = &op->next;
        }
    }
    return taken;
}

static void free_tasks(struct op_task *tasks) {
    while (tasks != NULL) {
        struct op_task *next = (struct op_task *)(void *)tasks->task.next;
        task_drop(&tasks->task);
        tasks = next;
    }
}

/* An empty task for each stream; NULL where memory is short. */
static struct op_task *make_tasks(const struct op *ops) {
    struct op_task *tasks = NULL;
    for (const struct op *op = ops; op != NULL; op = op->next) {
        const struct op *other = ops;
        while (other->stream != op->stream) {
            other = other->next;
        }
        if (other != op) {
            continue;
        }
        struct op_task *task = calloc(1, sizeof *task);
        if (task == NULL) {
            free_tasks(tasks);
            return NULL;
        }
        task->task.class = &op_task_class;
        task->stream = op->stream;
        task->task.next = (struct task *)tasks;
        tasks = task;
    }
    return tasks;
}

static unsigned count_tasks(const struct op_task *tasks) {
    unsigned count = 0;
    for (const struct task *task = (const struct task *)tasks; task != NULL; task = task->next) {
        count++;
    }
    return count;
}

/* All tasks before any is appended: none may wait, by way of the legacy stream, for another one of
 * its own group. */
static bool order_tasks(struct op_task *tasks) {
    for (struct op_task *task = tasks; task != NULL;
         task = (struct op_task *)(void *)task->task.next) {
        if (!stream_order(task->stream, &task->task)) {
            return false;
        }
    }
    return true;
}

/* Numbers the operations and appends the tasks; stores the streams, since the tasks may be gone
 * soon. */
static void append_tasks(struct op_task *tasks, struct op *ops, struct CUstream_st **streams) {
    for (struct op *op = ops; op != NULL; op = op->next) {
        number_op(op);
    }
    while (tasks != NULL) {
        struct op_task *next = (struct op_task *)(void *)tasks->task.next;
        *streams = tasks->stream;
        tasks->ops = take_stream(&ops, *streams);
        stream_append_ordered(*streams++, &tasks->task);
        tasks = next;
    }
}

/* False where memory is short: nothing was numbered or appended then. */
static bool submit_tasks(struct op_task *tasks, struct op *ops, struct CUstream_st **streams) {
    unsigned count = count_tasks(tasks);
    pthread_mutex_lock(&submit_lock);
    bool ordered = order_tasks(tasks);
    if (ordered) {
        append_tasks(tasks, ops, streams);
    }
    pthread_mutex_unlock(&submit_lock);
    for (unsigned i = 0; ordered && i < count; i++) {
        stream_attempt(streams[i]);
    }
    return ordered;
}

static void number_task(struct task *base) {
    number_op(CONTAINER_OF(base, struct op_task, task)->ops);
}

static ncclResult_t out_of_memory(void) {
    return error_nccl(ncclSystemError, "out of memory for a group of operations");
}

/* The shortest way for what programs do most. */
static ncclResult_t submit_one(struct op *op) {
    struct op_task *task = &op->own_task;
    *task = (struct op_task){
        .task = {.class = &op_task_class}, .stream = op->stream, .ops = op, .is_own = true};
    op->own_launch = (struct launch){.remaining = 1};
    op->launch = op_is_one_sided(op) ? NULL : &op->own_launch;
    if (!stream_order(op->stream, &task->task)) {
        task_drop(&task->task);
        return out_of_memory();
    }
    stream_submit(op->stream, &task->task, number_task);
    return ncclSuccess;
}

ncclResult_t launch_submit(struct op *ops) {
    if (ops->next == NULL) {
        return submit_one(ops);
    }
    struct CUstream_st *one;
    struct CUstream_st **streams = &one;
    struct op_task *tasks = make_tasks(ops);
    unsigned count = count_tasks(tasks);
    if (count > 1) {
        streams = calloc(count, sizeof(struct CUstream_st *));
    }
    bool submitted =
        tasks != NULL && streams != NULL && make_launches(ops) && submit_tasks(tasks, ops, streams);
    if (streams != &one) {
        free(streams);
    }
    if (!submitted) {
        free_tasks(tasks);
        free_launches(ops);
        free_ops(ops);
        return out_of_memory();
    }
    return ncclSuccess;
}
