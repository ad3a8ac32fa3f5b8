/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every set of kernels that this CPU has, against the reference and to the last bit: all types and
 * operators, on random bits and on what is special, at any length, misalignment and place of the
 * result; every half-precision value; every pair of 8-bit floats; every divisor of an average.
 */
#include "reduction/copy_bytes.h"
#include "reduction/reduction.h"
#include "reduction/reduction_kernels.h"
#include "reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SOURCES_MAX 17
#define BYTES_MAX 1500
#define SLACK 160 /* room for misalignment, and for what must not be written */

static uint64_t random_state;

static uint64_t random_word(void) {
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static size_t random_below(size_t bound) {
    return (size_t)(random_word() % bound);
}

static const struct kernel_set *sets[4];
static size_t set_count;

static void find_sets(void) {
    static const char *const names[] = {"baseline", "avx2", "avx512"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        const struct kernel_set *set = kernels_named(names[i]);
        if (set != NULL) {
            sets[set_count++] = set;
            fprintf(stderr, "%s%s\n", set->name, set == kernels_chosen() ? " (chosen)" : "");
        }
    }
}

/* --- elements --- */

static uint64_t quiet_nan(ncclDataType_t type) {
    switch (type) {
    case ncclFloat16:
        return 0x7e00;
    case ncclBfloat16:
        return 0x7fc0;
    case ncclFloat32:
        return 0x7fc00000;
    case ncclFloat64:
        return 0x7ff8000000000000;
    case ncclFloat8e4m3:
        return 0x7f;
    case ncclFloat8e5m2:
        return 0x7e;
    default:
        return 0;
    }
}

/* What the elements of a floating type are like: sign, exponent, fraction. */
static int fraction_bits(ncclDataType_t type) {
    switch (type) {
    case ncclFloat16:
        return 10;
    case ncclBfloat16:
        return 7;
    case ncclFloat32:
        return 23;
    case ncclFloat64:
        return 52;
    case ncclFloat8e4m3:
        return 3;
    case ncclFloat8e5m2:
        return 2;
    default:
        return 0;
    }
}

/* Any bits; ends of the ranges of exponents and fractions, among them infinities, NaN with and
 * without payload, zeros and subnormals; and numbers near 1, whose sums must be rounded. */
static uint64_t random_element(ncclDataType_t type) {
    uint64_t word = random_word();
    int bits = (int)type_bytes(type) * 8;
    int fraction = fraction_bits(type);
    uint64_t sign = (word >> 63) << (bits - 1);
    uint64_t low = fraction > 0 ? (1ull << fraction) - 1 : UINT64_MAX >> (64 - bits);
    uint64_t ends[] = {0, 1, low, low >> 1, (low >> 1) + 1, word & low};
    uint64_t end = ends[(word >> 32) % ARRAY_COUNT(ends)];
    if (fraction == 0) {
        return (word >> 40) % 4 == 0 ? end : word;
    }
    uint64_t most = (1ull << (bits - 1 - fraction)) - 1;
    uint64_t exponents[] = {0, 1, most, most - 1};
    switch ((word >> 40) % 4) {
    case 0:
        return sign | exponents[(word >> 50) % 4] << fraction | end;
    case 1:
        return word;
    default:
        return sign | (most / 2 + (word >> 50) % 8) << fraction | (word & low);
    }
}

/* --- reductions --- */

/* Behind NCCL's operators: a sum of products. */
#define SCALED_SUM ((ncclRedOp_t)ncclNumOps)

static _Alignas(64) unsigned char inputs[SOURCES_MAX][BYTES_MAX];
static uint64_t factors[SOURCES_MAX];
static unsigned char expected[BYTES_MAX];

static void expect(ncclDataType_t type, ncclRedOp_t redop, int nsources, size_t index) {
    size_t size = type_bytes(type);
    uint64_t words[SOURCES_MAX] = {0};
    uint64_t quiet = quiet_nan(type);
    for (int i = 0; i < nsources; i++) {
        memcpy(&words[i], &inputs[i][index * size], size);
    }
    unsigned char *to = &expected[index * size];
    if (redop == SCALED_SUM) {
        reference_fold_scaled(to, type, words, factors, nsources);
    } else {
        reference_fold(to, type, redop, words, nsources);
    }
    if (nsources == 1 && redop != SCALED_SUM) {
        memcpy(to, words, size);
    } else if (quiet != 0 && reference_equal(type, to, &quiet)) {
        memcpy(to, &quiet, size);
    }
}

static void prepare(ncclDataType_t type, ncclRedOp_t redop, int nsources) {
    size_t size = type_bytes(type);
    for (int i = 0; i < nsources; i++) {
        factors[i] = 0;
        uint64_t element = random_element(type);
        memcpy(&factors[i], &element, size);
    }
    for (size_t index = 0; index < BYTES_MAX / size; index++) {
        for (int i = 0; i < nsources; i++) {
            uint64_t element = random_element(type);
            memcpy(&inputs[i][index * size], &element, size);
        }
        expect(type, redop, nsources, index);
    }
}

struct layout {
    size_t count;
    size_t misalignment[SOURCES_MAX + 1]; /* of the sources and of a result apart from them */
    int out;                              /* which of these it is */
    enum store store;
};

static struct layout random_layout(ncclDataType_t type, int nsources) {
    size_t most = BYTES_MAX / type_bytes(type);
    struct layout layout = {.count = 1 + random_below(random_below(2) == 0 ? most : 40),
                            .out = (int)random_below((size_t)nsources + 1),
                            .store = random_below(2) == 0 ? STORE_CACHED : STORE_STREAMING};
    layout.count = size_min(layout.count, most);
    bool whole = random_below(2) == 0; /* multiples of the element, which streaming asks for */
    for (int i = 0; i <= nsources; i++) {
        size_t bytes = random_below(64);
        layout.misalignment[i] = whole ? bytes / 8 * 8 : bytes;
    }
    return layout;
}

/* Whether the bytes around the result are what they were. */
static bool intact(const unsigned char *memory, size_t begin, size_t end, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if ((i < begin || i >= end) && memory[i] != 0xa5) {
            return false;
        }
    }
    return true;
}

