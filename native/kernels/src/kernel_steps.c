/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of an optimiser. */
#include "kernel_typed.h"

/* --- axpy --- */

static bool check_axpy(const union kernel_arguments *all, uint64_t *units, size_t *unit_bytes) {
    const struct convoyAxpyArguments *a = &all->axpy;
    if (!type_is_known(a->type) || !type_is_float(a->type)) {
        return false;
    }
    *units = a->count;
    *unit_bytes = element_sizes[a->type];
    return check_elements(a->y, a->count, *unit_bytes) &&
           check_elements(a->x, a->count, *unit_bytes) &&
           check_apart_or_same(a->x, a->y, a->count * *unit_bytes);
}

static void axpy_narrow(const struct kernel_loops *loops, const struct convoyAxpyArguments *a,
                        uint64_t begin, size_t count) {
    size_t size = element_sizes[a->type];
    union chunk x;
    union chunk y;
    for (size_t done = 0; done < count; done += CHUNK) {
        size_t some = size_min(CHUNK, count - done);
        void *target = element_at(a->y, begin + done, size);
        loops->widen[a->type](&x, element_at(a->x, begin + done, size), some);
        loops->widen[a->type](&y, target, some);
        loops->axpy_float(y.floats, x.floats, some, (float)a->a);
        loops->narrow[a->type][CLASS_FLOAT](target, &y, some);
    }
}

static void run_axpy(const struct kernel_loops *loops, const union kernel_arguments *all,
                     uint64_t begin, size_t count) {
    const struct convoyAxpyArguments *a = &all->axpy;
    if (a->type == ncclFloat64) {
        loops->axpy_double(element_at(a->y, begin, 8), element_at(a->x, begin, 8), count, a->a);
    } else if (a->type == ncclFloat32) {
        loops->axpy_float(element_at(a->y, begin, 4), element_at(a->x, begin, 4), count,
                          (float)a->a);
    } else {
        axpy_narrow(loops, a, begin, count);
    }
}

const struct kernel kernel_axpy = {
    .argument_bytes = sizeof(struct convoyAxpyArguments),
    .check = check_axpy,
    .run = run_axpy,
};

/* --- momentum --- */

static bool check_momentum(const union kernel_arguments *all, uint64_t *units, size_t *unit_bytes) {
    const struct convoyMomentumArguments *a = &all->momentum;
    if (!type_is_known(a->type) || !type_is_float(a->type)) {
        return false;
    }
    size_t size = element_sizes[a->type];
    *units = a->count;
    *unit_bytes = 2 * size;
    return check_elements(a->weights, a->count, size) &&
           check_elements(a->velocity, a->count, size) &&
           check_elements(a->gradient, a->count, size) &&
           check_apart(a->weights, a->count * size, a->velocity, a->count * size) &&
           check_apart_or_same(a->gradient, a->weights, a->count * size) &&
           check_apart_or_same(a->gradient, a->velocity, a->count * size);
}

static void momentum_narrow(const struct kernel_loops *loops,
                            const struct convoyMomentumArguments *a, uint64_t begin, size_t count,
                            const struct momentum_factors *factors) {
    size_t size = element_sizes[a->type];
    union chunk weights;
    union chunk velocity;
    union chunk gradient;
    for (size_t done = 0; done < count; done += CHUNK) {
        size_t some = size_min(CHUNK, count - done);
        void *weights_at = element_at(a->weights, begin + done, size);
        void *velocity_at = element_at(a->velocity, begin + done, size);
        loops->widen[a->type](&weights, weights_at, some);
        loops->widen[a->type](&velocity, velocity_at, some);
        loops->widen[a->type](&gradient, element_at(a->gradient, begin + done, size), some);
        loops->momentum_float(weights.floats, velocity.floats, gradient.floats, some, factors);
        loops->narrow[a->type][CLASS_FLOAT](velocity_at, &velocity, some);
        loops->narrow[a->type][CLASS_FLOAT](weights_at, &weights, some);
    }
}

static void run_momentum(const struct kernel_loops *loops, const union kernel_arguments *all,
                         uint64_t begin, size_t count) {
    const struct convoyMomentumArguments *a = &all->momentum;
    const struct momentum_factors factors = {
        .rate = a->rate, .momentum = a->momentum, .decay = a->decay};
    if (a->type == ncclFloat64) {
        loops->momentum_double(element_at(a->weights, begin, 8), element_at(a->velocity, begin, 8),
                               element_at(a->gradient, begin, 8), count, &factors);
    } else if (a->type == ncclFloat32) {
        loops->momentum_float(element_at(a->weights, begin, 4), element_at(a->velocity, begin, 4),
                              element_at(a->gradient, begin, 4), count, &factors);
    } else {
        momentum_narrow(loops, a, begin, count, &factors);
    }
}

const struct kernel kernel_momentum = {
    .argument_bytes = sizeof(struct convoyMomentumArguments),
    .check = check_momentum,
    .run = run_momentum,
};
