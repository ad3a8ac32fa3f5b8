/* SPDX-License-Identifier: Apache-2.0 */
#include "progress/bell.h"

#include "progress/futex.h"

/* A thread about to sleep still steps operations; its own publications need not wake itself. */
static _Thread_local uint32_t self_sleeping;

void bell_ring(void) {
    struct arena *arena = arena_get();
    if (arena != NULL) {
        atomic_fetch_add(&arena->header->bell, 1);
        futex_wake_all(&arena->header->bell);
    }
}

bool bell_has_local_sleepers(const struct arena_header *own) {
    return atomic_load(&own->sleepers) > self_sleeping;
}

void bell_notify_local(void) {
    struct arena *arena = arena_get();
    if (arena != NULL && bell_has_local_sleepers(arena->header)) {
        bell_ring();
    }
}

void bell_sleeper_enter(void) {
    atomic_fetch_add(&arena_get()->header->sleepers, 1);
    self_sleeping = 1;
}

void bell_sleeper_leave(void) {
    self_sleeping = 0;
    atomic_fetch_sub(&arena_get()->header->sleepers, 1);
}