static void run(const struct kernel_set *set, ncclDataType_t type, ncclRedOp_t redop, void *out,
                const unsigned char *const *sources, int nsources, const struct layout *layout) {
    struct reduction_scalar scalars[SOURCES_MAX];
    if (redop != SCALED_SUM) {
        reduction_run_with(set, redop, type, out, sources, nsources, layout->count, layout->store);
        return;
    }
    for (int i = 0; i < nsources; i++) {
        scalars[i] = reduction_scalar_of(type, factors[i]);
    }
    reduction_run_scaled_with(set, type, out, sources, scalars, nsources, layout->count,
                              layout->store);
}

static bool reduces(const struct kernel_set *set, ncclDataType_t type, ncclRedOp_t redop,
                    int nsources, const struct layout *layout) {
    static _Alignas(64) unsigned char memory[SOURCES_MAX + 1][BYTES_MAX + SLACK];
    const unsigned char *sources[SOURCES_MAX];
    size_t bytes = layout->count * type_bytes(type);
    memset(memory, 0xa5, sizeof memory[0] * (size_t)(nsources + 1));
    for (int i = 0; i < nsources; i++) {
        sources[i] = memory[i] + 32 + layout->misalignment[i];
        memcpy(memory[i] + 32 + layout->misalignment[i], inputs[i], bytes);
    }
    int out = layout->out;
    size_t begin = 32 + layout->misalignment[out];
    run(set, type, redop, memory[out] + begin, sources, nsources, layout);
    for (int i = 0; i < nsources; i++) {
        if (i != out && memcmp(sources[i], inputs[i], bytes) != 0) {
            return false;
        }
    }
    return memcmp(memory[out] + begin, expected, bytes) == 0 &&
           intact(memory[out], begin, begin + bytes, sizeof memory[out]);
}

static int check_layouts(ncclDataType_t type, ncclRedOp_t redop, int nsources, int layouts) {
    int failures = 0;
    for (int i = 0; i < layouts; i++) {
        struct layout layout = random_layout(type, nsources);
        for (size_t s = 0; s < set_count; s++) {
            if (!reduces(sets[s], type, redop, nsources, &layout)) {
                fprintf(stderr, "%s: type %d operator %d of %d, %zu elements, into %d\n",
                        sets[s]->name, (int)type, (int)redop, nsources, layout.count, layout.out);
                failures++;
            }
        }
    }
    return failures;
}

static int check_reductions(int layouts) {
    static const int numbers[] = {1, 2, 3, 4, 5, 6, 7, 8, SOURCES_MAX};
    int failures = 0;
    for (int type = 0; type < ncclNumTypes; type++) {
        for (int redop = 0; redop <= (int)SCALED_SUM; redop++) {
            for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
                prepare((ncclDataType_t)type, (ncclRedOp_t)redop, numbers[i]);
                failures +=
                    check_layouts((ncclDataType_t)type, (ncclRedOp_t)redop, numbers[i], layouts);
            }
        }
    }
    return failures;
}

/* --- half precision --- */

#define HALVES 0x10000u

/* Each value there is plus one that is about half a unit of its last place: ties, what is next to
 * ties, and overflow. A third term breaks ties. */
