/* SPDX-License-Identifier: Apache-2.0 */
/* Futexes: on one word, and on many (futex_waitv, Linux 5.16; on one word with the same bound
 * before that). */
#ifndef CONVOY_FUTEX_H
#define CONVOY_FUTEX_H

#include "base/base.h"

/* The kernel's limit is 128. */
#define FUTEX_WORDS_MAX 128

/* A word may lie in memory that is shared with other processes, even in a mapping that is read-only
 * here. */
struct futex_word {
    const _Atomic uint32_t *address;
    uint32_t expected;
};

/* Returns when a word differs from what is expected, a waker calls, or the time is over: the caller
 * re-checks. */
void futex_wait(const struct futex_word *words, unsigned count, uint64_t max_nanos);

void futex_wake_all(const _Atomic uint32_t *word);

#endif
