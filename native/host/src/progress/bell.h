/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waking sleepers. A thread that sleeps counts itself in its process's `sleepers`, looks at
 * everything once more, and then sleeps on the bells of its process and of all peer processes.
 * Whoever publishes stores first and reads `sleepers` afterwards. All four accesses are
 * sequentially consistent, so that one of the two sees the other.
 */
#ifndef CONVOY_BELL_H
#define CONVOY_BELL_H

#include "base/base.h"
#include "memory/arena.h"

/* Wakes every thread, here and in the peers, that sleeps on this process's bell. */
void bell_ring(void);

/* True where a thread of this process other than the caller sleeps. */
bool bell_has_local_sleepers(const struct arena_header *own);

/* Wakes this process's own sleepers after a local event (a completion, an error, an abort). */
void bell_notify_local(void);

/* Brackets a sleep. */
void bell_sleeper_enter(void);
void bell_sleeper_leave(void);

#endif
