/* SPDX-License-Identifier: Apache-2.0 */
/* Some members of a communicator make one of their own over its pages: everybody is mapped already.
 */
#ifndef CONVOY_FAMILY_H
#define CONVOY_FAMILY_H

#include "comm/config.h"
#include "formation/job.h"

struct family {
    struct job *job;
    const char *name; /* the function's, for messages */
    enum child_kind kind;
    uint64_t number; /* of the parent's children of this kind: the same on all members */
    int *members;    /* the parent's ranks, in the order of the child's */
    int nmembers;
    const struct comm_config *config;
};

/* Creates the job's communicator and completes it once all members have joined. */
ncclResult_t family_make(const struct family *family);

/* Instead of family_make: the other members need not wait for this one. */
void family_give_up(struct ncclComm *parent, enum child_kind kind, uint64_t number);

/* True where a stamp belongs to a later child than this one: its rank has given this one up. */
bool family_is_ahead(uint64_t stamp, uint64_t expected);

/* True where a member of the parent can take part in nothing new: it died or left for good. That it
 * has ended the parent's operations is no reason: so begins what follows a failure. */
bool family_has_lost(const struct ncclComm *parent, int member);

#endif
