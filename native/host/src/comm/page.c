/* SPDX-License-Identifier: Apache-2.0 */
#include "comm/page.h"

#include "memory/memory.h"

#include <pthread.h>
#include <string.h>

#define SIZE_CLASSES 31

/* Lies over a free page's first bytes. */
struct free_page {
    _Atomic(struct free_page *) next;
};

/* A part of a page of any type. */
typedef _Atomic uint64_t __attribute__((may_alias)) page_word;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct free_page *free_pages[SIZE_CLASSES];

static void *take_free(int class) {
    pthread_mutex_lock(&lock);
    struct free_page *page = free_pages[class];
    if (page != NULL) {
        free_pages[class] = atomic_load(&page->next);
    }
    pthread_mutex_unlock(&lock);
    return page;
}

/*
 * Not by memset: a peer whose communicator was here before may look right now whether this rank is
 * gone. Of the mailboxes nobody believes anything before their slots say so.
 */
static void clear(void *part, size_t bytes) {
    page_word *words = part;
    for (size_t i = 0; i < bytes / sizeof *words; i++) {
        atomic_store_explicit(&words[i], 0, memory_order_relaxed);
    }
}

static void clear_page(struct comm_page *page, int nranks) {
    clear(page, offsetof(struct comm_page, mail));
    for (int lane = 0; lane < 1 << page_size_class(nranks); lane++) {
        clear(&page->lanes[lane], offsetof(struct message_lane, mail));
    }
}

struct comm_page *page_acquire(int rank, int nranks) {
    static _Atomic uint64_t last_incarnation;
    struct comm_page *page = take_free(page_size_class(nranks));
    if (page == NULL) {
        page = memory_allocate(page_bytes(nranks), MEMORY_PAGES, 0);
    }
    if (page != NULL) {
        clear_page(page, nranks);
        atomic_store(&page->magic, PAGE_MAGIC);
        atomic_store(&page->layout, PAGE_LAYOUT);
        atomic_store(&page->rank, rank);
        atomic_store(&page->nranks, nranks);
        atomic_store(&page->incarnation, atomic_fetch_add(&last_incarnation, 1) + 1);
    }
    return page;
}

void page_release(struct comm_page *page, int nranks) {
    int class = page_size_class(nranks);
    /* No reader may take what the next owner writes for a page of this communicator. */
    atomic_store(&page->incarnation, 0);
    atomic_store(&page->nonce[0], 0);
    atomic_store(&page->nonce[1], 0);
    struct free_page *free_page = (struct free_page *)(void *)page;
    pthread_mutex_lock(&lock);
    atomic_store(&free_page->next, free_pages[class]);
    free_pages[class] = free_page;
    pthread_mutex_unlock(&lock);
}

bool page_belongs(const struct comm_page *page, struct arena_nonce nonce) {
    return atomic_load(&page->nonce[0]) == nonce.word[0] &&
           atomic_load(&page->nonce[1]) == nonce.word[1];
}
