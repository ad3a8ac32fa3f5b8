/* SPDX-License-Identifier: Apache-2.0 */
#include "group.h"

#include "arena.h"
#include "errors.h"
#include "init.h"
#include "launch.h"

struct group {
    int depth;
    ncclResult_t error; /* the first one of the calls inside */
    struct op *ops;
    struct op *last;
    struct init_job *jobs;
};

static _Thread_local struct group group;

bool group_is_open(void) {
    return group.depth > 0;
}

ncclResult_t group_note(ncclResult_t result) {
    if (group_is_open() && group.error == ncclSuccess && result != ncclSuccess &&
        result != ncclInProgress) {
        group.error = result;
    }
    return result;
}

ncclResult_t group_add_op(struct op *op) {
    op->next = NULL;
    if (!group_is_open()) {
        return launch_submit(op);
    }
    if (group.last != NULL) {
        group.last->next = op;
    } else {
        group.ops = op;
    }
    group.last = op;
    return ncclSuccess;
}

ncclResult_t group_add_job(struct init_job *job) {
    if (!group_is_open()) {
        return init_run(job);
    }
    job->next = group.jobs;
    group.jobs = job;
    return ncclSuccess;
}

ncclResult_t ncclGroupStart(void) {
    group.depth++;
    return ncclSuccess;
}

static ncclResult_t give_up(struct group *failed) {
    while (failed->ops != NULL) {
        struct op *next = failed->ops->next;
        op_free(failed->ops);
        failed->ops = next;
    }
    init_cancel_all(failed->jobs);
    return failed->error;
}

ncclResult_t ncclGroupEnd(void) {
    if (group.depth == 0) {
        return error_nccl(ncclInvalidUsage, "ncclGroupEnd: no group is open in this thread");
    }
    if (--group.depth > 0) {
        return ncclSuccess;
    }
    struct group ended = group;
    group = (struct group){.depth = 0};
    if (arena_get() == NULL) { /* a forked child leaves alone what it inherited */
        return ended.ops != NULL || ended.jobs != NULL
                   ? error_nccl(ncclSystemError, "ncclGroupEnd: %s", arena_failure())
                   : ended.error;
    }
    if (ended.error != ncclSuccess) {
        return give_up(&ended);
    }
    ncclResult_t result = ncclSuccess;
    if (ended.jobs != NULL) {
        result = init_run_all(ended.jobs);
    }
    if (ended.ops != NULL) {
        ncclResult_t submitted = launch_submit(ended.ops);
        result = submitted != ncclSuccess ? submitted : result;
    }
    return result;
}
