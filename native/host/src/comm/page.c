/* SPDX-License-Identifier: Apache-2.0 */
#include "comm/page.h"

#include "memory/memory.h"
#include "memory/tree.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_CLASSES 31

/* What the process knows of one piece of page memory, outside of what peers can see. */
struct page_record {
    struct tree_node by_address;
    struct comm_page *page;
    int class;
    unsigned users; /* its owner, and the other ranks of this process that hold it */
    struct page_record *next_free;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct tree_node *records; /* of all memory that was ever used for pages */
static struct page_record *free_records[SIZE_CLASSES];

static struct page_record *record_of_node(const struct tree_node *node) {
    return CONTAINER_OF((struct tree_node *)node, struct page_record, by_address);
}

static int by_address(const struct tree_node *a, const struct tree_node *b) {
    uintptr_t x = (uintptr_t)record_of_node(a)->page;
    uintptr_t y = (uintptr_t)record_of_node(b)->page;
    return (x > y) - (x < y);
}

/* NULL where no page begins there. */
static struct page_record *find_locked(const struct comm_page *page) {
    struct tree_node *node = records;
    while (node != NULL && record_of_node(node)->page != page) {
        node = (uintptr_t)page < (uintptr_t)record_of_node(node)->page ? node->left : node->right;
    }
    return node != NULL ? record_of_node(node) : NULL;
}

static struct page_record *take_free(int class) {
    pthread_mutex_lock(&lock);
    struct page_record *record = free_records[class];
    if (record != NULL) {
        free_records[class] = record->next_free;
    }
    pthread_mutex_unlock(&lock);
    return record;
}

static struct page_record *make_record(int class, size_t bytes) {
    struct page_record *record = calloc(1, sizeof *record);
    void *page = record != NULL ? memory_allocate(bytes, MEMORY_PAGES, 0) : NULL;
    if (page == NULL) {
        free(record);
        return NULL;
    }
    *record = (struct page_record){.page = page, .class = class};
    pthread_mutex_lock(&lock);
    tree_insert(&records, &record->by_address, by_address);
    pthread_mutex_unlock(&lock);
    return record;
}

/* Of the mailboxes nobody believes anything before their slots say so. */
static void clear(struct comm_page *page, int class) {
    memset(page, 0, offsetof(struct comm_page, mail));
    for (int lane = 0; lane < 1 << class; lane++) {
        memset(&page->lanes[lane], 0, offsetof(struct message_lane, mail));
    }
}

/* From here on it can be held. */
static void use(struct page_record *record, uint64_t incarnation) {
    pthread_mutex_lock(&lock);
    record->users = 1;
    atomic_store(&record->page->incarnation, incarnation);
    pthread_mutex_unlock(&lock);
}

struct comm_page *page_acquire(int rank, int nranks) {
    static _Atomic uint64_t last_incarnation;
    int class = page_size_class(nranks);
    struct page_record *record = take_free(class);
    if (record == NULL) {
        record = make_record(class, page_bytes(nranks));
    }
    if (record == NULL) {
        return NULL;
    }
    struct comm_page *page = record->page;
    clear(page, class);
    atomic_store(&page->magic, PAGE_MAGIC);
    atomic_store(&page->layout, PAGE_LAYOUT);
    atomic_store(&page->rank, rank);
    atomic_store(&page->nranks, nranks);
    use(record, atomic_fetch_add(&last_incarnation, 1) + 1);
    return page;
}

static void leave_locked(struct page_record *record) {
    if (--record->users == 0) {
        record->next_free = free_records[record->class];
        free_records[record->class] = record;
    }
}

void page_release(struct comm_page *page) {
    pthread_mutex_lock(&lock);
    /* No reader may take what the next owner writes for a page of this communicator. */
    atomic_store(&page->incarnation, 0);
    atomic_store(&page->nonce[0], 0);
    atomic_store(&page->nonce[1], 0);
    leave_locked(find_locked(page));
    pthread_mutex_unlock(&lock);
}

bool page_hold(const struct comm_page *page, uint64_t incarnation) {
    pthread_mutex_lock(&lock);
    struct page_record *record = find_locked(page);
    bool held = record != NULL && record->users > 0 && incarnation != 0 &&
                atomic_load(&page->incarnation) == incarnation;
    if (held) {
        record->users++;
    }
    pthread_mutex_unlock(&lock);
    return held;
}

void page_let_go(const struct comm_page *page) {
    pthread_mutex_lock(&lock);
    leave_locked(find_locked(page));
    pthread_mutex_unlock(&lock);
}

bool page_belongs(const struct comm_page *page, struct arena_nonce nonce) {
    return atomic_load(&page->nonce[0]) == nonce.word[0] &&
           atomic_load(&page->nonce[1]) == nonce.word[1];
}
