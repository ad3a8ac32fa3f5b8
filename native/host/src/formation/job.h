/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The making of a communicator. A job runs in the call that asks for it, on a thread of its own
 * where that call does not block, or with others at the end of a group; and an abort ends it
 * wherever it is.
 */
#ifndef CONVOY_JOB_H
#define CONVOY_JOB_H

#include "comm/comm.h"

struct job;
struct job_batch;

struct job_class {
    /* Makes the communicator. Waits for the peers as long as job_is_cancelled allows. */
    ncclResult_t (*make)(struct job *job);
    /* Frees the job itself. */
    void (*drop)(struct job *job);
};

/* The first part of every job. */
struct job {
    const struct job_class *class;
    struct job *next; /* in the group, in the order of the calls */
    struct job
        *chained; /* the next one of the same owner: an owner's jobs run one after the other */
    struct job_batch *batch;

    struct ncclComm
        *comm; /* the new communicator; NULL before its size is known, or if there is none */
    struct ncclComm *parent; /* NULL where ids alone bring the ranks together */
    /* The parent's state shows how far the job is, and the user finds the new communicator once it
     * is ready. Otherwise the new communicator shows its own state. */
    bool by_parent;
    bool blocking;
    bool after_revoke; /* a revoke of the parent does not end what began after it */
    struct ncclComm **handle;
    pthread_t thread; /* of a chain that its group waits for */
    bool has_thread;

    ncclResult_t result;
    bool was_cancelled;         /* by another job of its group: not the cause of anything */
    char text[COMM_TEXT_BYTES]; /* the error's, for the thread that waits */
};

/* The parent can have children; `after_failure`: also when it has failed. */
ncclResult_t job_check_parent(const char *name, struct ncclComm *parent, bool after_failure);

/* Fills in a job over the parent, which will make a communicator later. */
void job_init_by_parent(struct job *job, const struct job_class *class, struct ncclComm *parent,
                        struct ncclComm **handle);

/* Fills in a job that completes a communicator created already, and takes that over. Stores the
 * handle where the user may have it before it is ready. */
void job_init(struct job *job, const struct job_class *class, struct ncclComm *comm,
              struct ncclComm *parent, struct ncclComm **handle);

/* The job is run at the end of a group: the caller gets the handle at once, as from NCCL. */
void job_hand_out(struct job *job);

/* Runs jobs, linked by `next`, and frees them. ncclInProgress where some do not block. */
ncclResult_t job_submit(struct job *jobs);

/* Frees jobs that were never run. */
void job_cancel(struct job *jobs);

/* True once the job need not go on; job_cancellation says why, as the thread's error. */
bool job_is_cancelled(const struct job *job);
ncclResult_t job_cancellation(const struct job *job);

#endif
