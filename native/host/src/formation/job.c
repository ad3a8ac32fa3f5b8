/* SPDX-License-Identifier: Apache-2.0 */
#include "formation/job.h"

#include "base/errors.h"
#include "base/thread.h"

#include <stdio.h>

/* Jobs of one blocking group: where one fails, the group fails, and nobody waits for the others. */
struct job_batch {
    atomic_bool failed;
};

static struct ncclComm *owner_of(const struct job *job) {
    return job->by_parent ? job->parent : job->comm;
}

/* --- life --- */

ncclResult_t job_check_parent(const char *name, struct ncclComm *parent, bool after_failure) {
    ncclResult_t status = comm_status(parent);
    if (status == ncclInProgress) {
        return error_nccl(ncclInvalidArgument,
                          "%s: the parent is still in progress: poll ncclCommGetAsyncError until "
                          "ncclSuccess",
                          name);
    }
    if (status != ncclSuccess && !after_failure) {
        return comm_report_failure(name, parent, status);
    }
    bool ended = atomic_load(&parent->finalizing) && !atomic_load(&parent->revoked);
    if (!atomic_load(&parent->was_ready) || ended) {
        return error_nccl(ncclInvalidUsage, "%s: the parent never became ready, or was finalized",
                          name);
    }
    return ncclSuccess;
}

void job_init_by_parent(struct job *job, const struct job_class *class, struct ncclComm *parent,
                        struct ncclComm **handle) {
    job->class = class;
    job->parent = parent;
    job->by_parent = true;
    job->blocking = parent->blocking;
    job->after_revoke = atomic_load(&parent->revoked);
    job->handle = handle;
    *handle = NULL;
    comm_retain(parent);
}

void job_init(struct job *job, const struct job_class *class, struct ncclComm *comm,
              struct ncclComm *parent, struct ncclComm **handle) {
    job->class = class;
    job->comm = comm;
    job->parent = parent;
    job->blocking = comm->blocking;
    job->handle = handle;
    /* While this call blocks, no other thread may abort the communicator. */
    *handle = comm->blocking ? NULL : comm;
    comm_retain(comm);
    if (parent != NULL) {
        job->after_revoke = atomic_load(&parent->revoked);
        comm_retain(parent);
    }
}

void job_hand_out(struct job *job) {
    if (!job->by_parent) {
        *job->handle = job->comm;
    }
}

static void drop(struct job *job) {
    struct ncclComm *parent = job->parent;
    struct ncclComm *comm = job->by_parent ? NULL : job->comm;
    job->class->drop(job);
    if (comm != NULL) {
        comm_release(comm);
    }
    if (parent != NULL) {
        comm_release(parent);
    }
}

/* The user never gets to use what could not be made; where he was given the handle before, he may
 * have given it back already. */
static void withdraw(struct job *job) {
    *job->handle = NULL;
    if (!job->by_parent && !atomic_exchange(&job->comm->released, true)) {
        comm_release(job->comm);
    }
}

/* --- an end before the end --- */

static bool parent_ends_it(const struct job *job) {
    const struct ncclComm *parent = job->parent;
    return parent != NULL &&
           (atomic_load(&parent->closing) || (atomic_load(&parent->revoked) && !job->after_revoke));
}

/* Where ids bring the ranks together, nobody else would notice that one of the old ones died. */
static bool parent_has_failed(const struct job *job) {
    return job->parent != NULL && !job->by_parent && comm_has_failed(job->parent);
}

static bool batch_has_failed(const struct job *job) {
    return job->batch != NULL && atomic_load(&job->batch->failed);
}

bool job_is_cancelled(const struct job *job) {
    return (job->comm != NULL && atomic_load(&job->comm->closing)) || parent_ends_it(job) ||
           parent_has_failed(job) || batch_has_failed(job);
}

ncclResult_t job_cancellation(const struct job *job) {
    if (parent_ends_it(job)) {
        return error_nccl(ncclInternalError, "the parent communicator was aborted or revoked");
    }
    if (parent_has_failed(job)) {
        return comm_report_failure("the parent communicator", job->parent, ncclRemoteError);
    }
    return error_nccl(ncclInternalError, batch_has_failed(job)
                                             ? "another communicator of the group could not be made"
                                             : "the communicator was aborted");
}

/* --- entering and leaving: meanwhile an abort of the communicator waits --- */

