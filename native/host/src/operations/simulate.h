/* SPDX-License-Identifier: Apache-2.0 */
/* How long operations may take, without running them. */
#ifndef CONVOY_SIMULATE_H
#define CONVOY_SIMULATE_H

#include "operations/op.h"

/* Microseconds for a list of operations, one after the other. */
float simulate_micros(const struct op *ops);

#endif
