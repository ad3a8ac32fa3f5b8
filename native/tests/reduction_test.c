/* SPDX-License-Identifier: Apache-2.0 */
/* Every operator on every type against the reference; every half-precision value through the
 * conversions. */
#include "reduction.h"
#include "reduction_kernels.h"
#include "reference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RANKS_MAX 9
#define COUNT_MAX 2600

static void fill(unsigned char *buffer, ncclDataType_t type, uint64_t seed, int rank,
                 size_t count) {
    for (size_t i = 0; i < count; i++) {
        reference_input(buffer + i * reference_type_bytes(type), type, seed, rank, i);
    }
}

static int check(ncclDataType_t type, ncclRedOp_t redop, uint64_t seed, int nranks, size_t count,
                 size_t misalignment, int in_place) {
    static unsigned char memory[RANKS_MAX + 1][COUNT_MAX * 8 + 16];
    const unsigned char *sources[RANKS_MAX];
    for (int rank = 0; rank < nranks; rank++) {
        fill(memory[rank] + misalignment, type, seed, rank, count);
        sources[rank] = memory[rank] + misalignment;
    }
    unsigned char *out = memory[in_place < nranks ? in_place : RANKS_MAX] + misalignment;
    size_t size = reference_type_bytes(type);
    out[count * size] = 0xa5;
    reduction_run(redop, type, out, sources, nranks, count);
    for (size_t i = 0; i < count; i++) {
        unsigned char expected[8];
        reference_reduce(expected, type, redop, seed, nranks, i);
        if (!reference_equal(type, expected, out + i * size)) {
            fprintf(stderr,
                    "type %d operator %d ranks %d count %zu: element %zu differs (seed %llu)\n",
                    (int)type, (int)redop, nranks, count, i, (unsigned long long)seed);
            return 1;
        }
    }
    return out[count * size] == 0xa5 ? 0 : 1;
}

static int check_all(uint64_t seed) {
    static const size_t counts[] = {1, 2, 7, 8, 33, 1023, 1024, 1025, 2600};
    int failures = 0;
    for (int type = 0; type < ncclNumTypes; type++) {
        for (int redop = 0; redop < ncclNumOps && type_is_reducible((ncclDataType_t)type);
             redop++) {
            for (int nranks = 1; nranks <= RANKS_MAX; nranks++) {
                for (size_t c = 0; c < ARRAY_COUNT(counts); c++) {
                    failures +=
                        check((ncclDataType_t)type, (ncclRedOp_t)redop, seed + (uint64_t)nranks,
                              nranks, counts[c], c % 4, (int)(c + (size_t)type) % (nranks + 1));
                }
            }
        }
    }
    return failures;
}

static int check_half_conversions(void) {
    const struct widening *widening = widening_find(ncclFloat16);
    int failures = 0;
    for (uint32_t bits = 0; bits < 0x10000; bits++) {
        uint16_t half = (uint16_t)bits;
        uint16_t back;
        float wide;
        _Float16 value;
        memcpy(&value, &half, 2);
        widening->widen(&wide, &half, 1);
        widening->narrow(&back, &wide, 1);
        float expected = (float)value;
        failures += isnan(expected) ? !isnan(wide) : memcmp(&expected, &wide, 4) != 0;
        failures += isnan(expected) ? (back & 0x7fff) <= 0x7c00 : back != half;
    }
    /* Every float that lies near a boundary between two halves, and a spread of all others. */
    for (uint64_t i = 0; i < 0x100000000u; i += 257) {
        uint32_t bits = (uint32_t)(i ^ (i % 3 == 0 ? 0x1000u : 0));
        float wide;
        uint16_t narrow;
        uint16_t expected;
        memcpy(&wide, &bits, 4);
        _Float16 value = (_Float16)wide;
        memcpy(&expected, &value, 2);
        widening->narrow(&narrow, &wide, 1);
        failures += isnan(wide) ? (narrow & 0x7fff) <= 0x7c00 : narrow != expected;
    }
    return failures;
}

int main(void) {
    const char *text = getenv("TEST_SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    int failures = check_all(seed);
    int conversions = check_half_conversions();
    fprintf(stderr, "seed %llu: %d failures, %d in conversions\n", (unsigned long long)seed,
            failures, conversions);
    return failures + conversions == 0 ? 0 : 1;
}
