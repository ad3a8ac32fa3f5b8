/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for CUDA's: a kernel is a function that is called once for each thread of the grid. */
#ifndef CONVOY_GRID_H
#define CONVOY_GRID_H

#include <stdint.h>

extern uint64_t grid_thread;
extern uint64_t grid_threads;

#define KERNEL(name, arguments) static void name(const arguments a)
#define GRID_FUNCTION __attribute__((noinline))
#define GRID_FIRST grid_thread
#define GRID_THREADS grid_threads
#define GRID_ADD(result, amount) (*(result) += (amount))

#endif
