/* SPDX-License-Identifier: Apache-2.0 */
#include "formation/family.h"

#include "base/errors.h"
#include "formation/assembly.h"
#include "peers/peers.h"
#include "progress/engine.h"

/* No member can have begun more children than that without this one. */
#define CHILDREN_AHEAD_MAX (2 * COMM_NUMBERS_AFTER_REVOKE)

struct meeting {
    const struct family *family;
    uint64_t members_hash;
    int next;     /* members before this one have been met */
    int gone;     /* a member that cannot be met any more; −1 */
    bool differs; /* a member names other members */
};

static struct ncclComm *parent_of(const struct meeting *meeting) {
    return meeting->family->job->parent;
}

/* FNV-1a over the members. */
static uint64_t hash_members(const int *members, int count) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (int i = 0; i < count; i++) {
        hash = (hash ^ (uint64_t)members[i]) * 0x100000001b3u;
    }
    return hash;
}

static bool create(const struct family *family) {
    const struct ncclComm *parent = family->job->parent;
    int rank = 0;
    while (family->members[rank] != parent->rank) {
        rank++;
    }
    family->job->comm = comm_create(rank, family->nmembers, parent->device,
                                    family->config->blocking, family->config->name);
    return family->job->comm != NULL;
}

/* --- meeting --- */

/* Without a child: this rank gives up. */
static bool show(struct ncclComm *parent, enum child_kind kind, uint64_t number,
                 const struct ncclComm *child, uint64_t members_hash) {
    struct arena_nonce nonce = {.word = {0, 0}};
    bool good = random_fill(&nonce, sizeof nonce);
    pthread_mutex_lock(&parent->lock);
    struct child_slot *slot = &parent->page->children[kind];
    slot->stamp = 0; /* nobody takes new fields under an old stamp */
    slot->page_offset =
        child != NULL ? (uint64_t)((unsigned char *)child->page - arena_get()->base) : 0;
    slot->page_incarnation = child != NULL ? child->page->incarnation : 0;
    slot->members_hash = members_hash;
    slot->nonce[0] = nonce.word[0];
    slot->nonce[1] = nonce.word[1];
    comm_publish(parent, &slot->stamp, comm_stamp(parent, number));
    pthread_mutex_unlock(&parent->lock);
    return good;
}

void family_give_up(struct ncclComm *parent, enum child_kind kind, uint64_t number) {
    show(parent, kind, number, NULL, 0);
}

static const struct child_slot *slot_of(const struct meeting *meeting, int member) {
    return &parent_of(meeting)->peers[member].page->children[meeting->family->kind];
}

static bool has_shown(const struct meeting *meeting, int member) {
    const struct ncclComm *parent = parent_of(meeting);
    return page_belongs(parent->peers[member].page, parent->nonce) &&
           atomic_load(&slot_of(meeting, member)->stamp) ==
               comm_stamp(parent, meeting->family->number);
}

bool family_is_ahead(uint64_t stamp, uint64_t expected) {
    return stamp != 0 && stamp - expected - 1 < CHILDREN_AHEAD_MAX;
}

/* It gave this child up and has begun a later one. */
static bool is_ahead(const struct meeting *meeting, int member) {
    return family_is_ahead(atomic_load(&slot_of(meeting, member)->stamp),
                           comm_stamp(parent_of(meeting), meeting->family->number));
}

bool family_has_lost(const struct ncclComm *parent, int member) {
    const struct peer *peer = &parent->peers[member];
    return (peer->process != NULL && atomic_load(&peer->process->dead)) ||
           !page_belongs(peer->page, parent->nonce) ||
           atomic_load(&peer->page->state) == PAGE_FINALIZED;
}

static bool has_come(const struct meeting *meeting, int member) {
    return has_shown(meeting, member) && slot_of(meeting, member)->page_incarnation != 0;
}

static bool is_gone(const struct meeting *meeting, int member) {
    bool gave_up = has_shown(meeting, member) && !has_come(meeting, member);
    bool lost = family_has_lost(parent_of(meeting), member) || is_ahead(meeting, member);
    return (gave_up || lost) && !has_come(meeting, member);
}

/* The first member from the next one on that will not come; −1. */
static int find_gone(const struct meeting *meeting) {
    for (int i = meeting->next; i < meeting->family->nmembers; i++) {
        if (is_gone(meeting, meeting->family->members[i])) {
            return meeting->family->members[i];
        }
    }
    return -1;
}

/* Members are met in order; but who is gone may come behind one that waits for this rank. Nothing
 * but an abort takes the parent's page away, and that waits for the job first. */
static bool all_have_met(void *argument) {
    struct meeting *meeting = argument;
    const struct family *family = meeting->family;
    if (job_is_cancelled(family->job)) {
        return true;
    }
    for (; meeting->next < family->nmembers; meeting->next++) {
        int member = family->members[meeting->next];
        if (!has_come(meeting, member)) {
            break;
        }
        if (slot_of(meeting, member)->members_hash != meeting->members_hash) {
            meeting->differs = true;
            return true;
        }
    }
    meeting->gone = find_gone(meeting);
    return meeting->gone >= 0 || meeting->next == family->nmembers;
}

static ncclResult_t adopt(const struct meeting *meeting) {
    const struct family *family = meeting->family;
    struct ncclComm *child = family->job->comm;
    const struct child_slot *first = slot_of(meeting, family->members[0]);
    child->nonce = (struct arena_nonce){.word = {first->nonce[0], first->nonce[1]}};
    for (int rank = 0; rank < child->nranks; rank++) {
        int member = family->members[rank];
        const struct child_slot *slot = slot_of(meeting, member);
        struct peer_process *process = parent_of(meeting)->peers[member].process;
        const char *why;
        if (process != NULL) {
            assembly_keep_process(child, peers_find(process->nonce));
        }
        if (!assembly_add_peer(child, rank, process, slot->page_offset, slot->page_incarnation,
                               &why)) {
            return error_nccl(ncclRemoteError, "%s: rank %d: %s", family->name, member, why);
        }
        if (!has_shown(meeting, member)) { /* what was just read may be of another child */
            return error_nccl(ncclRemoteError, "%s: rank %d gave up", family->name, member);
        }
    }
    return ncclSuccess;
}

ncclResult_t family_make(const struct family *family) {
    struct meeting meeting = {.family = family,
                              .members_hash = hash_members(family->members, family->nmembers),
                              .gone = -1};
    struct ncclComm *parent = family->job->parent;
    if (!create(family)) {
        family_give_up(parent, family->kind, family->number);
        return error_nccl(ncclSystemError, "%s: out of memory for a communicator of %d ranks",
                          family->name, family->nmembers);
    }
    if (!show(parent, family->kind, family->number, family->job->comm, meeting.members_hash)) {
        return error_nccl(ncclSystemError, "%s: no random numbers", family->name);
    }
    engine_wait(all_have_met, &meeting, ENGINE_FOREVER);
    if (meeting.gone >= 0) {
        return error_nccl(ncclRemoteError, "%s: rank %d died, gave up or has left the parent",
                          family->name, meeting.gone);
    }
    if (meeting.differs) {
        return error_nccl(ncclInvalidUsage, "%s: rank %d names other members", family->name,
                          family->members[meeting.next]);
    }
    if (job_is_cancelled(family->job)) {
        return job_cancellation(family->job);
    }
    ncclResult_t result = adopt(&meeting);
    return result == ncclSuccess ? assembly_ready_barrier(family->job) : result;
}
