/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread per process that tells peers of this process's death, and learns of theirs. It holds
 * robust futexes in the arena, which the kernel marks when the thread ends with the process: before
 * the address space is torn down, so within a millisecond whatever the size of the process. pidfds
 * confirm it, later.
 */
#ifndef CONVOY_MONITOR_H
#define CONVOY_MONITOR_H

#include "base/base.h"

/* Starts the thread at the first call; true once the robust futexes are armed. */
bool monitor_start(void);

/* Call after a peer was mapped: the monitor begins to watch it. */
void monitor_watch(void);

#endif
