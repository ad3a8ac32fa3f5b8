/* SPDX-License-Identifier: Apache-2.0 */
#include "streams/copy.h"

#include <stdlib.h>
#include <string.h>

struct copy {
    struct task task;
    unsigned char *target;
    const unsigned char *source; /* NULL: fill */
    void *staged;
    int value;
    size_t bytes;
    size_t done;
};

static enum step_result step(struct task *task) {
    struct copy *copy = CONTAINER_OF(task, struct copy, task);
    size_t bytes = size_min(copy->bytes - copy->done, STEP_SLICE_BYTES);
    if (copy->source == NULL) {
        memset(copy->target + copy->done, copy->value, bytes);
    } else if (copy->bytes <= STEP_SLICE_BYTES) {
        memmove(copy->target, copy->source, bytes);
    } else {
        memcpy(copy->target + copy->done, copy->source + copy->done, bytes);
    }
    copy->done += bytes;
    return copy->done == copy->bytes ? STEP_DONE : STEP_PROGRESSED;
}

static void drop(struct task *task) {
    struct copy *copy = CONTAINER_OF(task, struct copy, task);
    free(copy->staged);
    free(copy);
}

static const struct task_class copy_class = {.step = step, .drop = drop};

static struct copy *create(void *target, size_t bytes) {
    struct copy *copy = calloc(1, sizeof *copy);
    if (copy != NULL) {
        copy->task.class = &copy_class;
        copy->target = target;
        copy->bytes = bytes;
    }
    return copy;
}

struct task *copy_task(void *target, const void *source, size_t bytes) {
    struct copy *copy = create(target, bytes);
    if (copy == NULL) {
        return NULL;
    }
    copy->source = source;
    return &copy->task;
}

struct task *fill_task(void *target, int value, size_t bytes) {
    struct copy *copy = create(target, bytes);
    if (copy == NULL) {
        return NULL;
    }
    copy->value = value;
    return &copy->task;
}

bool copy_task_stage(struct task *task) {
    struct copy *copy = CONTAINER_OF(task, struct copy, task);
    copy->staged = malloc(copy->bytes);
    if (copy->staged == NULL) {
        return false;
    }
    memcpy(copy->staged, copy->source, copy->bytes);
    copy->source = copy->staged;
    return true;
}
