/* SPDX-License-Identifier: Apache-2.0 */
/* From operations to tasks of streams. */
#ifndef CONVOY_LAUNCH_H
#define CONVOY_LAUNCH_H

#include "operations/op.h"

/*
 * Enqueues a list of operations (linked by `next`) as one group, and takes ownership of it. What
 * goes to one stream becomes one task, whose operations all step: a group never waits for itself.
 */
ncclResult_t launch_submit(struct op *ops);

void op_free(struct op *op);

#endif