/* The last one out shows success; a failure of its own job the owner shows at once. */
static void leave_owner(struct ncclComm *owner, ncclResult_t result, const char *text) {
    pthread_mutex_lock(&owner->lock);
    bool last = atomic_fetch_sub(&owner->makings, 1) == 1;
    int expected = ncclInProgress;
    if (result != ncclSuccess) {
        comm_fail(owner, result, "%s", text);
    } else if (last && !atomic_load(&owner->finalizing)) {
        atomic_compare_exchange_strong(&owner->async, &expected, ncclSuccess);
    }
    pthread_mutex_unlock(&owner->lock);
}

static void note_failure(struct job *job, ncclResult_t result) {
    job->result = result;
    snprintf(job->text, sizeof job->text, "%s", error_last_text());
}

static void enter(struct job *job) {
    struct ncclComm *owner = owner_of(job);
    bool grows = job->parent != NULL && !job->by_parent;
    atomic_fetch_add(&owner->makings, 1);
    if (grows) {
        atomic_fetch_add(&job->parent->growths, 1);
    }
    /* After the counters: an abort sets its flag before it looks at them. */
    if (atomic_load(&owner->closing) || (grows && atomic_load(&job->parent->closing))) {
        note_failure(job, error_nccl(ncclInvalidUsage,
                                     "the communicator was aborted or destroyed before the group "
                                     "ended"));
    }
}

/* The new communicator can be used from here on. */
static void announce(struct ncclComm *comm, bool by_parent) {
    pthread_mutex_lock(&comm->lock);
    atomic_store(&comm->was_ready, true);
    if (by_parent) {
        atomic_store(&comm->async, ncclSuccess);
    }
    pthread_mutex_unlock(&comm->lock);
    comm_register(comm);
}

/* No peer need wait for this rank. */
static void give_up(struct ncclComm *comm) {
    pthread_mutex_lock(&comm->lock);
    if (comm->page != NULL) {
        atomic_store(&comm->page->state, PAGE_ABORTED);
    }
    pthread_mutex_unlock(&comm->lock);
    bell_ring();
}

/* The owner's state comes last: who sees it ends may end the owner. */
static void leave(struct job *job) {
    if (job->comm != NULL && job->result == ncclSuccess) {
        announce(job->comm, job->by_parent);
    } else if (job->comm != NULL) {
        give_up(job->comm);
    }
    if (job->by_parent) {
        if (job->result == ncclSuccess) {
            /* Programs may look at it while they wait. */
            __atomic_store_n(job->handle, job->comm, __ATOMIC_RELEASE);
        } else if (job->comm != NULL) {
            comm_release(job->comm);
        }
    } else if (job->parent != NULL) {
        atomic_fetch_sub(&job->parent->growths, 1);
    }
    leave_owner(owner_of(job), job->result, job->text);
    bell_notify_local();
}

/* --- running --- */

/* An owner's jobs in their order; after a failure the others could wait for ever. */
static void run_chain(struct job *chain) {
    for (struct job *job = chain, *before = NULL; job != NULL; before = job, job = job->chained) {
        if (before != NULL && before->result != ncclSuccess && job->result == ncclSuccess) {
            note_failure(job, error_nccl(before->result, "%s", before->text));
            job->was_cancelled = true;
        }
        if (job->result == ncclSuccess) {
            ncclResult_t result = job->class->make(job);
            if (result != ncclSuccess) {
                job->was_cancelled = batch_has_failed(job);
                note_failure(job, result);
            }
        }
        if (job->result != ncclSuccess && job->batch != NULL) {
            atomic_store(&job->batch->failed, true);
        }
    }
}

static void leave_chain(struct job *chain) {
    while (chain != NULL) {
        struct job *next =
            chain->chained; /* a job whose owner has its last word may be waited for */
        leave(chain);
        chain = next;
    }
}

static void *run_waited_for(void *chain) {
    run_chain(chain);
    leave_chain(chain);
    return NULL;
}

static void *run_alone(void *argument) {
    struct job *chain = argument;
    run_chain(chain);
    leave_chain(chain);
    while (chain != NULL) {
        struct job *next = chain->chained;
        drop(chain);
        chain = next;
    }
    return NULL;
}

/* Folds a result into the group's: a cause comes before what follows from it. */
static void fold(const struct job *job, ncclResult_t *result, bool *is_cause) {
    bool cause = !job->was_cancelled && job->result != ncclRemoteError;
    if (job->result != ncclSuccess &&
        (*result == ncclSuccess || *result == ncclInProgress || (cause && !*is_cause))) {
        *result = error_nccl(job->result, "%s", job->text);
        *is_cause = cause;
    }
}

