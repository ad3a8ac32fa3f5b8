/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ncclCommRegister hands out. Every buffer of the arena is visible to the peers already, so
 * that registering one changes nothing; a handle is what proves that it was registered.
 */
#ifndef CONVOY_REGISTRATION_H
#define CONVOY_REGISTRATION_H

#include "comm/comm.h"

ncclResult_t registration_add(struct ncclComm *comm, void *buffer, size_t bytes, void **handle);
ncclResult_t registration_remove(struct ncclComm *comm, const void *handle);

/* With the last reference to the communicator. */
void registrations_free(struct ncclComm *comm);

#endif
