/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one rank of a communicator shows its peers. Only its owner writes it; peers read it through
 * a read-only mapping, check every value that they use, and believe a counter only with the
 * communicator's random base in it, so that a page that was recycled for another communicator is
 * never mistaken for this one.
 */
#ifndef CONVOY_PAGE_H
#define CONVOY_PAGE_H

#include "base/base.h"
#include "memory/arena.h"

#define PAGE_MAGIC 0x45474150594f5643u
#define PAGE_LAYOUT 2u

/* Collectives that may be under way before the first is known to have been read by all. */
#define RING_SLOTS 16u
#define COLLECTIVE_MAIL_BYTES 4096u
#define COLLECTIVE_INLINE_BYTES 24u
/* Where what is not inline keeps a user-made operator's scalar and a root's decision to split. */
#define PAYLOAD_SCALAR 0u
#define PAYLOAD_SPLIT 8u

/*
 * Mailboxes for larger all-reduces: copying to one costs less than the two meetings that it saves,
 * as long as what all ranks show together fits a core's own cache. One for every slot, so that a
 * mailbox has left the readers' caches when it is written again: a store to a line that another
 * core still holds is slow.
 */
#define LARGE_MAIL_MOST ((size_t)128 << 10)
#define LARGE_MAIL_OF_ALL ((size_t)256 << 10)

/* The same for the messages from one rank to one other. */
#define LANE_SLOTS 8u
#define LANE_MAIL_BYTES 1024u
#define LANE_INLINE_BYTES 32u

/* Puts to one other rank that may be under way. */
#define PUT_SLOTS 8u

enum page_state {
    PAGE_INITIALIZING = 0,
    PAGE_READY = 1,
    PAGE_FINALIZED = 2, /* its rank has completed everything and needs nothing more from anybody */
    PAGE_ABORTED = 3
};

enum payload_place {
    PLACE_ARENA = 0, /* at an offset of the owner's arena; the owner waits for its readers */
    PLACE_INLINE = 1,
    PLACE_MAIL = 2
};

/* A counter that peers poll, alone on its cache line. Published with the communicator's base added.
 */
struct page_counter {
    alignas(CACHE_LINE) _Atomic uint64_t value;
};

/* One cache line: for a tiny payload it is all that a peer has to fetch. */
struct collective_slot {
    alignas(CACHE_LINE) _Atomic uint64_t stamp; /* base + sequence + 1 once the rest is valid */
    uint8_t kind;
    uint8_t type;
    uint8_t redop;
    uint8_t place;
    int32_t root;
    uint64_t count;
    uint64_t send_offset;
    uint64_t receive_offset;
    unsigned char payload[COLLECTIVE_INLINE_BYTES];
};

struct message_slot {
    alignas(CACHE_LINE) _Atomic uint64_t stamp;
    uint8_t place;
    uint64_t bytes;
    uint64_t offset;
    unsigned char payload[LANE_INLINE_BYTES];
};

/* Data for a window of the other rank. */
struct put_slot {
    alignas(CACHE_LINE) _Atomic uint64_t stamp;
    uint64_t window; /* its number */
    uint64_t window_offset;
    uint64_t source_offset;
    uint64_t bytes;
    uint64_t signals; /* to the other rank so far, this put's among them */
};

/*
 * From the page's rank to one other rank: its messages, puts, and how many signals it has sent.
 * And what it has done with those of that rank: how many messages it has consumed and puts carried
 * out, and the stamp of a put that it cannot carry out.
 */
struct message_lane {
    struct message_slot slots[LANE_SLOTS];
    struct put_slot puts[PUT_SLOTS];
    struct page_counter signals;
    struct page_counter consumed;
    struct page_counter carried;
    struct page_counter refused;
    alignas(CACHE_LINE) unsigned char mail[LANE_SLOTS][LANE_MAIL_BYTES];
};

enum child_kind { CHILD_SHRUNK, CHILD_SPLIT, CHILD_KINDS };

/*
 * What the members of a communicator's child tell each other in order to build it. Here and below:
 * whoever gives up may write for the next one while another still reads, who then finds the stamp
 * changed.
 */
struct child_slot {
    alignas(CACHE_LINE) _Atomic uint64_t stamp; /* base + number of the child + 1 */
    _Atomic uint64_t page_offset;
    _Atomic uint64_t page_incarnation; /* 0 where the rank gave up */
    _Atomic uint64_t members_hash;
    _Atomic uint64_t nonce[2]; /* believed from the child's rank 0 */
};