/* The user finds what was made, or NULL, and the jobs are freed. */
static void settle_chain(struct job *chain, ncclResult_t *result, bool *is_cause) {
    while (chain != NULL) {
        struct job *next = chain->chained;
        fold(chain, result, is_cause);
        if (chain->result != ncclSuccess) {
            withdraw(chain);
        } else if (!chain->by_parent) {
            *chain->handle = chain->comm;
        }
        drop(chain);
        chain = next;
    }
}

static void fail_chain(struct job *chain) {
    for (struct job *job = chain; job != NULL; job = job->chained) {
        note_failure(job, error_nccl(ncclSystemError,
                                     "no thread to make the communicator could be started"));
    }
    leave_chain(chain);
}

static void enter_chain(struct job *chain) {
    for (struct job *job = chain; job != NULL; job = job->chained) {
        enter(job);
    }
}

static void start_alone(struct job *chain, ncclResult_t *result, bool *is_cause) {
    struct ncclComm *owner = owner_of(chain);
    int expected = ncclSuccess;
    comm_join_thread(owner);
    enter_chain(chain);
    atomic_compare_exchange_strong(&owner->async, &expected, ncclInProgress);
    pthread_mutex_lock(&owner->lock);
    bool started = thread_start(&owner->worker, "convoy-make", run_alone, chain);
    owner->has_worker = started;
    pthread_mutex_unlock(&owner->lock);
    if (!started) {
        fail_chain(chain);
        settle_chain(chain, result, is_cause);
    } else if (*result == ncclSuccess) {
        *result = ncclInProgress;
    }
}

/* --- groups --- */

/* Sorts a list into chains, one for each owner, linked by `next`; the order is that of the calls.
 */
static struct job *sort_into_chains(struct job *jobs) {
    struct job *chains = NULL;
    struct job **end = &chains;
    while (jobs != NULL) {
        struct job *job = jobs;
        jobs = job->next;
        job->next = NULL;
        struct job *chain = chains;
        while (chain != NULL && owner_of(chain) != owner_of(job)) {
            chain = chain->next;
        }
        if (chain == NULL) {
            *end = job;
            end = &job->next;
            continue;
        }
        while (chain->chained != NULL) {
            chain = chain->chained;
        }
        chain->chained = job;
    }
    return chains;
}

static struct job *take_blocking(struct job **chains) {
    struct job *taken = NULL;
    struct job **end = &taken;
    for (struct job **link = chains; *link != NULL;) {
        struct job *chain = *link;
        if (chain->blocking) {
            *link = chain->next;
            chain->next = NULL;
            *end = chain;
            end = &chain->next;
        } else {
            link = &chain->next;
        }
    }
    return taken;
}

static void start_waited_for(struct job *chain, struct job_batch *batch) {
    for (struct job *job = chain; job != NULL; job = job->chained) {
        job->batch = batch;
    }
    enter_chain(chain);
    chain->has_thread = thread_start(&chain->thread, "convoy-make", run_waited_for, chain);
    if (!chain->has_thread) {
        atomic_store(&batch->failed, true);
        fail_chain(chain);
    }
}

static void run_blocking(struct job *chains, ncclResult_t *result, bool *is_cause) {
    struct job_batch batch = {.failed = false};
    if (chains->next == NULL) { /* one needs no thread */
        enter_chain(chains);
        run_waited_for(chains);
    } else {
        for (struct job *chain = chains; chain != NULL; chain = chain->next) {
            start_waited_for(chain, &batch);
        }
    }
    for (struct job *chain = chains; chain != NULL; chain = chain->next) {
        if (chain->has_thread) {
            pthread_join(chain->thread, NULL);
        }
    }
    while (chains != NULL) {
        struct job *next = chains->next;
        settle_chain(chains, result, is_cause);
        chains = next;
    }
}

ncclResult_t job_submit(struct job *jobs) {
    ncclResult_t result = ncclSuccess;
    bool is_cause = false;
    struct job *chains = sort_into_chains(jobs);
    struct job *blocking = take_blocking(&chains);
    while (chains != NULL) {
        struct job *chain = chains;
        chains = chain->next;
        start_alone(chain, &result, &is_cause);
    }
    if (blocking != NULL) {
        run_blocking(blocking, &result, &is_cause);
    }
    return result;
}

void job_cancel(struct job *jobs) {
    while (jobs != NULL) {
        struct job *next = jobs->next;
        withdraw(jobs);
        drop(jobs);
        jobs = next;
    }
}
