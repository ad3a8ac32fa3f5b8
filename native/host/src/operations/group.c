/* SPDX-License-Identifier: Apache-2.0 */
#include "operations/group.h"

#include "base/errors.h"
#include "formation/job.h"
#include "memory/arena.h"
#include "operations/launch.h"
#include "operations/simulate.h"

#include <string.h>

struct group {
    int depth;
    ncclResult_t error; /* the first one of the calls inside */
    struct op *ops;
    struct op *last;
    struct job *jobs;
    struct job *last_job;
    bool has_kind; /* the next one is known */
    bool blocking; /* of all communicators inside */
};

static _Thread_local struct group group;

static bool is_open(void) {
    return group.depth > 0;
}

ncclResult_t group_note(ncclResult_t result) {
    if (is_open() && group.error == ncclSuccess && result != ncclSuccess &&
        result != ncclInProgress) {
        group.error = result;
    }
    return result;
}

/* NCCL cannot end a group for one communicator and begin it for another; nor does a program that is
 * to run on it ask for that here. */
static bool mixes_kinds(bool blocking) {
    if (!group.has_kind) {
        group.has_kind = true;
        group.blocking = blocking;
    }
    return group.blocking != blocking;
}

static ncclResult_t mixed(void) {
    return error_nccl(ncclInvalidArgument,
                      "blocking and non-blocking communicators cannot be in one group");
}

ncclResult_t group_add_op(struct op *op) {
    op->next = NULL;
    if (!is_open()) {
        return launch_submit(op);
    }
    if (mixes_kinds(op->comm->blocking)) {
        op_free(op);
        return mixed();
    }
    if (group.last != NULL) {
        group.last->next = op;
    } else {
        group.ops = op;
    }
    group.last = op;
    return ncclSuccess;
}

ncclResult_t group_add_job(struct job *job) {
    if (!is_open()) {
        return job_submit(job);
    }
    if (mixes_kinds(job->blocking)) {
        job_cancel(job);
        return mixed();
    }
    job_hand_out(job);
    if (group.last_job != NULL) {
        group.last_job->next = job;
    } else {
        group.jobs = job;
    }
    group.last_job = job;
    return ncclSuccess;
}

ncclResult_t ncclGroupStart(void) {
    group.depth++;
    return ncclSuccess;
}

static void free_ops(struct op *ops) {
    while (ops != NULL) {
        struct op *next = ops->next;
        op_free(ops);
        ops = next;
    }
}

static ncclResult_t give_up(struct group *failed, ncclResult_t error) {
    free_ops(failed->ops);
    job_cancel(failed->jobs);
    return error;
}

static bool is_empty(const struct group *ended) {
    return ended->ops == NULL && ended->jobs == NULL;
}

/* Leaves a level; true at the outermost one, where `ended` is what is to be done. */
static bool leave(struct group *ended) {
    if (--group.depth > 0) {
        return false;
    }
    *ended = group;
    group = (struct group){.depth = 0};
    return true;
}

static ncclResult_t run(struct group *ended) {
    if (arena_get() == NULL) { /* a forked child leaves alone what it inherited */
        return is_empty(ended) ? ended->error
                               : error_nccl(ncclSystemError, "ncclGroupEnd: %s", arena_failure());
    }
    if (ended->error != ncclSuccess) {
        return give_up(ended, ended->error);
    }
    ncclResult_t result = ncclSuccess;
    if (ended->jobs != NULL) {
        result = job_submit(ended->jobs);
    }
    if (ended->ops != NULL) {
        ncclResult_t submitted = launch_submit(ended->ops);
        result = submitted != ncclSuccess ? submitted : result;
    }
    return result;
}

static ncclResult_t not_open(const char *name) {
    return error_nccl(ncclInvalidUsage, "%s: no group is open in this thread", name);
}

ncclResult_t ncclGroupEnd(void) {
    struct group ended;
    if (group.depth == 0) {
        return not_open("ncclGroupEnd");
    }
    return leave(&ended) ? run(&ended) : ncclSuccess;
}

/* --- simulation --- */

/* Of any size: older programs know less. */
static ncclResult_t check_info(const ncclSimInfo_t *info) {
    ncclSimInfo_t known = {.magic = 0};
    size_t size;
    memcpy(&size, info, sizeof size);
    memcpy(&known, info, size < sizeof known ? size : sizeof known);
    return known.magic == NCCL_SIM_INFO_MAGIC
               ? ncclSuccess
               : error_nccl(ncclInvalidArgument,
                            "ncclSimInfo_t was not initialised with NCCL_SIM_INFO_INITIALIZER");
}

static ncclResult_t simulate(struct group *ended, ncclSimInfo_t *info) {
    ncclResult_t result = ended->error != ncclSuccess ? ended->error : check_info(info);
    if (result == ncclSuccess && !is_empty(ended) && !ended->blocking) {
        result = error_nccl(ncclInvalidUsage,
                            "ncclGroupSimulateEnd: the communicators must be blocking ones");
    }
    if (result != ncclSuccess) {
        return give_up(ended, result);
    }
    if (ended->ops != NULL &&
        info->size >= offsetof(ncclSimInfo_t, estimatedTime) + sizeof(float)) {
        info->estimatedTime = simulate_micros(ended->ops);
    }
    free_ops(ended->ops);
    ended->ops = NULL;
    return run(ended); /* communicators are made, as by NCCL */
}

ncclResult_t ncclGroupSimulateEnd(ncclSimInfo_t *simInfo) {
    struct group ended;
    if (group.depth == 0) {
        return not_open("ncclGroupSimulateEnd");
    }
    if (!leave(&ended)) {
        return ncclSuccess;
    }
    return simInfo != NULL && arena_get() != NULL ? simulate(&ended, simInfo) : run(&ended);
}
