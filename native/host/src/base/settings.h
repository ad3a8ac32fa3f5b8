/* SPDX-License-Identifier: Apache-2.0 */
/* What the environment decides, read once. */
#ifndef CONVOY_SETTINGS_H
#define CONVOY_SETTINGS_H

#include "base/base.h"

#define SETTINGS_DEVICES_MAX 64

struct settings {
    int devices;        /* CONVOY_HOST_DEVICES: how many devices the process sees (1) */
    bool defer;         /* CONVOY_HOST_DEFER=1: an enqueue never executes its work itself */
    size_t arena_bytes; /* CONVOY_HOST_ARENA: size of the sparse arena in bytes (1 TiB) */
    int cpus;           /* CPUs that this process may use */
    char simd[16];      /* CONVOY_HOST_SIMD: the widest kernels to use (those of the CPU) */
};

const struct settings *settings_get(void);

#endif