/*
 * Where a rank wants to be in a split. Two of them: whoever shows its wish for the next split has
 * completed this one, so that everybody has read those of the last.
 */
#define SPLIT_SLOTS 2u
struct split_slot {
    alignas(CACHE_LINE) _Atomic uint64_t stamp; /* base + number of the split + 1 */
    _Atomic int32_t color;
    _Atomic int32_t key;
    atomic_bool gave_up; /* it takes part neither in this split nor in a later one */
};

/* The unique id by which a communicator grows, from the rank that made it. */
#define GROW_ID_WORDS 7u
struct grow_slot {
    alignas(CACHE_LINE) _Atomic uint64_t stamp; /* base + number of the growth + 1 */
    _Atomic uint64_t id[GROW_ID_WORDS];
};

/* What stands before the slots is read before it is known whether the page is still the rank's. */
struct comm_page {
    _Atomic uint64_t magic;
    _Atomic uint32_t layout;
    _Atomic int32_t rank;
    _Atomic int32_t nranks;
    _Atomic uint32_t state;
    /* Differs each time that the memory is used for a page; 0 while it is free. Known before there
     * is a nonce. */
    _Atomic uint64_t incarnation;
    _Atomic uint64_t nonce[2];
    struct page_counter done; /* collectives that this rank has finished reading */
    struct page_counter progress[RING_SLOTS];
    struct collective_slot slots[RING_SLOTS];
    struct child_slot children[CHILD_KINDS];
    struct split_slot splits[SPLIT_SLOTS];
    struct grow_slot growth;
    alignas(CACHE_LINE) unsigned char mail[RING_SLOTS][COLLECTIVE_MAIL_BYTES];
    struct message_lane lanes[]; /* one for each rank; then the large mailboxes */
};

_Static_assert(sizeof(struct collective_slot) == CACHE_LINE, "one line");
_Static_assert(sizeof(struct message_slot) == CACHE_LINE, "one line");
_Static_assert(sizeof(struct grow_slot) == CACHE_LINE, "one line");

/* Lanes are rounded up to a power of two, so that a few free lists serve communicators of all
 * sizes. */
static inline int page_size_class(int nranks) {
    int log2_lanes = 0;
    while ((1 << log2_lanes) < nranks) {
        log2_lanes++;
    }
    return log2_lanes;
}

/* Of one slot; 0 where it would hold no more than a small one. */
static inline size_t page_large_mail_bytes(int nranks) {
    size_t share = LARGE_MAIL_OF_ALL >> page_size_class(nranks);
    return share <= COLLECTIVE_MAIL_BYTES ? 0 : size_min(share, LARGE_MAIL_MOST);
}

static inline size_t page_large_mail_offset(int nranks) {
    return sizeof(struct comm_page) +
           ((size_t)1 << page_size_class(nranks)) * sizeof(struct message_lane);
}

static inline size_t page_bytes(int nranks) {
    return page_large_mail_offset(nranks) + RING_SLOTS * page_large_mail_bytes(nranks);
}

/* The mailbox of a collective that shows this many bytes. */
static inline const unsigned char *page_mail(const struct comm_page *page, int nranks,
                                             uint64_t sequence, size_t bytes) {
    if (bytes <= COLLECTIVE_MAIL_BYTES) {
        return page->mail[sequence % RING_SLOTS];
    }
    return (const unsigned char *)page + page_large_mail_offset(nranks) +
           sequence % RING_SLOTS * page_large_mail_bytes(nranks);
}

/*
 * A page in state INITIALIZING, zeroed but for the mailboxes. Page memory is only ever
 * recycled for pages: a late reader sees another page, not a user's data.
 */
struct comm_page *page_acquire(int rank, int nranks);
void page_release(struct comm_page *page);

/*
 * A rank looks at the page of another one in the same process: between the threads of one process
 * it is a data race to read what may be recycled meanwhile, whatever is done with it then. So the
 * memory stays as its owner left it until the other rank lets go of it, too. False where the owner
 * has released the page already.
 */
bool page_hold(const struct comm_page *page, uint64_t incarnation);
void page_let_go(const struct comm_page *page);

/* True where a peer's page is that rank's page of the communicator with this nonce. */
bool page_belongs(const struct comm_page *page, struct arena_nonce nonce);

#endif
