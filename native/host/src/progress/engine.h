/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress. Whoever waits steps the work of the whole process: rank 0 waiting for A and rank 1 for
 * B, with both queued on both, would otherwise wait for ever.
 */
#ifndef CONVOY_ENGINE_H
#define CONVOY_ENGINE_H

#include "base/base.h"
#include "streams/stream.h"

#define ENGINE_FOREVER UINT64_MAX

/* Steps every stream that has work. STEP_PENDING where nothing moved and nothing was being stepped
 * elsewhere. */
enum step_result engine_step_all(void);

/* The same for what nobody else steps; only the helper may call it. */
enum step_result engine_step_deserted(void);

bool engine_has_work(void);

/* The clock's value `nanos` from now, or ENGINE_FOREVER. */
uint64_t engine_deadline(uint64_t nanos);

/*
 * Steps, spins, yields and sleeps until `done` says so (true) or the deadline has passed (false).
 * Every sleep is bounded, since a publisher may die between its store and its wake.
 */
bool engine_wait(bool (*done)(void *), void *argument, uint64_t deadline);

/* False where the calling thread has found that others need its CPU. */
bool engine_may_spin(void);

/* How many threads are inside engine_wait: while there is one, the helper thread has nothing to do.
 */
unsigned engine_waiters(void);

#endif
