/* SPDX-License-Identifier: Apache-2.0 */
/* The loops of one instruction set. The including file defines LOOPS and LOOPS_NAME. */
#include "loops.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef uint64_t __attribute__((aligned(1), may_alias)) unaligned_word;

/* --- typed loops --- */

#define FILL(name, number, storage, bits)                                                          \
    static void fill_##name(void *out, size_t count, const void *element) {                        \
        storage *to = out;                                                                         \
        storage value = *(const storage *)element;                                                 \
        for (size_t i = 0; i < count; i++) {                                                       \
            to[i] = value;                                                                         \
        }                                                                                          \
    }
ALL_TYPES(FILL)

#define PATTERN_LOOP(name, number, storage, bits)                                                  \
    static void pattern_##name(void *out, size_t count, uint64_t seed, uint64_t first) {           \
        storage *to = out;                                                                         \
        for (size_t i = 0; i < count; i++) {                                                       \
            to[i] = name##_of_pattern(pattern_word(seed, first + i));                              \
        }                                                                                          \
    }
ALL_TYPES(PATTERN_LOOP)

/* More steps than the type has are as good as all of them. */
#define DIFFERING(name, number, storage, bits)                                                     \
    static uint64_t differing_##name(const void *left, const void *right, size_t count,            \
                                     uint64_t ulps) {                                              \
        const storage *a = left;                                                                   \
        const storage *b = right;                                                                  \
        const uint##bits##_t most =                                                                \
            (uint##bits##_t)(ulps < UINT##bits##_MAX ? ulps : UINT##bits##_MAX);                   \
        uint64_t sum = 0;                                                                          \
        for (size_t i = 0; i < count; i++) {                                                       \
            sum += (uint64_t)name##_differs(a[i], b[i], most);                                     \
        }                                                                                          \
        return sum;                                                                                \
    }
ALL_TYPES(DIFFERING)

#define NONFINITE(name, number, storage, bits)                                                     \
    static uint64_t nonfinite_##name(const void *in, size_t count) {                               \
        const storage *from = in;                                                                  \
        uint64_t sum = 0;                                                                          \
        for (size_t i = 0; i < count; i++) {                                                       \
            sum += (uint64_t)name##_nonfinite(from[i]);                                            \
        }                                                                                          \
        return sum;                                                                                \
    }
NARROW_TYPES(NONFINITE)
NONFINITE(f32, 7, float, 32)
NONFINITE(f64, 8, double, 64)

/* --- casts --- */

#define WIDEN_LOOP(name, storage, wide, expression)                                                \
    static void widen_##name(void *out, const void *in, size_t count) {                            \
        wide *to = out;                                                                            \
        const storage *from = in;                                                                  \
        for (size_t i = 0; i < count; i++) {                                                       \
            storage value = from[i];                                                               \
            to[i] = expression;                                                                    \
        }                                                                                          \
    }
WIDEN_LOOP(i8, int8_t, int32_t, value)
WIDEN_LOOP(u8, uint8_t, int32_t, value)
WIDEN_LOOP(i32, int32_t, int32_t, value)
WIDEN_LOOP(u32, uint32_t, uint64_t, value)
WIDEN_LOOP(i64, int64_t, int64_t, value)
WIDEN_LOOP(u64, uint64_t, uint64_t, value)
WIDEN_LOOP(f16, uint16_t, float, f16_to_float(value))
WIDEN_LOOP(bf16, uint16_t, float, bf16_to_float(value))
WIDEN_LOOP(e4m3, uint8_t, float, e4m3_to_float(value))
WIDEN_LOOP(e5m2, uint8_t, float, e5m2_to_float(value))
WIDEN_LOOP(f32, float, float, value)
WIDEN_LOOP(f64, double, double, value)

#define NARROW_LOOP(name, storage, wide, suffix)                                                   \
    static void narrow_##name##_of_##suffix(void *out, const void *in, size_t count) {             \
        storage *to = out;                                                                         \
        const wide *from = in;                                                                     \
        for (size_t i = 0; i < count; i++) {                                                       \
            to[i] = name##_of_##suffix(from[i]);                                                   \
        }                                                                                          \
    }
#define NARROW_LOOPS(name, number, storage, bits)                                                  \
    NARROW_LOOP(name, storage, int32_t, word)                                                      \
    NARROW_LOOP(name, storage, int64_t, i64)                                                       \
    NARROW_LOOP(name, storage, uint64_t, u64)                                                      \
    NARROW_LOOP(name, storage, float, float)                                                       \
    NARROW_LOOP(name, storage, double, double)
ALL_TYPES(NARROW_LOOPS)

/* --- optimisation --- */

#define STEPS(type, canonical)                                                                     \
    static void axpy_##type(type *y, const type *x, size_t count, type a) {                        \
        for (size_t i = 0; i < count; i++) {                                                       \
            y[i] = canonical(a * x[i] + y[i]);                                                     \
        }                                                                                          \
    }                                                                                              \
    static void momentum_##type(type *weights, type *velocity, const type *gradient, size_t count, \
                                const struct momentum_factors *factors) {                          \
        const type rate = (type)factors->rate;                                                     \
        const type momentum = (type)factors->momentum;                                             \
        const type decay = (type)factors->decay;                                                   \
        for (size_t i = 0; i < count; i++) {                                                       \
            type speed = canonical(momentum * velocity[i] + (gradient[i] + decay * weights[i]));   \
            velocity[i] = speed;                                                                   \
            weights[i] = canonical(weights[i] - rate * speed);                                     \
        }                                                                                          \
    }
