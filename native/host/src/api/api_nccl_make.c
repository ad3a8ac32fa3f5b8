/* SPDX-License-Identifier: Apache-2.0 */
/* How communicators come to be, as exported. */
#include "convoy/nccl_abi.h"

#include "base/errors.h"
#include "base/settings.h"
#include "formation/grow.h"
#include "formation/init.h"
#include "formation/rendezvous.h"
#include "formation/shrink.h"
#include "formation/split.h"
#include "operations/group.h"
#include "operations/validate.h"
#include "streams/device.h"

#include <errno.h>
#include <string.h>

/* --- from ids --- */

ncclResult_t ncclGetUniqueId(ncclUniqueId *uniqueId) {
    struct wire_id id;
    if (uniqueId == NULL) {
        return error_nccl(ncclInvalidArgument, "ncclGetUniqueId: uniqueId is NULL");
    }
    if (arena_get() == NULL) {
        return error_nccl(ncclSystemError, "ncclGetUniqueId: %s", arena_failure());
    }
    if (!rendezvous_make_id(&id)) {
        return error_nccl(ncclSystemError, "ncclGetUniqueId: cannot listen: %s", strerror(errno));
    }
    memset(uniqueId->internal, 0, sizeof uniqueId->internal);
    memcpy(uniqueId->internal, &id, sizeof id);
    return ncclSuccess;
}

static ncclResult_t make_rank(const char *name, ncclComm_t *comm, int nranks,
                              const ncclUniqueId *ids, int nids, int rank, int device,
                              const ncclConfig_t *config) {
    struct comm_config parsed = config_inherited(NULL);
    if (ids == NULL) {
        return error_nccl(ncclInvalidArgument, "%s: no unique ids", name);
    }
    ncclResult_t result = config_parse(config, &parsed);
    return result == ncclSuccess ? init_rank(comm, nranks, ids, nids, rank, device, &parsed, name)
                                 : result;
}

ncclResult_t ncclCommInitRank(ncclComm_t *comm, int nranks, ncclUniqueId commId, int rank) {
    return group_note(
        make_rank("ncclCommInitRank", comm, nranks, &commId, 1, rank, device_current(), NULL));
}

ncclResult_t ncclCommInitRankConfig(ncclComm_t *comm, int nranks, ncclUniqueId commId, int rank,
                                    ncclConfig_t *config) {
    return group_note(make_rank("ncclCommInitRankConfig", comm, nranks, &commId, 1, rank,
                                device_current(), config));
}

ncclResult_t ncclCommInitRankScalable(ncclComm_t *newcomm, int nranks, int myrank, int nId,
                                      ncclUniqueId *commIds, ncclConfig_t *config) {
    return group_note(make_rank("ncclCommInitRankScalable", newcomm, nranks, commIds, nId, myrank,
                                device_current(), config));
}

static ncclResult_t check_devices(int ndev, const int *devlist, int devices) {
    for (int i = 0; devlist != NULL && i < ndev; i++) {
        if (devlist[i] < 0 || devlist[i] >= devices) {
            return error_nccl(ncclInvalidArgument, "ncclCommInitAll: there is no device %d",
                              devlist[i]);
        }
    }
    return ncclSuccess;
}

ncclResult_t ncclCommInitAll(ncclComm_t *comms, int ndev, const int *devlist) {
    ncclUniqueId id;
    int devices = settings_get()->devices;
    if (comms == NULL || ndev < 1) {
        return error_nccl(ncclInvalidArgument, "ncclCommInitAll: %d devices", ndev);
    }
    ncclResult_t result = check_devices(ndev, devlist, devices);
    if (result != ncclSuccess || (result = ncclGetUniqueId(&id)) != ncclSuccess) {
        return result;
    }
    ncclGroupStart();
    for (int i = 0; i < ndev; i++) {
        int device = devlist != NULL ? devlist[i] : i % devices;
        group_note(make_rank("ncclCommInitAll", &comms[i], ndev, &id, 1, i, device, NULL));
    }
    return ncclGroupEnd();
}

/* --- from a parent --- */

ncclResult_t ncclCommSplit(ncclComm_t comm, int color, int key, ncclComm_t *newcomm,
                           ncclConfig_t *config) {
    ncclResult_t result = validate_comm("ncclCommSplit", comm);
    return group_note(result == ncclSuccess ? split_comm(comm, color, key, newcomm, config)
                                            : result);
}

ncclResult_t ncclCommShrink(ncclComm_t comm, int *excludeRanksList, int excludeRanksCount,
                            ncclComm_t *newcomm, ncclConfig_t *config, int shrinkFlags) {
    ncclResult_t result = validate_comm("ncclCommShrink", comm);
    return group_note(result == ncclSuccess ? shrink_comm(comm, excludeRanksList, excludeRanksCount,
                                                          newcomm, config, shrinkFlags)
                                            : result);
}

ncclResult_t ncclCommGetUniqueId(ncclComm_t comm, ncclUniqueId *uniqueId) {
    ncclResult_t result = validate_comm("ncclCommGetUniqueId", comm);
    if (result == ncclSuccess && uniqueId == NULL) {
        result = error_nccl(ncclInvalidArgument, "ncclCommGetUniqueId: uniqueId is NULL");
    }
    return result == ncclSuccess ? grow_make_id(comm, uniqueId) : result;
}

static ncclResult_t grow(ncclComm_t comm, int nranks, const ncclUniqueId *id, int rank,
                         ncclComm_t *newcomm, const ncclConfig_t *config) {
    if (newcomm == NULL) {
        return error_nccl(ncclInvalidArgument, "ncclCommGrow: newcomm is NULL");
    }
    *newcomm = NULL;
    if (comm == NULL) {
        return make_rank("ncclCommGrow", newcomm, nranks, id, 1, rank, device_current(), config);
    }
    ncclResult_t result = validate_comm("ncclCommGrow", comm);
    if (result == ncclSuccess && rank != -1) {
        result =
            error_nccl(ncclInvalidArgument,
                       "ncclCommGrow: rank %d, but ranks of the parent keep theirs: pass -1", rank);
    }
    return result == ncclSuccess ? grow_parent(comm, nranks, id, newcomm, config) : result;
}

ncclResult_t ncclCommGrow(ncclComm_t comm, int nRanks, const ncclUniqueId *uniqueId, int rank,
                          ncclComm_t *newcomm, ncclConfig_t *config) {
    return group_note(grow(comm, nRanks, uniqueId, rank, newcomm, config));
}

void ncclResetDebugInit(void) {}