static uint64_t companion(ncclDataType_t type, uint64_t half, int variant) {
    int fraction = fraction_bits(type);
    int exponent = (int)((half & 0x7fff) >> fraction) - fraction - 1 + variant % 3;
    uint64_t sign = (uint64_t)(variant / 3 % 2) << 15;
    if (exponent <= 0) {
        return sign | (uint64_t)(variant % 3);
    }
    return sign | (uint64_t)exponent << fraction | (variant % 7 == 0 ? random_word() & 3 : 0);
}

static int check_halves(ncclDataType_t type, ncclRedOp_t redop, int variant) {
    static uint16_t terms[3][HALVES];
    static uint16_t results[HALVES];
    const unsigned char *sources[] = {(unsigned char *)terms[0], (unsigned char *)terms[1],
                                      (unsigned char *)terms[2]};
    int failures = 0;
    int nsources = variant % 2 == 0 ? 2 : 3;
    for (uint64_t half = 0; half < HALVES; half++) {
        terms[0][half] = (uint16_t)half;
        terms[1][half] = (uint16_t)companion(type, half, variant);
        terms[2][half] = (uint16_t)((random_word() & 1) << 15 | (random_word() & 1));
    }
    for (size_t s = 0; s < set_count; s++) {
        reduction_run_with(sets[s], redop, type, results, sources, nsources, HALVES, STORE_CACHED);
        for (size_t i = 0; i < HALVES; i++) {
            uint64_t words[] = {terms[0][i], terms[1][i], terms[2][i]};
            uint64_t quiet = quiet_nan(type);
            uint16_t right;
            reference_fold(&right, type, redop, words, nsources);
            if (reference_equal(type, &right, &quiet)) {
                right = (uint16_t)quiet;
            }
            failures += results[i] != right;
        }
    }
    return failures;
}

static int check_all_halves(void) {
    int failures = 0;
    for (int variant = 0; variant < 12; variant++) {
        failures += check_halves(ncclFloat16, ncclSum, variant);
        failures += check_halves(ncclBfloat16, ncclSum, variant);
    }
    failures += check_halves(ncclFloat16, ncclMax, 0) + check_halves(ncclFloat16, ncclMin, 0);
    failures += check_halves(ncclFloat16, ncclAvg, 1) + check_halves(ncclBfloat16, ncclAvg, 1);
    return failures;
}

/* --- 8-bit floats --- */

#define EIGHTHS 256u

static int check_pairs(ncclDataType_t type, ncclRedOp_t redop) {
    static uint8_t terms[2][EIGHTHS * EIGHTHS];
    static uint8_t results[EIGHTHS * EIGHTHS];
    const unsigned char *sources[] = {terms[0], terms[1]};
    int failures = 0;
    for (size_t i = 0; i < EIGHTHS * EIGHTHS; i++) {
        terms[0][i] = (uint8_t)(i / EIGHTHS);
        terms[1][i] = (uint8_t)i;
    }
    for (size_t s = 0; s < set_count; s++) {
        reduction_run_with(sets[s], redop, type, results, sources, 2, sizeof results, STORE_CACHED);
        for (size_t i = 0; i < sizeof results; i++) {
            uint64_t words[] = {terms[0][i], terms[1][i]};
            uint64_t quiet = quiet_nan(type);
            uint8_t right;
            reference_fold(&right, type, redop, words, 2);
            if (reference_equal(type, &right, &quiet)) {
                right = (uint8_t)quiet;
            }
            failures += results[i] != right;
        }
    }
    return failures;
}

static int check_eighths(void) {
    int failures = 0;
    for (int redop = 0; redop < ncclNumOps; redop++) {
        failures += check_pairs(ncclFloat8e4m3, (ncclRedOp_t)redop);
        failures += check_pairs(ncclFloat8e5m2, (ncclRedOp_t)redop);
    }
    return failures;
}

static uint64_t one_of(ncclDataType_t type) {
    int fraction = fraction_bits(type);
    int exponent = (int)type_bytes(type) * 8 - 1 - fraction;
    return ((1ull << (exponent - 1)) - 1) << fraction;
}

/* 1/n and every element of 16 bits or less, as the kernels' factors. */
static int check_scalars(void) {
    static const ncclDataType_t types[] = {ncclFloat16, ncclBfloat16, ncclFloat8e4m3,
                                           ncclFloat8e5m2};
    int failures = 0;
    for (size_t t = 0; t < ARRAY_COUNT(types); t++) {
        for (uint64_t bits = 0; bits < 1ull << (8 * type_bytes(types[t])); bits++) {
            uint64_t one = one_of(types[t]);
            struct reduction_scalar scalar = reduction_scalar_of(types[t], bits);
            const unsigned char *source = (const unsigned char *)&one;
            uint64_t result = 0;
            uint64_t right = 0;
            reduction_run_scaled_with(sets[0], types[t], &result, &source, &scalar, 1, 1,
                                      STORE_CACHED);
            reference_fold_scaled(&right, types[t], &one, &bits, 1);
            failures += !reference_equal(types[t], &result, &right);
        }
        for (int n = 2; n <= 4096; n++) {
            uint64_t words[4096] = {0};
            uint64_t right = 0;
            words[0] = one_of(types[t]); /* and zeros: the average is 1/n */
            reference_fold(&right, types[t], ncclAvg, words, n);
            failures +=
                reduction_reciprocal(types[t], n) != reduction_scalar_of(types[t], right).real;
        }
    }
    return failures;
}

