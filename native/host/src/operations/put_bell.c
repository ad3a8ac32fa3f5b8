/* SPDX-License-Identifier: Apache-2.0 */
#include "operations/put_bell.h"

#include "peers/peers.h"
#include "progress/futex.h"

void put_bell_ring(void) {
    struct arena_header *header = arena_get()->header;
    atomic_fetch_add(&header->put_bell, 1);
    futex_wake_all(&header->put_bell);
}

void put_bell_call(const struct ncclComm *comm, int rank) {
    const struct peer_process *process = comm->peers[rank].process;
    const struct arena_header *header = process != NULL ? process->header : arena_get()->header;
    if (atomic_load(&header->put_sleepers) != 0) {
        put_bell_ring();
    }
}
