/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "memory/memory.h"

#include "memory/arena.h"
#include "memory/tree.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE ((size_t)4096)
/* Small requests commit this much at once, so that they do not each cost a system call. */
#define COMMIT_UNIT ((size_t)2 << 20)
/* fallocate on a memory file takes what it wants, and the out-of-memory killer comes later: ask
 * first. */
#define CHECK_AVAILABLE_FROM ((size_t)16 << 20)

/* The blocks tile the arena behind its header: every address belongs to exactly one. */
struct block {
    struct tree_node by_address;
    struct tree_node by_size; /* only while free */
    size_t offset;
    size_t bytes;
    enum memory_kind kind;
    int device;
    bool committed; /* all of its pages are there */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct tree_node *all_blocks;
static struct tree_node *free_blocks[2]; /* [committed] */
static size_t live_bytes;
static bool started;
/* Bumped by every change that could make a cached lookup wrong. */
static _Atomic uint64_t generation = 1;

static struct block *address_block(const struct tree_node *node) {
    return CONTAINER_OF((struct tree_node *)node, struct block, by_address);
}

static struct block *size_block(const struct tree_node *node) {
    return CONTAINER_OF((struct tree_node *)node, struct block, by_size);
}

static int by_address(const struct tree_node *a, const struct tree_node *b) {
    size_t x = address_block(a)->offset;
    size_t y = address_block(b)->offset;
    return (x > y) - (x < y);
}

static int by_size(const struct tree_node *a, const struct tree_node *b) {
    const struct block *x = size_block(a);
    const struct block *y = size_block(b);
    if (x->bytes != y->bytes) {
        return x->bytes < y->bytes ? -1 : 1;
    }
    return (x->offset > y->offset) - (x->offset < y->offset);
}

static struct block *block_at(size_t offset) {
    struct tree_node *node = all_blocks;
    while (node != NULL) {
        struct block *block = address_block(node);
        if (offset < block->offset) {
            node = node->left;
        } else if (offset - block->offset >= block->bytes) {
            node = node->right;
        } else {
            return block;
        }
    }
    return NULL;
}

static struct block *smallest_free(size_t bytes, bool committed) {
    struct block *best = NULL;
    struct tree_node *node = free_blocks[committed];
    while (node != NULL) {
        struct block *block = size_block(node);
        if (block->bytes >= bytes) {
            best = block;
            node = node->left;
        } else {
            node = node->right;
        }
    }
    return best;
}

static void list_free(struct block *block) {
    block->kind = MEMORY_FREE;
    tree_insert(&free_blocks[block->committed], &block->by_size, by_size);
}

static void unlist_free(struct block *block) {
    tree_remove(&free_blocks[block->committed], &block->by_size, by_size);
}

static struct block *new_block(size_t offset, size_t bytes, bool committed) {
    struct block *block = calloc(1, sizeof *block);
    if (block != NULL) {
        block->offset = offset;
        block->bytes = bytes;
        block->committed = committed;
        tree_insert(&all_blocks, &block->by_address, by_address);
    }
    return block;
}

static bool start(struct arena *arena) {
    if (!started) {
        struct block *whole =
            new_block(ARENA_HEADER_BYTES, arena->bytes - ARENA_HEADER_BYTES, false);
        if (whole == NULL) {
            return false;
        }
        list_free(whole);
        started = true;
    }
    return true;
}

/* Cuts a block that is on no free list to `bytes`; the rest becomes a free block. */
static bool cut(struct block *block, size_t bytes) {
    if (block->bytes == bytes) {
        return true;
    }
    size_t whole = block->bytes;
    block->bytes = bytes;
    struct block *rest = new_block(block->offset + bytes, whole - bytes, block->committed);
    if (rest == NULL) {
        block->bytes = whole;
        return false;
    }
    list_free(rest);
    return true;
}

static size_t available_memory(void) {
    size_t kilobytes = SIZE_MAX / 1024;
    FILE *file = fopen("/proc/meminfo", "re");
    if (file != NULL) {
        char line[128];
        while (fgets(line, sizeof line, file) != NULL) {
            if (sscanf(line, "MemAvailable: %zu kB", &kilobytes) == 1) {
                break;
            }
        }
        fclose(file);
    }
    return kilobytes * 1024;
}

static bool commit(struct arena *arena, size_t offset, size_t bytes) {
    size_t begin = offset / PAGE * PAGE;
    size_t length = round_up(offset + bytes, PAGE) - begin;
    if (bytes >= CHECK_AVAILABLE_FROM && available_memory() < bytes) {
        return false;
    }
    if (fallocate(arena->fd, 0, (off_t)begin, (off_t)length) != 0) {
        return false;
    }
#ifdef MADV_POPULATE_WRITE
    madvise(arena->base + begin, length, MADV_POPULATE_WRITE);
#endif
    return true;
}

/* Merges a free block that is on no list with those of its neighbours that are alike. */
static struct block *coalesce(struct block *block) {
    struct block *next = block_at(block->offset + block->bytes);
    if (next != NULL && next->kind == MEMORY_FREE && next->committed == block->committed) {
        unlist_free(next);
        tree_remove(&all_blocks, &next->by_address, by_address);
        block->bytes += next->bytes;
        free(next);
    }
    struct block *previous = block_at(block->offset - 1);
    if (previous != NULL && previous->kind == MEMORY_FREE &&
        previous->committed == block->committed) {
        unlist_free(previous);
        tree_remove(&all_blocks, &block->by_address, by_address);
        previous->bytes += block->bytes;
        free(block);
        return previous;
    }
    return block;
}

/* Gives the pages of the free committed blocks back to the system. */
static bool release_free_pages(struct arena *arena) {
    bool released = false;
    while (free_blocks[true] != NULL) {
        struct block *block = size_block(free_blocks[true]);
        unlist_free(block);
        size_t begin = round_up(block->offset, PAGE);
        size_t end = (block->offset + block->bytes) / PAGE * PAGE;
        if (begin < end && fallocate(arena->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                     (off_t)begin, (off_t)(end - begin)) == 0) {
            released = true;
        }
        block->committed = false;
        list_free(coalesce(block));
    }
    return released;
}

/* A block of at least `bytes`, committed and on no list. */
static struct block *take_committed(size_t bytes) {
    struct block *block = smallest_free(bytes, true);
    if (block != NULL) {
        unlist_free(block);
    }
    return block;
}

static struct block *take_uncommitted(struct arena *arena, size_t bytes) {
    struct block *block = smallest_free(bytes, false);
    if (block == NULL) {
        return NULL;
    }
    size_t chunk = size_min(block->bytes, round_up(bytes, COMMIT_UNIT));
    unlist_free(block);
    if (!cut(block, chunk)) {
        list_free(block);
        return NULL;
    }
    if (!commit(arena, block->offset, chunk)) {
        list_free(coalesce(block));
        return NULL;
    }
    block->committed = true;
    return block;
}

static struct block *take(struct arena *arena, size_t bytes) {
    struct block *block = take_committed(bytes);
    if (block == NULL) {
        block = take_uncommitted(arena, bytes);
    }
    if (block == NULL && release_free_pages(arena)) {
        block = take_uncommitted(arena, bytes);
    }
    return block;
}

static void *allocate_locked(struct arena *arena, size_t bytes, enum memory_kind kind, int device) {
    if (!start(arena)) {
        return NULL;
    }
    struct block *block = take(arena, bytes);
    if (block == NULL) {
        return NULL;
    }
    if (!cut(block, bytes)) {
        list_free(block);
        return NULL;
    }
    block->kind = kind;
    block->device = device;
    live_bytes += bytes;
    return arena->base + block->offset;
}

void *memory_allocate(size_t bytes, enum memory_kind kind, int device) {
    struct arena *arena = arena_get();
    if (arena == NULL || bytes > arena->bytes) {
        return NULL;
    }
    bytes = round_up(bytes > 0 ? bytes : 1, MEMORY_ALIGNMENT);
    pthread_mutex_lock(&lock);
    void *address = allocate_locked(arena, bytes, kind, device);
    pthread_mutex_unlock(&lock);
    return address;
}

bool memory_free(void *address, enum memory_kind kind) {
    struct arena *arena = arena_get();
    if (arena == NULL) {
        return false;
    }
    size_t offset = (size_t)((uintptr_t)address - (uintptr_t)arena->base);
    pthread_mutex_lock(&lock);
    struct block *block = block_at(offset);
    bool found = block != NULL && block->offset == offset && block->kind == kind;
    if (found) {
        live_bytes -= block->bytes;
        block->kind = MEMORY_FREE;
        atomic_fetch_add_explicit(&generation, 1, memory_order_release);
        list_free(coalesce(block));
    }
    pthread_mutex_unlock(&lock);
    return found;
}

/* The last two allocations that this thread looked up: send and receive buffer, usually. */
static _Thread_local struct {
    uint64_t generation;
    struct memory_info info;
} recent[2];
static _Thread_local unsigned recent_next;

static bool holds(const struct memory_info *info, const void *address, size_t bytes) {
    uintptr_t begin = (uintptr_t)address;
    return begin >= (uintptr_t)info->begin && begin < (uintptr_t)info->end &&
           bytes <= (uintptr_t)info->end - begin;
}

static bool find_recent(const void *address, size_t bytes, struct memory_info *info) {
    uint64_t now = atomic_load_explicit(&generation, memory_order_acquire);
    for (unsigned i = 0; i < ARRAY_COUNT(recent); i++) {
        if (recent[i].generation == now && holds(&recent[i].info, address, bytes)) {
            *info = recent[i].info;
            return true;
        }
    }
    return false;
}

bool memory_find(const void *address, size_t bytes, struct memory_info *info) {
    if (find_recent(address, bytes, info)) {
        return true;
    }
    struct arena *arena = arena_get();
    if (arena == NULL || (uintptr_t)address < (uintptr_t)arena->base) {
        return false;
    }
    size_t offset = (size_t)((uintptr_t)address - (uintptr_t)arena->base);
    pthread_mutex_lock(&lock);
    struct block *block = block_at(offset);
    bool found = block != NULL && (block->kind == MEMORY_DEVICE || block->kind == MEMORY_PINNED);
    if (found) {
        *info = (struct memory_info){.kind = block->kind,
                                     .device = block->device,
                                     .begin = arena->base + block->offset,
                                     .end = arena->base + block->offset + block->bytes};
        recent[recent_next].generation = atomic_load_explicit(&generation, memory_order_relaxed);
        recent[recent_next].info = *info;
        recent_next = (recent_next + 1) % ARRAY_COUNT(recent);
    }
    pthread_mutex_unlock(&lock);
    return found && holds(info, address, bytes);
}

void memory_totals(size_t *available, size_t *total) {
    *total = 0;
    FILE *file = fopen("/proc/meminfo", "re");
    if (file != NULL) {
        size_t kilobytes = 0;
        if (fscanf(file, "MemTotal: %zu kB", &kilobytes) == 1) {
            *total = kilobytes * 1024;
        }
        fclose(file);
    }
    *available = size_min(available_memory(), *total);
}

size_t memory_live_bytes(void) {
    pthread_mutex_lock(&lock);
    size_t bytes = live_bytes;
    pthread_mutex_unlock(&lock);
    return bytes;
}
