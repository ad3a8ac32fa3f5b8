/* SPDX-License-Identifier: Apache-2.0 */
#include "comm/registration.h"

#include "base/errors.h"
#include "memory/memory.h"

#include <stdlib.h>

struct registration {
    struct registration *next; /* under the communicator's lock */
    const unsigned char *begin;
    size_t bytes;
    unsigned times; /* that it was registered: the same range has one handle */
};

static struct registration *known_or_new(struct ncclComm *comm, const void *buffer, size_t bytes) {
    for (struct registration *each = comm->registrations; each != NULL; each = each->next) {
        if (each->begin == buffer && each->bytes == bytes) {
            return each;
        }
    }
    struct registration *made = calloc(1, sizeof *made);
    if (made != NULL) {
        *made = (struct registration){
            .next = comm->registrations, .begin = buffer, .bytes = bytes, .times = 0};
        comm->registrations = made;
    }
    return made;
}

ncclResult_t registration_add(struct ncclComm *comm, void *buffer, size_t bytes, void **handle) {
    struct memory_info info;
    if (handle == NULL || bytes == 0 || !memory_find(buffer, bytes, &info)) {
        return error_nccl(ncclInvalidArgument,
                          "ncclCommRegister: %p does not begin %zu bytes of one live device or "
                          "pinned allocation, or there is no place for the handle",
                          buffer, bytes);
    }
    pthread_mutex_lock(&comm->lock);
    struct registration *registration = known_or_new(comm, buffer, bytes);
    if (registration != NULL) {
        registration->times++;
    }
    pthread_mutex_unlock(&comm->lock);
    *handle = registration;
    return registration != NULL ? ncclSuccess
                                : error_nccl(ncclSystemError, "ncclCommRegister: out of memory");
}

ncclResult_t registration_remove(struct ncclComm *comm, const void *handle) {
    struct registration *ended = NULL;
    pthread_mutex_lock(&comm->lock);
    struct registration **link = &comm->registrations;
    while (*link != NULL && *link != handle) {
        link = &(*link)->next;
    }
    bool found = *link != NULL;
    if (found && --(*link)->times == 0) {
        ended = *link;
        *link = ended->next;
    }
    pthread_mutex_unlock(&comm->lock);
    free(ended);
    return found ? ncclSuccess
                 : error_nccl(ncclInvalidUsage,
                              "ncclCommDeregister: %p is no handle of this communicator", handle);
}

void registrations_free(struct ncclComm *comm) {
    while (comm->registrations != NULL) {
        struct registration *next = comm->registrations->next;
        free(comm->registrations);
        comm->registrations = next;
    }
}
