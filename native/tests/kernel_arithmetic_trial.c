/* SPDX-License-Identifier: Apache-2.0 */
/* Conversions, and steps of an optimiser. */
#include "kernel_reference.h"
#include "kernel_trial.h"

#include <stdio.h>
#include <string.h>

void test_cast(ncclDataType_t to, ncclDataType_t from) {
    size_t count = trial_count();
    size_t in_size = number_type_bytes(from);
    size_t out_size = number_type_bytes(to);
    trial_fill_areas();
    struct trial_buffer in = trial_buffer(5, count * in_size, in_size);
    struct trial_buffer out = trial_buffer(6, count * out_size, out_size);
    if (in_size == out_size && trial_below(4) == 0) {
        out = in;
    }
    trial_fill_elements(in, from, count);
    union kernel_arguments a = {.cast = {out.address, to, in.address, from, count}};
    for (int m = 0; m < TRIALS; m++) {
        trial_reset();
        if (trial_run(m, convoyKernelCast, &a)) {
            for (size_t i = 0; i < count; i++) {
                uint64_t bits = number_load(from, trial_was(in), i);
                uint64_t is = number_load(to, trial_at(out), i);
                uint64_t right = number_cast(to, from, bits);
                if (is != right) {
                    fprintf(stderr, "type %d of type %d: %llx gives %llx, not %llx, ", to, from,
                            (unsigned long long)bits, (unsigned long long)is,
                            (unsigned long long)right);
                    trial_fail("wrong", trial_names[m]);
                }
            }
            trial_require_rest(&out, 1, trial_names[m]);
        }
    }
}

void test_all_narrow_codes(void) {
    static const ncclDataType_t narrow[] = {ncclFloat16, ncclBfloat16, ncclFloat8e4m3,
                                            ncclFloat8e5m2};
    for (size_t t = 0; t < 4; t++) {
        for (const char *const *name = trial_names; name < trial_names + TRIAL_LOOPS; name++) {
            const struct kernel_loops *loops = loops_named(*name);
            size_t codes = number_type_bytes(narrow[t]) == 1 ? 256 : 65536;
            for (uint64_t code = 0; loops != NULL && code < codes; code += 64) {
                uint16_t in[64];
                float out[64];
                for (size_t i = 0; i < 64; i++) {
                    number_store(narrow[t], in, i, code + i);
                }
                loops->widen[narrow[t]](out, in, 64);
                for (size_t i = 0; i < 64; i++) {
                    uint32_t right = (uint32_t)number_cast(ncclFloat32, narrow[t], code + i);
                    REQUIRE(memcmp(&out[i], &right, 4) == 0, *name);
                }
            }
        }
    }
}

/* Rounded by the compiler's arithmetic, one operation at a time. */
static double rounded(ncclDataType_t type, double value) {
    volatile float narrow = (float)value;
    return type == ncclFloat64 ? value : (double)narrow;
}

static double decode(ncclDataType_t type, uint64_t bits) {
    return (double)number_decode(type, bits);
}

static double factor(void) {
    return (double)(int64_t)number_next(&trial_random) * 0x1p-63;
}

static double multiplied(ncclDataType_t type, double a, double b) {
    volatile double product = a * b;
    return rounded(type, product);
}

static double added(ncclDataType_t type, double a, double b) {
    volatile double sum = a + b;
    return rounded(type, sum);
}

/* A product of two floats is exact in double, and their sum may be rounded twice without harm. */
void test_axpy(ncclDataType_t type) {
    size_t count = trial_count();
    size_t size = number_type_bytes(type);
    double a = factor();
    trial_fill_areas();
    struct trial_buffer x = trial_buffer(0, count * size, size);
    struct trial_buffer y = trial_below(5) == 0 ? x : trial_buffer(1, count * size, size);
    trial_fill_elements(x, type, count);
    if (x.area != y.area) {
        trial_fill_elements(y, type, count);
    }
    union kernel_arguments arguments = {.axpy = {y.address, x.address, type, count, a}};
    for (int m = 0; m < TRIALS; m++) {
        trial_reset();
        if (trial_run(m, convoyKernelAxpy, &arguments)) {
            for (size_t i = 0; i < count; i++) {
                double each = decode(type, number_load(type, trial_was(x), i));
                double product = multiplied(type, rounded(type, a), each);
                double sum = added(type, product, decode(type, number_load(type, trial_was(y), i)));
                REQUIRE(number_load(type, trial_at(y), i) == number_encode(type, sum),
                        trial_names[m]);
            }
            trial_require_rest(&y, 1, trial_names[m]);
        }
    }
}

void test_momentum(ncclDataType_t type) {
    size_t count = trial_count();
    size_t size = number_type_bytes(type);
    double rate = factor();
    double momentum = factor();
    double decay = trial_below(2) == 0 ? 0 : factor();
    trial_fill_areas();
    struct trial_buffer all[] = {trial_buffer(2, count * size, size),
                                 trial_buffer(3, count * size, size)};
    struct trial_buffer gradient = trial_buffer(4, count * size, size);
    trial_fill_elements(all[0], type, count);
    trial_fill_elements(all[1], type, count);
    trial_fill_elements(gradient, type, count);
    union kernel_arguments arguments = {.momentum = {all[0].address, all[1].address,
                                                     gradient.address, type, count, rate, momentum,
                                                     decay}};
    for (int m = 0; m < TRIALS; m++) {
        trial_reset();
        if (!trial_run(m, convoyKernelMomentum, &arguments)) {
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            double w = decode(type, number_load(type, trial_was(all[0]), i));
            double v = decode(type, number_load(type, trial_was(all[1]), i));
            double g = decode(type, number_load(type, trial_was(gradient), i));
            double slope = added(type, g, multiplied(type, rounded(type, decay), w));
            v = added(type, multiplied(type, rounded(type, momentum), v), slope);
            w = added(type, w, -multiplied(type, rounded(type, rate), v));
            REQUIRE(number_load(type, trial_at(all[1]), i) == number_encode(type, v),
                    trial_names[m]);
            REQUIRE(number_load(type, trial_at(all[0]), i) == number_encode(type, w),
                    trial_names[m]);
        }
        trial_require_rest(all, 2, trial_names[m]);
    }
}
