/* SPDX-License-Identifier: Apache-2.0 */
#include "loops.h"
#include "reduction/reduction_kernels.h"

const enum element_class element_classes[ELEMENT_TYPES] = {
    [ncclInt8] = CLASS_WORD,       [ncclUint8] = CLASS_WORD,       [ncclInt32] = CLASS_WORD,
    [ncclUint32] = CLASS_UNSIGNED, [ncclInt64] = CLASS_SIGNED,     [ncclUint64] = CLASS_UNSIGNED,
    [ncclFloat16] = CLASS_FLOAT,   [ncclFloat32] = CLASS_FLOAT,    [ncclFloat64] = CLASS_DOUBLE,
    [ncclBfloat16] = CLASS_FLOAT,  [ncclFloat8e4m3] = CLASS_FLOAT, [ncclFloat8e5m2] = CLASS_FLOAT,
};

#define SIZE(name, number, storage, bits) [number] = sizeof(storage),
const unsigned char element_sizes[ELEMENT_TYPES] = {ALL_TYPES(SIZE)};

_Static_assert(ELEMENT_TYPES == ncclNumTypes, "a row for each type");

const struct kernel_loops *loops_named(const char *name) {
    static const struct kernel_loops *const all[] = {
#if defined(__x86_64__)
        &loops_avx512,
        &loops_avx2,
#endif
        &loops_baseline,
    };
    if (kernels_named(name) == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
        if (strcmp(all[i]->name, name) == 0) {
            return all[i];
        }
    }
    return NULL;
}

const struct kernel_loops *loops_chosen(void) {
    static _Atomic(const struct kernel_loops *) chosen;
    const struct kernel_loops *loops = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (loops == NULL) {
        loops = loops_named(kernels_chosen()->name);
        loops = loops != NULL ? loops : &loops_baseline;
        atomic_store_explicit(&chosen, loops, memory_order_relaxed);
    }
    return loops;
}
