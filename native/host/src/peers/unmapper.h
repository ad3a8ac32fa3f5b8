/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where arenas go that no communicator is shared with any more. To unmap one takes some 130 ms a
 * gigabyte, and if its process is dead, its memory is freed then, which takes longer still: nobody
 * who recovers shall wait for that, or share a CPU with it. The arena of a living process is kept
 * for a while, since the next communicator probably has the same peers, and page tables are costly,
 * too.
 */
#ifndef CONVOY_UNMAPPER_H
#define CONVOY_UNMAPPER_H

#include "peers/peers.h"

/* Takes over a process without references. */
void unmapper_put(struct peer_process *peer);

/* Gives a process back if it is still mapped, else NULL. */
struct peer_process *unmapper_take(struct arena_nonce nonce);

/* Unmaps at once, in the calling thread. */
void unmapper_unmap(struct peer_process *peer);

#endif
