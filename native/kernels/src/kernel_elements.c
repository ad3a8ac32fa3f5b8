/* SPDX-License-Identifier: Apache-2.0 */
/* Content of buffers: filling, comparing, casting. */
#include "kernel_typed.h"

/* --- fill --- */

static bool check_fill(const union kernel_arguments *all, uint64_t *units, size_t *unit_bytes) {
    const struct convoyFillArguments *a = &all->fill;
    if (!type_is_known(a->type)) {
        return false;
    }
    *units = a->count;
    *unit_bytes = element_sizes[a->type];
    return check_elements(a->out, a->count, *unit_bytes);
}

static void run_fill(const struct kernel_loops *loops, const union kernel_arguments *all,
                     uint64_t begin, size_t count) {
    const struct convoyFillArguments *a = &all->fill;
    uint64_t element = 0;
    if (type_is_float(a->type)) {
        loops->narrow[a->type][CLASS_DOUBLE](&element, &a->real, 1);
    } else {
        loops->narrow[a->type][CLASS_SIGNED](&element, &a->integer, 1);
    }
    loops->fill[a->type](element_at(a->out, begin, element_sizes[a->type]), count, &element);
}

const struct kernel kernel_fill = {
    .argument_bytes = sizeof(struct convoyFillArguments),
    .check = check_fill,
    .run = run_fill,
};

/* --- pattern, verify, compare, non-finite --- */

static bool check_pattern(const union kernel_arguments *all, uint64_t *units, size_t *unit_bytes) {
    const struct convoyPatternArguments *a = &all->pattern;
    if (!type_is_known(a->type)) {
        return false;
    }
    *units = a->count;
    *unit_bytes = element_sizes[a->type];
    return check_elements(a->out, a->count, *unit_bytes);
}

static void run_pattern(const struct kernel_loops *loops, const union kernel_arguments *all,
                        uint64_t begin, size_t count) {
    const struct convoyPatternArguments *a = &all->pattern;
    loops->pattern[a->type](element_at(a->out, begin, element_sizes[a->type]), count, a->seed,
                            a->first + begin);
}

const struct kernel kernel_pattern = {
    .argument_bytes = sizeof(struct convoyPatternArguments),
    .check = check_pattern,
    .run = run_pattern,
};

static bool check_verify(const union kernel_arguments *all, uint64_t *units, size_t *unit_bytes) {
    const struct convoyVerifyArguments *a = &all->verify;
    if (!type_is_known(a->type)) {
        return false;
    }
    *units = a->count;
    *unit_bytes = element_sizes[a->type];
    return check_elements(a->in, a->count, *unit_bytes) && check_elements(a->wrong, 1, 8);
}

static void run_verify(const struct kernel_loops *loops, const union kernel_arguments *all,
                       uint64_t begin, size_t count) {
    const struct convoyVerifyArguments *a = &all->verify;
    union chunk expected;
    uint64_t wrong = 0;
    for (size_t done = 0; done < count; done += CHUNK) {
        size_t some = size_min(CHUNK, count - done);
        loops->pattern[a->type](&expected, some, a->seed, a->first + begin + done);
        wrong += loops->differing[a->type](element_at(a->in, begin + done, element_sizes[a->type]),
                                           &expected, some, a->ulps);
    }
    result_add(a->wrong, wrong);
}

const struct kernel kernel_verify = {
    .argument_bytes = sizeof(struct convoyVerifyArguments),
    .check = check_verify,
    .run = run_verify,
};

static bool check_compare(const union kernel_arguments *all, uint64_t *units, size_t *unit_bytes) {
    const struct convoyCompareArguments *a = &all->compare;
    if (!type_is_known(a->type)) {
        return false;
    }
    *units = a->count;
    *unit_bytes = element_sizes[a->type];
    return check_elements(a->in, a->count, *unit_bytes) &&
           check_elements(a->other, a->count, *unit_bytes) && check_elements(a->wrong, 1, 8);
}

static void run_compare(const struct kernel_loops *loops, const union kernel_arguments *all,
                        uint64_t begin, size_t count) {
    const struct convoyCompareArguments *a = &all->compare;
    size_t size = element_sizes[a->type];
    result_add(a->wrong,
               loops->differing[a->type](element_at(a->in, begin, size),
                                         element_at(a->other, begin, size), count, a->ulps));
}

const struct kernel kernel_compare = {
    .argument_bytes = sizeof(struct convoyCompareArguments),
    .check = check_compare,
    .run = run_compare,
};

static bool check_nonfinite(const union kernel_arguments *all, uint64_t *units,
                            size_t *unit_bytes) {
    const struct convoyNonFiniteArguments *a = &all->nonfinite;
    if (!type_is_known(a->type)) {
        return false;
    }
    /* Integers are finite without a look. */
    *units = type_is_float(a->type) ? a->count : 0;
    *unit_bytes = element_sizes[a->type];
    return check_elements(a->in, a->count, *unit_bytes) && check_elements(a->found, 1, 8);
}

static void run_nonfinite(const struct kernel_loops *loops, const union kernel_arguments *all,
                          uint64_t begin, size_t count) {
    const struct convoyNonFiniteArguments *a = &all->nonfinite;
    result_add(a->found,
               loops->nonfinite[a->type](element_at(a->in, begin, element_sizes[a->type]), count));
}

const struct kernel kernel_nonfinite = {
    .argument_bytes = sizeof(struct convoyNonFiniteArguments),
    .check = check_nonfinite,
    .run = run_nonfinite,
};

/* --- cast --- */

static bool check_cast(const union kernel_arguments *all, uint64_t *units, size_t *unit_bytes) {
    const struct convoyCastArguments *a = &all->cast;
    if (!type_is_known(a->in_type) || !type_is_known(a->out_type)) {
        return false;
    }
    size_t in = element_sizes[a->in_type];
    size_t out = element_sizes[a->out_type];
    *units = a->count;
    *unit_bytes = in > out ? in : out;
    return check_elements(a->in, a->count, in) && check_elements(a->out, a->count, out) &&
           ((in == out && a->in == a->out) ||
            check_apart(a->in, a->count * in, a->out, a->count * out));
}

static void run_cast(const struct kernel_loops *loops, const union kernel_arguments *all,
                     uint64_t begin, size_t count) {
    const struct convoyCastArguments *a = &all->cast;
    enum element_class via = element_classes[a->in_type];
    union chunk wide;
    for (size_t done = 0; done < count; done += CHUNK) {
        size_t some = size_min(CHUNK, count - done);
        loops->widen[a->in_type](&wide, element_at(a->in, begin + done, element_sizes[a->in_type]),
                                 some);
        loops->narrow[a->out_type][via](
            element_at(a->out, begin + done, element_sizes[a->out_type]), &wide, some);
    }
}

const struct kernel kernel_cast = {
    .argument_bytes = sizeof(struct convoyCastArguments),
    .check = check_cast,
    .run = run_cast,
};
