/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One-sided operations. A rank writes only its own memory, so a put is carried out by its target:
 * the origin posts where the data lies and where it belongs, the target pulls it into its window,
 * and the origin's operation ends when the target says so. A target's part is done by whoever steps
 * one-sided operations of its communicator, or by the process's put server.
 */
#ifndef CONVOY_ONE_SIDED_H
#define CONVOY_ONE_SIDED_H

#include "operations/op.h"

/* Gives the operation its place behind the earlier ones to the same peers; under the
 * communicator's lock, in the order of the calls. */
void one_sided_number(struct op *op);

/* Under the communicator's lock; no launch's turn matters. */
enum step_result one_sided_step(struct op *op);

/*
 * Carries out what peers have posted, for a slice of time, and counts their signals; under the lock
 * of a communicator that was ready and has its page. True where something moved.
 */
bool one_sided_serve(struct ncclComm *comm);

/* Forgets how far puts into this memory have come: its window is no more. Under the lock. */
void one_sided_give_up(struct ncclComm *comm, const unsigned char *begin, size_t bytes);

#endif
