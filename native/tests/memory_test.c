/* SPDX-License-Identifier: Apache-2.0 */
/* The allocator against a model: nothing overlaps, content stays, lookups agree, everything comes
 * back in one piece. */
#include "memory/arena.h"
#include "memory/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LIVE_MAX 300
#define ARENA_BYTES ((size_t)256 << 20)

static uint64_t seed;
static uint64_t random_state;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s (seed %llu)\n", __FILE__, __LINE__, #condition,             \
                    (unsigned long long)seed);                                                     \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

struct allocation {
    unsigned char *address;
    size_t bytes;
    enum memory_kind kind;
    unsigned char pattern;
};

static struct allocation live[LIVE_MAX];
static int count;
static size_t total;

static uint64_t next_random(void) {
    uint64_t z = (random_state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static void check_apart(const struct allocation *a) {
    for (int i = 0; i < count; i++) {
        const struct allocation *b = &live[i];
        CHECK(a->address + a->bytes <= b->address || b->address + b->bytes <= a->address);
    }
}

static void allocate(void) {
    size_t bytes = (size_t)1 << (next_random() % 23);
    bytes += next_random() % bytes;
    enum memory_kind kind = next_random() % 2 == 0 ? MEMORY_DEVICE : MEMORY_PINNED;
    struct allocation a = {.bytes = bytes, .kind = kind, .pattern = (unsigned char)next_random()};
    a.address = memory_allocate(bytes, kind, 3);
    if (a.address == NULL) {
        CHECK(total + bytes > ARENA_BYTES / 4); /* only under pressure */
        return;
    }
    CHECK((uintptr_t)a.address % MEMORY_ALIGNMENT == 0);
    check_apart(&a);
    memset(a.address, a.pattern, bytes);
    live[count++] = a;
    total += bytes;
}

static void check_content(const struct allocation *a) {
    CHECK(a->address[0] == a->pattern && a->address[a->bytes - 1] == a->pattern);
    for (size_t i = 0; i < a->bytes; i += 997) {
        CHECK(a->address[i] == a->pattern);
    }
}

static void release(int index) {
    struct allocation a = live[index];
    struct memory_info info;
    check_content(&a);
    CHECK(memory_find(a.address, a.bytes, &info) && info.kind == a.kind && info.device == 3);
    CHECK(info.begin == a.address && memory_find(a.address + a.bytes / 2, 1, &info));
    CHECK(!memory_find(a.address, a.bytes + MEMORY_ALIGNMENT, &info));
    CHECK(!memory_free(a.address, a.kind == MEMORY_DEVICE ? MEMORY_PINNED : MEMORY_DEVICE));
    CHECK(a.bytes <= MEMORY_ALIGNMENT || !memory_free(a.address + MEMORY_ALIGNMENT, a.kind));
    CHECK(memory_free(a.address, a.kind));
    CHECK(!memory_free(a.address, a.kind));
    CHECK(!memory_find(a.address, 1, &info));
    total -= a.bytes;
    live[index] = live[--count];
}

static void free_all(void) {
    while (count > 0) {
        release((int)(next_random() % (uint64_t)count));
    }
    CHECK(memory_live_bytes() == 0);
}

/* After all is freed, one block takes almost the whole arena again: nothing is lost to fragments.
 */
static void check_whole(void) {
    void *whole = memory_allocate(ARENA_BYTES - ((size_t)8 << 20), MEMORY_DEVICE, 0);
    CHECK(whole != NULL);
    CHECK(memory_allocate((size_t)64 << 20, MEMORY_DEVICE, 0) == NULL);
    CHECK(memory_free(whole, MEMORY_DEVICE));
}

int main(void) {
    const char *text = getenv("TEST_SEED");
    seed = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    random_state = seed;
    setenv("CONVOY_HOST_ARENA", "268435456", 1);
    CHECK(arena_get() != NULL && arena_get()->bytes == ARENA_BYTES);
    struct memory_info info;
    int on_stack = 0;
    CHECK(!memory_find(&on_stack, 1, &info) && !memory_find(NULL, 1, &info));
    CHECK(!memory_find(arena_get()->base, 1, &info)); /* the header */
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 4000; i++) {
            bool grow = count == 0 || (count < LIVE_MAX && next_random() % 100 < 52);
            if (grow) {
                allocate();
            } else {
                release((int)(next_random() % (uint64_t)count));
            }
        }
        free_all();
        check_whole();
    }
    fprintf(stderr, "ok (seed %llu)\n", (unsigned long long)seed);
    return 0;
}
