/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CRC of 8 bytes takes three cycles, but one can begin every cycle: so three lanes of a block are
 * checksummed beside each other and joined at its end, and the next block is asked for meanwhile:
 * the CPU's own prefetcher knows nothing of a page that nobody has read from. The remainders of the
 * lanes are joined by a multiplication with a power of x, which is linear, so that a table for each
 * byte does it.
 */
#include "memory/checked_copy.h"

#include "base/errors.h"
#include "convoy/convoy_ext.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

/* Castagnoli's polynomial; bit 31 is the coefficient of x^0. */
#define POLYNOMIAL 0x82f63b78u
#define LANES 3
#define LANE_BYTES ((size_t)4096)
#define BLOCK_BYTES (LANES * LANE_BYTES)

static uint32_t of_byte[256];
static uint32_t past_lane[4][256]; /* what LANE_BYTES zeros make of a remainder, by its bytes */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint32_t add_zeros(uint32_t crc, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        crc = of_byte[crc & 0xff] ^ (crc >> 8);
    }
    return crc;
}

static void make_tables(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1) != 0 ? (crc >> 1) ^ POLYNOMIAL : crc >> 1;
        }
        of_byte[byte] = crc;
    }
    uint32_t of_bit[32];
    for (int bit = 0; bit < 32; bit++) {
        of_bit[bit] = add_zeros((uint32_t)1 << bit, LANE_BYTES);
    }
    for (int place = 0; place < 4; place++) {
        for (uint32_t byte = 0; byte < 256; byte++) {
            uint32_t crc = 0;
            for (int bit = 0; bit < 8; bit++) {
                crc ^= (byte >> bit & 1) != 0 ? of_bit[8 * place + bit] : 0;
            }
            past_lane[place][byte] = crc;
        }
    }
}

#define WITH_CRC __attribute__((target("sse4.2")))
/* The widest store that is one line: halves would be two transactions where others write, too. */
#define WITH_LINES __attribute__((target("sse4.2,avx512f")))

static uint32_t past_lane_of(uint32_t crc) {
    return past_lane[0][crc & 0xff] ^ past_lane[1][crc >> 8 & 0xff] ^
           past_lane[2][crc >> 16 & 0xff] ^ past_lane[3][crc >> 24];
}

WITH_CRC static inline __attribute__((always_inline)) uint64_t
update_line(uint64_t crc, const unsigned char *from) {
    uint64_t words[8];
    memcpy(words, from, sizeof words);
    _Pragma("GCC unroll 8") for (int i = 0; i < 8; i++) {
        crc = _mm_crc32_u64(crc, words[i]);
    }
    return crc;
}

WITH_CRC static void store_line(unsigned char *to, const unsigned char *from) {
    for (int i = 0; i < 4; i++) {
        _mm_stream_si128((__m128i *)(void *)(to + 16 * i),
                         _mm_loadu_si128((const __m128i *)(const void *)(from + 16 * i)));
    }
}

WITH_LINES static void store_line_at_once(unsigned char *to, const unsigned char *from) {
    _mm512_stream_si512((__m512i *)(void *)to, _mm512_loadu_si512(from));
}

WITH_CRC static inline __attribute__((always_inline)) uint32_t join(uint64_t a, uint64_t b,
                                                                    uint64_t c) {
    return past_lane_of(past_lane_of((uint32_t)a) ^ (uint32_t)b) ^ (uint32_t)c;
}

/* The lanes of one block, where `to` is aligned to a line. */
#define BLOCK(name, attribute, store)                                                              \
    attribute static uint32_t name(uint32_t crc, unsigned char *to, const unsigned char *from) {   \
        uint64_t a = crc;                                                                          \
        uint64_t b = 0;                                                                            \
        uint64_t c = 0;                                                                            \
        for (size_t i = 0; i < LANE_BYTES; i += 64) {                                              \
            for (int lane = 0; lane < LANES; lane++) {                                             \
                __builtin_prefetch(from + BLOCK_BYTES + (size_t)lane * LANE_BYTES + i);            \
            }                                                                                      \
            a = update_line(a, from + i);                                                          \
            b = update_line(b, from + LANE_BYTES + i);                                             \
            c = update_line(c, from + 2 * LANE_BYTES + i);                                         \
            store(to + i, from + i);                                                               \
            store(to + LANE_BYTES + i, from + LANE_BYTES + i);                                     \
            store(to + 2 * LANE_BYTES + i, from + 2 * LANE_BYTES + i);                             \
        }                                                                                          \
        return join(a, b, c);                                                                      \
    }
#define STORE_NOTHING(to, from) (void)(to)
BLOCK(look_at_block, WITH_CRC, STORE_NOTHING)
BLOCK(copy_block, WITH_CRC, store_line)
BLOCK(copy_block_in_lines, WITH_LINES, store_line_at_once)

WITH_CRC static uint32_t update(uint32_t crc, const unsigned char *from, size_t bytes) {
    uint64_t wide = crc;
    size_t done = 0;
    for (; bytes - done >= 8; done += 8) {
        uint64_t word;
        memcpy(&word, from + done, 8);
        wide = _mm_crc32_u64(wide, word);
    }
    crc = (uint32_t)wide;
    for (; done < bytes; done++) {
        crc = _mm_crc32_u8(crc, from[done]);
    }
    return crc;
}

typedef uint32_t (*block_function)(uint32_t crc, unsigned char *to, const unsigned char *from);

static block_function block_for(const void *to) {
    if (to == NULL) {
        return look_at_block;
    }
    return __builtin_cpu_supports("avx512f") ? copy_block_in_lines : copy_block;
}

static uint32_t fast_copy(uint32_t before, unsigned char *to, const unsigned char *from,
                          size_t bytes) {
    pthread_once(&once, make_tables);
    size_t head = size_min(bytes, (size_t)(-(uintptr_t)to & 63));
    uint32_t crc = update(~before, from, head);
    block_function block = block_for(to);
    size_t done = head;
    for (; bytes - done >= BLOCK_BYTES; done += BLOCK_BYTES) {
        crc = block(crc, to == NULL ? NULL : to + done, from + done);
    }
    if (to != NULL) {
        memcpy(to, from, head);
        memcpy(to + done, from + done, bytes - done);
        _mm_sfence();
    }
    return ~update(crc, from + done, bytes - done);
}

bool checked_copy_is_possible(void) {
    return __builtin_cpu_supports("sse4.2");
}

#else

static uint32_t fast_copy(uint32_t before, unsigned char *to, const unsigned char *from,
                          size_t bytes) {
    (void)before;
    (void)to;
    (void)from;
    (void)bytes;
    abort();
}

bool checked_copy_is_possible(void) {
    return false;
}

#endif

uint32_t checked_copy(uint32_t before, void *to, const void *from, size_t bytes) {
    return fast_copy(before, to, from, bytes);
}

cudaError_t convoyCopyChecksum(void *to, const void *from, size_t bytes, uint32_t *checksum) {
    if ((from == NULL && bytes != 0) || checksum == NULL) {
        return error_cuda(cudaErrorInvalidValue);
    }
    if (!checked_copy_is_possible()) {
        return error_cuda(cudaErrorNotSupported);
    }
    *checksum = checked_copy(0, to, from, bytes);
    return cudaSuccess;
}
