/* SPDX-License-Identifier: Apache-2.0 */
/* Copies and fills as tasks of a stream. */
#ifndef CONVOY_COPY_H
#define CONVOY_COPY_H

#include "streams/stream.h"

/* NULL where memory is short. */
struct task *copy_task(void *target, const void *source, size_t bytes);
struct task *fill_task(void *target, int value, size_t bytes);

/*
 * Reads the source now, for a copy from pageable memory that cannot run yet: as with CUDA, the
 * caller may overwrite the source when the call returns.
 */
bool copy_task_stage(struct task *task);

#endif
