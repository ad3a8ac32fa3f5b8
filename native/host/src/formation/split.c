/* SPDX-License-Identifier: Apache-2.0 */
#include "formation/split.h"

#include "base/errors.h"
#include "formation/family.h"
#include "formation/job.h"
#include "operations/group.h"
#include "progress/engine.h"

#include <stdlib.h>

struct wish {
    int color;
    int key;
};

struct split {
    struct job job;
    struct comm_config config;
    struct wish own;
    uint64_t number;
    int next;             /* ranks before this one have shown their wishes */
    int gone;             /* a rank that never will; −1 */
    struct wish wishes[]; /* of all ranks */
};

/* --- what everybody wants --- */

static void show(struct ncclComm *parent, uint64_t number, const struct wish *wish) {
    pthread_mutex_lock(&parent->lock);
    struct split_slot *slot = &parent->page->splits[number % SPLIT_SLOTS];
    atomic_store(&slot->stamp, 0);
    slot->gave_up = wish == NULL;
    slot->color = wish != NULL ? wish->color : NCCL_SPLIT_NOCOLOR;
    slot->key = wish != NULL ? wish->key : 0;
    comm_publish(parent, &slot->stamp, comm_stamp(parent, number));
    pthread_mutex_unlock(&parent->lock);
}

static const struct split_slot *slot_of(const struct split *split, int rank) {
    return &split->job.parent->peers[rank].page->splits[split->number % SPLIT_SLOTS];
}

static bool has_shown(const struct split *split, int rank) {
    const struct ncclComm *parent = split->job.parent;
    return page_belongs(parent->peers[rank].page, parent->nonce) &&
           atomic_load(&slot_of(split, rank)->stamp) == comm_stamp(parent, split->number);
}

static bool has_given_up(const struct split *split, int rank) {
    return has_shown(split, rank) ? slot_of(split, rank)->gave_up
                                  : family_is_ahead(atomic_load(&slot_of(split, rank)->stamp),
                                                    comm_stamp(split->job.parent, split->number));
}

/* A rank may leave the parent once it has what it wanted: its wish is kept. */
static bool take_wish(struct split *split, int rank) {
    if (!has_shown(split, rank)) {
        return false;
    }
    const struct split_slot *slot = slot_of(split, rank);
    split->wishes[rank] = (struct wish){.color = slot->color, .key = slot->key};
    return !slot->gave_up && has_shown(split, rank);
}

static bool is_lost(const struct split *split, int rank) {
    return family_has_lost(split->job.parent, rank) || has_given_up(split, rank);
}

/* The first rank from the next one on that will show nothing more; −1. */
static int find_lost(struct split *split) {
    for (int rank = split->next; rank < split->job.parent->nranks; rank++) {
        if (is_lost(split, rank) && !take_wish(split, rank)) {
            return rank;
        }
    }
    return -1;
}

/* Wishes are taken in order; but who is lost may come behind one that waits for this rank. */
static bool all_have_shown(void *argument) {
    struct split *split = argument;
    if (job_is_cancelled(&split->job)) {
        return true;
    }
    while (split->next < split->job.parent->nranks && take_wish(split, split->next)) {
        split->next++;
    }
    split->gone = find_lost(split);
    return split->gone >= 0 || split->next == split->job.parent->nranks;
}

/* --- who goes together --- */

struct seat {
    int key;
    int rank;
};

static int compare_seats(const void *left, const void *right) {
    const struct seat *a = left;
    const struct seat *b = right;
    int by_key = (a->key > b->key) - (a->key < b->key);
    return by_key != 0 ? by_key : a->rank - b->rank;
}

static int take_seats(const struct split *split, struct seat *seats) {
    int count = 0;
    for (int rank = 0; rank < split->job.parent->nranks; rank++) {
        if (split->wishes[rank].color == split->own.color) {
            seats[count++] = (struct seat){.key = split->wishes[rank].key, .rank = rank};
        }
    }
    qsort(seats, (size_t)count, sizeof *seats, compare_seats);
    return count;
}

static ncclResult_t make_family(struct split *split, struct seat *seats, int *members) {
    int count = take_seats(split, seats);
    for (int i = 0; i < count; i++) {
        members[i] = seats[i].rank;
    }
    return family_make(&(struct family){.job = &split->job,
                                        .name = "ncclCommSplit",
                                        .kind = CHILD_SPLIT,
                                        .number = split->number,
                                        .members = members,
                                        .nmembers = count,
                                        .config = &split->config});
}

static ncclResult_t out_of_memory(void) {
    return error_nccl(ncclSystemError, "ncclCommSplit: out of memory");
}

static ncclResult_t go_together(struct split *split) {
    size_t n = (size_t)split->job.parent->nranks;
    struct seat *seats = calloc(n, sizeof *seats);
    int *members = calloc(n, sizeof *members);
    ncclResult_t result;
    if (seats != NULL && members != NULL) {
        result = make_family(split, seats, members);
    } else {
        family_give_up(split->job.parent, CHILD_SPLIT, split->number);
        result = out_of_memory();
    }
    free(seats);
    free(members);
    return result;
}

static ncclResult_t await_wishes(struct split *split) {
    engine_wait(all_have_shown, split, ENGINE_FOREVER);
    if (split->gone >= 0) {
        return error_nccl(ncclRemoteError,
                          "ncclCommSplit: rank %d died, gave up or has left the parent",
                          split->gone);
    }
    return job_is_cancelled(&split->job) ? job_cancellation(&split->job) : ncclSuccess;
}

static ncclResult_t divide(struct split *split) {
    show(split->job.parent, split->number, &split->own);
    ncclResult_t result = await_wishes(split);
    if (result != ncclSuccess) {
        family_give_up(split->job.parent, CHILD_SPLIT, split->number);
        return result;
    }
    return split->own.color == NCCL_SPLIT_NOCOLOR ? ncclSuccess : go_together(split);
}

/* After a failure this rank does not take part in what its peers may try next. */
static ncclResult_t make(struct job *job) {
    struct split *split = CONTAINER_OF(job, struct split, job);
    split->number = job->parent->splits_begun++;
    ncclResult_t result = divide(split);
    if (result != ncclSuccess) {
        show(job->parent, split->number + 1, NULL);
    }
    return result;
}

static void drop(struct job *job) {
    free(CONTAINER_OF(job, struct split, job));
}

static const struct job_class split_class = {.make = make, .drop = drop};

ncclResult_t split_comm(struct ncclComm *parent, int color, int key, struct ncclComm **handle,
                        const ncclConfig_t *config) {
    struct comm_config parsed = config_inherited(parent);
    if (handle == NULL) {
        return error_nccl(ncclInvalidArgument, "ncclCommSplit: newcomm is NULL");
    }
    ncclResult_t result = job_check_parent("ncclCommSplit", parent, false);
    if (result != ncclSuccess || (result = config_parse(config, &parsed)) != ncclSuccess) {
        return result;
    }
    struct split *split = calloc(1, sizeof *split + (size_t)parent->nranks * sizeof(struct wish));
    if (split == NULL) {
        return out_of_memory();
    }
    split->config = parsed;
    split->own = (struct wish){.color = color, .key = key};
    split->gone = -1;
    job_init_by_parent(&split->job, &split_class, parent, handle);
    return group_add_job(&split->job);
}
