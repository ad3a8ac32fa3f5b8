/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which set of kernels runs. No ifunc: sanitizers are not ready when the loader resolves those, and
 * not every system has them.
 */
#include "base/settings.h"
#include "reduction/reduction_kernels.h"

#include <string.h>

/* Widest first. AVX-512 counts from the CPUs on (Ice Lake, Zen 4) that run it at full speed: the
 * earlier ones lower the clock of the whole core. */
static const struct kernel_set *supported(size_t index) {
    switch (index) {
#if defined(__x86_64__)
    case 0:
        return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2")
                   ? &kernels_avx512
                   : NULL;
    case 1:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c") ? &kernels_avx2
                                                                                : NULL;
#endif
    case 2:
        return &kernels_baseline;
    default:
        return NULL;
    }
}
#define SETS 3

const struct kernel_set *kernels_named(const char *name) {
    for (size_t i = 0; i < SETS; i++) {
        const struct kernel_set *set = supported(i);
        if (set != NULL && strcmp(set->name, name) == 0) {
            return set;
        }
    }
    return NULL;
}

static const struct kernel_set *choose(void) {
    const struct kernel_set *set = kernels_named(settings_get()->simd);
    for (size_t i = 0; set == NULL && i < SETS; i++) {
        set = supported(i);
    }
    return set;
}

/* Whoever comes first chooses; others may do so at the same time, and choose the same. */
const struct kernel_set *kernels_chosen(void) {
    static _Atomic(const struct kernel_set *) chosen;
    const struct kernel_set *set = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (set == NULL) {
        set = choose();
        atomic_store_explicit(&chosen, set, memory_order_relaxed);
    }
    return set;
}
