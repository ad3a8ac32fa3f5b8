/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums and parity. */
#include "element.h"
#include "kernel_reference.h"
#include "kernel_trial.h"

void test_checksum(void) {
    size_t count = trial_below(4) == 0 ? trial_below(20000) : trial_below(200);
    size_t cut = trial_below(count / 8 + 1) * 8;
    uint64_t first = trial_below(50);
    trial_fill_areas();
    struct trial_buffer in = trial_buffer(4, count, 1);
    uint64_t right = number_checksum(trial_was(in), count, first);
    uint64_t sum = (uint64_t)(uintptr_t)trial_result;
    union kernel_arguments whole = {.checksum = {in.address, count, first, sum}};
    union kernel_arguments head = {.checksum = {in.address, cut, first, sum}};
    union kernel_arguments rest = {
        .checksum = {in.address + cut, count - cut, first + cut / 8, sum}};
    for (int m = 0; m < TRIALS; m++) {
        trial_reset();
        if (trial_run(m, convoyKernelChecksum, &whole)) {
            REQUIRE(*trial_result == right, trial_names[m]);
            *trial_result = 0;
            REQUIRE(trial_run(m, convoyKernelChecksum, &rest), trial_names[m]);
            REQUIRE(trial_run(m, convoyKernelChecksum, &head), trial_names[m]);
            REQUIRE(*trial_result == right, trial_names[m]);
            trial_require_rest(NULL, 0, trial_names[m]);
        }
    }
}

/* A changed bit, exchanged words, another length: other sums. */
void test_checksum_sees(void) {
    unsigned char bytes[67];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)number_next(&trial_random);
    }
    uint64_t right = number_checksum(bytes, sizeof bytes, 0);
    bytes[13] ^= 4;
    REQUIRE(number_checksum(bytes, sizeof bytes, 0) != right, "definition");
    bytes[13] ^= 4;
    unsigned char zeros[16] = {0};
    for (size_t i = 0; i < sizeof zeros; i++) {
        REQUIRE(number_checksum(zeros, i, 0) != number_checksum(zeros, i + 1, 0), "definition");
    }
    unsigned char swapped[16] = {1, [8] = 2};
    unsigned char straight[16] = {2, [8] = 1};
    REQUIRE(number_checksum(swapped, 16, 0) != number_checksum(straight, 16, 0), "definition");
}

void test_xor(void) {
    size_t count = trial_below(4) == 0 ? trial_below(20000) : trial_below(300);
    trial_fill_areas();
    struct trial_buffer in = trial_buffer(7, count, 1);
    struct trial_buffer out = trial_buffer(8, count, trial_below(2) == 0 ? 1 : 8);
    union kernel_arguments a = {.xor = {out.address, in.address, count}};
    for (int m = 0; m < TRIALS; m++) {
        trial_reset();
        if (trial_run(m, convoyKernelXor, &a)) {
            for (size_t i = 0; i < count; i++) {
                unsigned char right =
                    ((unsigned char *)trial_was(in))[i] ^ ((unsigned char *)trial_was(out))[i];
                REQUIRE(((unsigned char *)trial_at(out))[i] == right, trial_names[m]);
            }
            trial_require_rest(&out, 1, trial_names[m]);
        }
    }
}

void test_multiply(void) {
    size_t count = trial_below(4) == 0 ? trial_below(20000) : trial_below(300);
    size_t alignment = trial_below(2) == 0 ? 1 : 8;
    uint64_t outputs = 1 + trial_below(CONVOY_KERNEL_OUTPUTS);
    trial_fill_areas();
    struct trial_buffer in = trial_buffer(0, count, alignment);
    struct trial_buffer outs[CONVOY_KERNEL_OUTPUTS];
    uint64_t coefficients = number_next(&trial_random);
    coefficients &= ~(0xffull << 8 * trial_below(8)); /* often a 0 that counts */
    coefficients = trial_below(3) == 0 ? (coefficients & ~0xffull) | 1 : coefficients;
    union kernel_arguments a = {.multiply = {in.address, count, outputs, coefficients, {0}}};
    for (uint64_t j = 0; j < outputs; j++) {
        outs[j] = trial_buffer((int)j + 1, count, alignment);
        a.multiply.outs[j] = outs[j].address;
    }
    for (int m = 0; m < TRIALS; m++) {
        trial_reset();
        if (!trial_run(m, convoyKernelMultiply, &a)) {
            continue;
        }
        for (uint64_t j = 0; j < outputs; j++) {
            for (size_t i = 0; i < count; i++) {
                uint8_t product =
                    number_product(((uint8_t *)trial_was(in))[i], (uint8_t)(coefficients >> 8 * j));
                REQUIRE(((uint8_t *)trial_at(outs[j]))[i] ==
                            (((uint8_t *)trial_was(outs[j]))[i] ^ product),
                        trial_names[m]);
            }
        }
        trial_require_rest(outs, (int)outputs, trial_names[m]);
    }
}

void test_all_products(void) {
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            REQUIRE(galois_multiply((uint8_t)a, (uint8_t)b) ==
                        number_product((uint8_t)a, (uint8_t)b),
                    "element");
        }
    }
}
