/* SPDX-License-Identifier: Apache-2.0 */
#include "progress/futex.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif
#ifndef FUTEX_32
#define FUTEX_32 2
#endif

struct waitv_entry {
    uint64_t value;
    uint64_t address;
    uint32_t flags;
    uint32_t reserved;
};

static atomic_bool waitv_missing;

static struct timespec timespec_of(uint64_t nanos) {
    return (struct timespec){.tv_sec = (time_t)(nanos / 1000000000u),
                             .tv_nsec = (long)(nanos % 1000000000u)};
}

static void wait_one(const struct futex_word *word, uint64_t max_nanos) {
    struct timespec relative = timespec_of(max_nanos);
    syscall(SYS_futex, word->address, FUTEX_WAIT, word->expected, &relative, NULL, 0);
}

void futex_wait(const struct futex_word *words, unsigned count, uint64_t max_nanos) {
    if (count == 1 || atomic_load_explicit(&waitv_missing, memory_order_relaxed)) {
        wait_one(&words[0], max_nanos);
        return;
    }
    struct waitv_entry entries[FUTEX_WORDS_MAX];
    if (count > FUTEX_WORDS_MAX) {
        count = FUTEX_WORDS_MAX;
    }
    for (unsigned i = 0; i < count; i++) {
        entries[i] = (struct waitv_entry){.value = words[i].expected,
                                          .address = (uint64_t)(uintptr_t)words[i].address,
                                          .flags = FUTEX_32};
    }
    struct timespec deadline = timespec_of(clock_nanos() + max_nanos);
    long result = syscall(SYS_futex_waitv, entries, count, 0, &deadline, CLOCK_MONOTONIC);
    if (result < 0 && (errno == ENOSYS || errno == EPERM)) {
        atomic_store_explicit(&waitv_missing, true, memory_order_relaxed);
        wait_one(&words[0], max_nanos);
    }
}

void futex_wake_all(const _Atomic uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}
