/* SPDX-License-Identifier: Apache-2.0 */
/* What the host runtime takes from an ncclConfig_t. */
#ifndef CONVOY_CONFIG_H
#define CONVOY_CONFIG_H

#include "comm/comm.h"

struct comm_config {
    bool blocking;
    char name[COMM_NAME_BYTES];
};

/* What a communicator has where nothing else is asked for: the parent's, or the defaults (NULL). */
struct comm_config config_inherited(const struct ncclComm *parent);

/* Checks and takes apart a configuration of any version; NULL leaves `parsed` as it is. */
ncclResult_t config_parse(const ncclConfig_t *config, struct comm_config *parsed);

#endif
