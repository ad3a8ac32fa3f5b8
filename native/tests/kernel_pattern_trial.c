/* SPDX-License-Identifier: Apache-2.0 */
/* What writes and compares elements. */
#include "kernel_reference.h"
#include "kernel_trial.h"

void test_fill(ncclDataType_t type) {
    size_t count = trial_count();
    size_t size = number_type_bytes(type);
    trial_fill_areas();
    struct trial_buffer out = trial_buffer(0, count * size, size);
    uint64_t real_bits = number_element(ncclFloat64, &trial_random);
    double real;
    memcpy(&real, &real_bits, 8);
    int64_t integer = (int64_t)number_element(ncclInt64, &trial_random);
    uint64_t element = number_type_is_float(type) ? number_cast(type, ncclFloat64, real_bits)
                                                  : number_cast(type, ncclInt64, (uint64_t)integer);
    union kernel_arguments a = {.fill = {out.address, type, count, real, integer}};
    for (int m = 0; m < TRIALS; m++) {
        trial_reset();
        if (trial_run(m, convoyKernelFill, &a)) {
            for (size_t i = 0; i < count; i++) {
                REQUIRE(number_load(type, trial_at(out), i) == element, trial_names[m]);
            }
            trial_require_rest(&out, 1, trial_names[m]);
        }
    }
}

void test_pattern(ncclDataType_t type) {
    size_t count = trial_count();
    size_t size = number_type_bytes(type);
    size_t first = trial_below(100);
    uint64_t seed = number_next(&trial_random);
    uint64_t ulps = trial_below(3) == 0 ? number_next(&trial_random) : trial_below(4);
    trial_fill_areas();
    struct trial_buffer out = trial_buffer(1, count * size, size);
    union kernel_arguments fill = {.pattern = {out.address, type, count, seed, first}};
    union kernel_arguments verify = {
        .verify = {out.address, type, count, seed, first, ulps, (uint64_t)(uintptr_t)trial_result}};
    for (int m = 0; m < TRIALS; m++) {
        uint64_t state = seed;
        uint64_t wrong = 0;
        trial_reset();
        if (!trial_run(m, convoyKernelPattern, &fill)) {
            continue;
        }
        for (size_t i = 0; i < first; i++) {
            number_next(&state);
        }
        for (size_t i = 0; i < count; i++) {
            uint64_t right = number_pattern(type, number_next(&state));
            uint64_t damaged = right ^ 1;
            REQUIRE(number_load(type, trial_at(out), i) == right, trial_names[m]);
            if (trial_below(5) == 0) {
                number_store(type, trial_at(out), i, damaged);
                wrong += number_distance(type, damaged, right) > ulps;
            }
        }
        REQUIRE(trial_run(m, convoyKernelVerify, &verify), trial_names[m]);
        REQUIRE(*trial_result == wrong, trial_names[m]);
        trial_require_rest(&out, 1, trial_names[m]);
    }
}

void test_compare(ncclDataType_t type) {
    size_t count = trial_count();
    size_t size = number_type_bytes(type);
    uint64_t ulps =
        trial_below(3) == 0 ? number_next(&trial_random) >> trial_below(64) : trial_below(4);
    uint64_t wrong = 0;
    uint64_t infinite = 0;
    trial_fill_areas();
    struct trial_buffer in = trial_buffer(2, count * size, size);
    struct trial_buffer other = trial_buffer(3, count * size, size);
    trial_fill_elements(in, type, count);
    trial_fill_elements(other, type, count);
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = number_load(type, trial_was(in), i);
        if (trial_below(2) == 0) {
            number_store(type, trial_was(other), i, bits + trial_below(7) - 3);
        }
        wrong += number_distance(type, bits, number_load(type, trial_was(other), i)) > ulps;
        infinite += !number_is_finite(type, bits);
    }
    union kernel_arguments compare = {.compare = {in.address, other.address, type, count, ulps,
                                                  (uint64_t)(uintptr_t)trial_result}};
    union kernel_arguments nonfinite = {
        .nonfinite = {in.address, type, count, (uint64_t)(uintptr_t)trial_result}};
    for (int m = 0; m < TRIALS; m++) {
        trial_reset();
        if (trial_run(m, convoyKernelCompare, &compare)) {
            REQUIRE(*trial_result == wrong, trial_names[m]);
            REQUIRE(trial_run(m, convoyKernelNonFinite, &nonfinite), trial_names[m]);
            REQUIRE(*trial_result == wrong + infinite, trial_names[m]);
            trial_require_rest(NULL, 0, trial_names[m]);
        }
    }
}
