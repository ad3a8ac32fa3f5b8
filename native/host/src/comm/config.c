/* SPDX-License-Identifier: Apache-2.0 */
#include "comm/config.h"

#include "base/errors.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* The CPU has no use for most fields, but what NCCL refuses is refused here, too. */
struct field {
    const char *name;
    size_t offset;
    unsigned since; /* older programs did not fill it in */
    int least;
    int most;
};

#define FIELD(name, since, least, most)                                                            \
    { #name, offsetof(ncclConfig_t, name), since, least, most }

static const struct field fields[] = {
    FIELD(blocking, 21400, 0, 1),
    FIELD(cgaClusterSize, 21700, 0, INT_MAX),
    FIELD(minCTAs, 21700, 1, INT_MAX),
    FIELD(maxCTAs, 21700, 1, INT_MAX),
    FIELD(splitShare, 0, 0, 1),
    FIELD(collnetEnable, 22700, 0, 1),
    FIELD(CTAPolicy, 22700, 0, 3),
    FIELD(shrinkShare, 22700, 0, 1),
    FIELD(nvlsCTAs, 22700, 1, INT_MAX),
    FIELD(nChannelsPerNetPeer, 22800, 1, 64),
    FIELD(nvlinkCentricSched, 22800, 0, 1),
    FIELD(graphUsageMode, 22900, 0, 2),
    FIELD(numRmaCtx, 22900, 1, INT_MAX),
};

static int *value_of(ncclConfig_t *config, const struct field *field) {
    return (int *)(void *)((char *)config + field->offset);
}

struct comm_config config_inherited(const struct ncclComm *parent) {
    struct comm_config config = {.blocking = parent == NULL || parent->blocking};
    if (parent != NULL) {
        memcpy(config.name, parent->name, sizeof config.name);
    }
    return config;
}

/* Of any size: what its program did not know is not set. */
static ncclResult_t copy_known(const ncclConfig_t *config, ncclConfig_t *known) {
    size_t size;
    memcpy(&size, config, sizeof size);
    *known = (ncclConfig_t)NCCL_CONFIG_INITIALIZER;
    known->magic = 0;
    memcpy(known, config, size < sizeof *known ? size : sizeof *known);
    if (known->magic != NCCL_CONFIG_MAGIC) {
        return error_nccl(ncclInvalidArgument,
                          "ncclConfig_t was not initialised with NCCL_CONFIG_INITIALIZER");
    }
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
        if (known->version < fields[i].since) {
            *value_of(known, &fields[i]) = NCCL_CONFIG_UNDEF_INT;
        }
    }
    return ncclSuccess;
}

static ncclResult_t check(ncclConfig_t *config) {
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
        int value = *value_of(config, &fields[i]);
        if (value != NCCL_CONFIG_UNDEF_INT && (value < fields[i].least || value > fields[i].most)) {
            return error_nccl(ncclInvalidArgument, "ncclConfig_t.%s is %d, must be %d to %d",
                              fields[i].name, value, fields[i].least, fields[i].most);
        }
    }
    if (config->minCTAs > config->maxCTAs) {
        return error_nccl(ncclInvalidArgument, "ncclConfig_t.minCTAs is %d, maxCTAs %d: set both",
                          config->minCTAs, config->maxCTAs);
    }
    return ncclSuccess;
}

ncclResult_t config_parse(const ncclConfig_t *config, struct comm_config *parsed) {
    ncclConfig_t known;
    if (config == NULL) {
        return ncclSuccess;
    }
    ncclResult_t result = copy_known(config, &known);
    if (result != ncclSuccess || (result = check(&known)) != ncclSuccess) {
        return result;
    }
    parsed->blocking = known.blocking != 0; /* also where it is not set */
    snprintf(parsed->name, sizeof parsed->name, "%s", known.commName != NULL ? known.commName : "");
    return ncclSuccess;
}