/* --- division --- */

#define DIVIDENDS 256

/* Multiples of the divisor and what is next to them, and the ends of the type. */
static uint64_t dividend(size_t size, int n, size_t index) {
    if (size == 1) {
        return index;
    }
    uint64_t most = UINT64_MAX >> (64 - 8 * size);
    uint64_t ends[] = {most, most >> 1, (most >> 1) + 1, 0};
    uint64_t base =
        index % 8 == 0 ? ends[index / 8 % 4] : random_word() / (uint64_t)n * (uint64_t)n;
    return base + index % 3 - 1;
}

/* One source has the dividends, all others are zero. */
static int check_division(ncclDataType_t type, int n) {
    static const unsigned char zeros[DIVIDENDS * 8];
    static const unsigned char *sources[4096];
    unsigned char dividends[DIVIDENDS * 8];
    unsigned char quotients[DIVIDENDS * 8];
    size_t size = type_bytes(type);
    for (int i = 0; i < n; i++) {
        sources[i] = zeros;
    }
    sources[n / 2] = dividends;
    for (size_t i = 0; i < DIVIDENDS; i++) {
        uint64_t word = dividend(size, n, i);
        memcpy(dividends + i * size, &word, size);
    }
    int failures = 0;
    for (size_t s = 0; s < set_count; s++) {
        reduction_run_with(sets[s], ncclAvg, type, quotients, sources, n, DIVIDENDS, STORE_CACHED);
        for (size_t i = 0; i < DIVIDENDS; i++) {
            uint64_t words[4096] = {0};
            uint64_t right;
            memcpy(&words[0], dividends + i * size, size);
            reference_fold(&right, type, ncclAvg, words, n);
            failures += memcmp(&right, quotients + i * size, size) != 0;
        }
    }
    return failures;
}

static int check_divisions(void) {
    static const ncclDataType_t types[] = {ncclInt8,   ncclUint8, ncclInt32,
                                           ncclUint32, ncclInt64, ncclUint64};
    static const int large[] = {1000, 1023, 1024, 1025, 4095, 4096};
    int failures = 0;
    for (size_t t = 0; t < ARRAY_COUNT(types); t++) {
        for (int n = 2; n <= 300; n += n < 70 || (n > 125 && n < 130) || n > 252 ? 1 : 7) {
            failures += check_division(types[t], n);
        }
        for (size_t i = 0; i < ARRAY_COUNT(large); i++) {
            failures += check_division(types[t], large[i]);
        }
    }
    return failures;
}

/* --- copies --- */

static int check_copies(void) {
    static _Alignas(64) unsigned char from[512];
    static _Alignas(64) unsigned char to[512];
    int failures = 0;
    for (size_t i = 0; i < sizeof from; i++) {
        from[i] = (unsigned char)random_word();
    }
    for (size_t bytes = 0; bytes <= 300; bytes++) {
        for (size_t i = 0; i < 8 * set_count; i++) {
            size_t begin = random_below(65);
            size_t source = random_below(65);
            memset(to, 0xa5, sizeof to);
            copy_stream_with(sets[i % set_count], to + begin, from + source, bytes);
            failures += memcmp(to + begin, from + source, bytes) != 0 ||
                        !intact(to, begin, begin + bytes, sizeof to);
        }
    }
    return failures;
}

int main(void) {
    const char *text = getenv("TEST_SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    const char *repeat = getenv("TEST_REPEAT");
    int layouts = 40 * (repeat != NULL ? atoi(repeat) : 1);
    fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
    random_state = seed;
    find_sets();
    int reductions = check_reductions(layouts);
    int halves = check_all_halves();
    int eighths = check_eighths();
    int scalars = check_scalars();
    int divisions = check_divisions();
    int copies = check_copies();
    fprintf(stderr,
            "failures: %d reductions, %d halves, %d eighths, %d scalars, %d divisions, %d copies\n",
            reductions, halves, eighths, scalars, divisions, copies);
    return reductions + halves + eighths + scalars + divisions + copies == 0 ? 0 : 1;
}
