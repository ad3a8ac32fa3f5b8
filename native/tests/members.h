/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of how communicators come to be: waiting until one has, and who is in it. */
#ifndef CONVOY_TEST_MEMBERS_H
#define CONVOY_TEST_MEMBERS_H

#include "harness.h"

/* Gathers over the communicator: rank i is `members[i]` of its parent, and this one is `own`. */
void test_check_members(ncclComm_t comm, const int *members, int n, int own);

/* The result of a call, or what it becomes where that is ncclInProgress. */
ncclResult_t test_await(ncclComm_t comm, ncclResult_t result);

/* A communicator of all ranks on id `index`, ready. */
ncclComm_t test_comm_of(struct test_rank *rank, int index, bool blocking);

#endif