STEPS(float, f32_of_float)
STEPS(double, f64_of_double)

/* --- bytes --- */

static uint64_t checksum(const unsigned char *in, size_t words, uint64_t first) {
    const unaligned_word *from = (const unaligned_word *)in;
    uint64_t sum = 0;
    for (size_t i = 0; i < words; i++) {
        sum += checksum_term(from[i], first + i, 0);
    }
    return sum;
}

static void xor_into(unsigned char *out, const unsigned char *in, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        out[i] ^= in[i];
    }
}

static uint8_t product(const struct galois_table *table, uint8_t byte) {
    return table->low[byte & 15] ^ table->high[byte >> 4];
}

/* Both halves of each byte are looked up, a vector at a time. */
#if defined(__AVX512BW__)

static size_t multiply_vectors(unsigned char *out, const unsigned char *in, size_t bytes,
                               const struct galois_table *table) {
    const __m512i low =
        _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)table->low));
    const __m512i high =
        _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)table->high));
    const __m512i mask = _mm512_set1_epi8(15);
    size_t done = 0;
    for (; bytes - done >= 64; done += 64) {
        __m512i x = _mm512_loadu_si512(in + done);
        __m512i a = _mm512_shuffle_epi8(low, _mm512_and_si512(x, mask));
        __m512i b = _mm512_shuffle_epi8(high, _mm512_and_si512(_mm512_srli_epi16(x, 4), mask));
        __m512i y = _mm512_loadu_si512(out + done);
        _mm512_storeu_si512(out + done, _mm512_ternarylogic_epi64(y, a, b, 0x96 /* xor */));
    }
    return done;
}

#elif defined(__AVX2__)

static size_t multiply_vectors(unsigned char *out, const unsigned char *in, size_t bytes,
                               const struct galois_table *table) {
    const __m256i low =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table->low));
    const __m256i high =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table->high));
    const __m256i mask = _mm256_set1_epi8(15);
    size_t done = 0;
    for (; bytes - done >= 32; done += 32) {
        __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(in + done));
        __m256i a = _mm256_shuffle_epi8(low, _mm256_and_si256(x, mask));
        __m256i b = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(x, 4), mask));
        __m256i *to = (__m256i *)(void *)(out + done);
        _mm256_storeu_si256(to, _mm256_xor_si256(_mm256_loadu_si256(to), _mm256_xor_si256(a, b)));
    }
    return done;
}

#else

/* Without a lookup of vectors: the products of the eight bits, added where the bit is set. */
typedef uint8_t __attribute__((vector_size(16))) bytes16;

static size_t multiply_vectors(unsigned char *out, const unsigned char *in, size_t bytes,
                               const struct galois_table *table) {
    size_t done = 0;
    for (; bytes - done >= sizeof(bytes16); done += sizeof(bytes16)) {
        bytes16 x;
        bytes16 y;
        memcpy(&x, in + done, sizeof x);
        memcpy(&y, out + done, sizeof y);
        _Pragma("GCC unroll 8") for (int bit = 0; bit < 8; bit++) {
            bytes16 set = (bytes16)((x & (uint8_t)(1 << bit)) != 0);
            y ^= set & product(table, (uint8_t)(1 << bit));
        }
        memcpy(out + done, &y, sizeof y);
    }
    return done;
}

#endif

static void multiply(unsigned char *out, const unsigned char *in, size_t bytes,
                     const struct galois_table *table) {
    for (size_t i = multiply_vectors(out, in, bytes, table); i < bytes; i++) {
        out[i] ^= product(table, in[i]);
    }
}

/* --- the table --- */

#define ROW(prefix, name, number) [number] = prefix##_##name,
#define FILL_ROW(name, number, storage, bits) ROW(fill, name, number)
#define PATTERN_ROW(name, number, storage, bits) ROW(pattern, name, number)
#define DIFFERING_ROW(name, number, storage, bits) ROW(differing, name, number)
#define NONFINITE_ROW(name, number, storage, bits) ROW(nonfinite, name, number)
#define WIDEN_ROW(name, number, storage, bits) ROW(widen, name, number)
#define NARROW_ROW(name, number, storage, bits)                                                    \
    [number] = {[CLASS_WORD] = narrow_##name##_of_word,                                            \
                [CLASS_SIGNED] = narrow_##name##_of_i64,                                           \
                [CLASS_UNSIGNED] = narrow_##name##_of_u64,                                         \
                [CLASS_FLOAT] = narrow_##name##_of_float,                                          \
                [CLASS_DOUBLE] = narrow_##name##_of_double},

const struct kernel_loops LOOPS = {
    .name = LOOPS_NAME,
    .fill = {ALL_TYPES(FILL_ROW)},
    .pattern = {ALL_TYPES(PATTERN_ROW)},
    .differing = {ALL_TYPES(DIFFERING_ROW)},
    .nonfinite = {NARROW_TYPES(NONFINITE_ROW) ROW(nonfinite, f32, 7) ROW(nonfinite, f64, 8)},
    .widen = {ALL_TYPES(WIDEN_ROW)},
    .narrow = {ALL_TYPES(NARROW_ROW)},
    .axpy_float = axpy_float,
    .axpy_double = axpy_double,
    .momentum_float = momentum_float,
    .momentum_double = momentum_double,
    .checksum = checksum,
    .xor_into = xor_into,
    .multiply = multiply,
};
