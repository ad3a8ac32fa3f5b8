/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vectors of VECTOR_BYTES, which the including file defines: GCC's portable ones, so that x86 and
 * ARM share the arithmetic. An element at address p lies at the same place of the vector on both,
 * which are little endian.
 */
#ifndef CONVOY_REDUCTION_VECTOR_H
#define CONVOY_REDUCTION_VECTOR_H

#include "base/base.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "half-precision lanes are split by shifts");

#define INLINE static inline __attribute__((always_inline))
#define VECTOR_OF(type) __attribute__((vector_size(VECTOR_BYTES))) type

typedef VECTOR_OF(int8_t) vi8;
typedef VECTOR_OF(int16_t) vi16;
typedef VECTOR_OF(int32_t) vi32;
typedef VECTOR_OF(int64_t) vi64;
typedef VECTOR_OF(uint8_t) vu8;
typedef VECTOR_OF(uint16_t) vu16;
typedef VECTOR_OF(uint32_t) vu32;
typedef VECTOR_OF(uint64_t) vu64;
typedef VECTOR_OF(float) vf32;
typedef VECTOR_OF(double) vf64;

/* What is loaded and stored; a cast to another vector type keeps the bits. */
typedef vu64 vector;

/* Lane by lane; `mask` is what a comparison gave. */
INLINE vector vector_select(vector mask, vector yes, vector no) {
#if defined(__x86_64__) && VECTOR_BYTES == 32
    return (vector)_mm256_blendv_epi8((__m256i)no, (__m256i)yes, (__m256i)mask);
#else
    return (mask & yes) | (~mask & no);
#endif
}
#define SELECT(type, mask, yes, no)                                                                \
    ((type)vector_select((vector)(mask), (vector)(yes), (vector)(no)))

INLINE vector vector_load(const unsigned char *from) {
    vector value;
    memcpy(&value, from, sizeof value);
    return value;
}

INLINE void vector_store(unsigned char *to, vector value) {
    memcpy(to, &value, sizeof value);
}

/* --- Fewer bytes than a vector of 16: fixed-size moves from both ends, which overlap. Variable
 * ones would cost more than the arithmetic. --- */

INLINE uint64_t word_load(const unsigned char *from, size_t size) {
    uint64_t word = 0;
    memcpy(&word, from, size);
    return word;
}

/* `bytes` is between `half` and twice that. */
INLINE uint64_t word_load_overlapping(const unsigned char *from, size_t bytes, size_t half) {
    return word_load(from, half) | word_load(from + bytes - half, half) << 8 * (bytes - half);
}

INLINE void word_store_overlapping(unsigned char *to, uint64_t word, size_t bytes, size_t half) {
    uint64_t end = word >> 8 * (bytes - half);
    memcpy(to, &word, half);
    memcpy(to + bytes - half, &end, half);
}

/* 1 to 8 bytes. */
INLINE uint64_t word_load_part(const unsigned char *from, size_t bytes) {
    return bytes == 8   ? word_load(from, 8)
           : bytes >= 4 ? word_load_overlapping(from, bytes, 4)
           : bytes >= 2 ? word_load_overlapping(from, bytes, 2)
                        : word_load(from, 1);
}

INLINE void word_store_part(unsigned char *to, uint64_t word, size_t bytes) {
    if (bytes == 8) {
        memcpy(to, &word, 8);
    } else if (bytes >= 4) {
        word_store_overlapping(to, word, bytes, 4);
    } else if (bytes >= 2) {
        word_store_overlapping(to, word, bytes, 2);
    } else {
        *to = (unsigned char)word;
    }
}

#if VECTOR_BYTES == 16
/* 1 to 15 bytes; the lanes behind them are zero. */
INLINE vector vector_load_part(const unsigned char *from, size_t bytes) {
    if (bytes <= 8) {
        return (vector){word_load_part(from, bytes), 0};
    }
    return (vector){word_load(from, 8), word_load(from + bytes - 8, 8) >> 8 * (16 - bytes)};
}

INLINE void vector_store_part(unsigned char *to, vector value, size_t bytes) {
    if (bytes <= 8) {
        word_store_part(to, value[0], bytes);
        return;
    }
    uint64_t low = value[0];
    uint64_t end = low >> 8 * (bytes - 8) | value[1] << 8 * (16 - bytes);
    memcpy(to, &low, 8);
    memcpy(to + bytes - 8, &end, 8);
}
#endif

/* Past the caches; `to` is aligned to the vector. */
INLINE void vector_stream(unsigned char *to, vector value) {
#if defined(__x86_64__) && VECTOR_BYTES == 64
    _mm512_stream_si512((__m512i *)(void *)to, (__m512i)value);
#elif defined(__x86_64__) && VECTOR_BYTES == 32
    _mm256_stream_si256((__m256i *)(void *)to, (__m256i)value);
#elif defined(__x86_64__)
    _mm_stream_si128((__m128i *)(void *)to, (__m128i)value);
#else
    vector_store(to, value);
#endif
}

/* Streamed stores are ordered with nothing by themselves. */
INLINE void vector_stream_end(void) {
#if defined(__x86_64__)
    _mm_sfence();
#endif
}

#endif
