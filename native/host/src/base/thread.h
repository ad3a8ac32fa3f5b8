/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime's own threads: small stacks, and no signals, which belong to the program (or its
 * JVM). */
#ifndef CONVOY_THREAD_H
#define CONVOY_THREAD_H

#include "base/base.h"

#include <pthread.h>

bool thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *argument);
bool thread_start_detached(const char *name, void *(*run)(void *), void *argument);

/* A lock that is held for about as long as a sleep would cost: who waits for it spins first. */
void mutex_init_spinning(pthread_mutex_t *mutex);

#endif
