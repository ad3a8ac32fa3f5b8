/* SPDX-License-Identifier: Apache-2.0 */
/* Copies that are checksummed on their way, against the polynomial's long division. */
#include "memory/checked_copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST ((size_t)64 << 10)
#define GUARD ((size_t)64)

static uint64_t random_state = 0x5eed;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static uint64_t next_random(void) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return random_state >> 20;
}

/* Bit by bit, and with the polynomial written the usual way round. */
static uint32_t reference(const unsigned char *bytes, size_t count) {
    uint32_t remainder = ~0u;
    for (size_t i = 0; i < count; i++) {
        for (int bit = 0; bit < 8; bit++) {
            uint32_t in = (uint32_t)(bytes[i] >> bit & 1);
            bool high = (remainder >> 31 ^ in) != 0;
            remainder = remainder << 1 ^ (high ? 0x1edc6f41u : 0);
        }
    }
    uint32_t reflected = 0;
    for (int bit = 0; bit < 32; bit++) {
        reflected |= (remainder >> bit & 1) << (31 - bit);
    }
    return ~reflected;
}

static unsigned char from[MOST + 2 * GUARD];
static unsigned char to[MOST + 2 * GUARD];

static void copy_one(size_t bytes, size_t in_offset, size_t out_offset) {
    unsigned char *source = from + GUARD + in_offset;
    unsigned char *target = to + GUARD + out_offset;
    uint32_t expected = reference(source, bytes);
    memset(to, 0xee, sizeof to);
    CHECK(checked_copy(0, target, source, bytes) == expected);
    CHECK(memcmp(target, source, bytes) == 0);
    for (size_t i = 0; i < sizeof to; i++) {
        CHECK((to + i >= target && to + i < target + bytes) || to[i] == 0xee);
    }
    CHECK(checked_copy(0, NULL, source, bytes) == expected);
    size_t cut = bytes == 0 ? 0 : next_random() % bytes;
    uint32_t first = checked_copy(0, target, source, cut);
    CHECK(checked_copy(first, target + cut, source + cut, bytes - cut) == expected);
    CHECK(memcmp(target, source, bytes) == 0);
}

int main(void) {
    if (!checked_copy_is_possible()) {
        printf("not on this CPU\n");
        return 0;
    }
    for (size_t i = 0; i < sizeof from; i++) {
        from[i] = (unsigned char)next_random();
    }
    CHECK(checked_copy(0, NULL, "123456789", 9) == 0xe3069283u);
    for (size_t bytes = 0; bytes < 200; bytes++) {
        copy_one(bytes, next_random() % GUARD, next_random() % GUARD);
    }
    static const size_t sizes[] = {12287, 12288, 12289, 12351, 12352, 24576, 24640, 40000, 65472};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (int k = 0; k < 4; k++) {
            copy_one(sizes[i], next_random() % GUARD, next_random() % GUARD);
        }
        copy_one(sizes[i], 0, 0);
    }
    return 0;
}
