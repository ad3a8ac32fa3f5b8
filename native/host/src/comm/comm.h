/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A communicator: one rank's own page, its view of the peers' pages, and the order of its work. Its
 * lock is held for one slice of work at a time; `async` and `aborted` are looked at without it.
 */
#ifndef CONVOY_COMM_H
#define CONVOY_COMM_H

#include "base/base.h"
#include "comm/page.h"
#include "convoy/nccl_abi.h"
#include "memory/arena.h"
#include "progress/bell.h"
#include "reduction/store_choice.h"

#include <pthread.h>

#define COMM_MAGIC 0x6d6d6f4379766e43u
#define COMM_RANKS_MAX 4096
#define COMM_TEXT_BYTES 256
#define COMM_NAME_BYTES 64
/* Children begun after a revocation count from here on, whatever became of those before. */
#define COMM_NUMBERS_AFTER_REVOKE ((uint64_t)1 << 32)

struct peer_process;
struct user_operator;
struct registration;

/* What store_choice learns about: operations of a kind and size, and what they do with the data. */
#define MOVE_KINDS 10
#define MOVE_SIZES 3
enum move_use { MOVE_REDUCED, MOVE_COPIED, MOVE_USES };

/* One-sided operations to a rank: how many were enqueued and posted, and what they came to. */
struct outgoing {
    uint64_t enqueued;
    uint64_t posted;
    uint64_t puts;
    uint64_t signals;
};

/* Those from a rank: the puts that were carried out, the signals that have arrived, and how many
 * the waits so far ask for. The rest is about the put that is being carried out. */
struct incoming {
    uint64_t carried;
    uint64_t arrived;
    uint64_t awaited;
    unsigned char *target; /* NULL: none */
    const unsigned char *source;
    size_t bytes;
    size_t moved;
    uint64_t signals;
};

/* One rank as this one sees it. */
struct peer {
    struct peer_process *process; /* NULL where the rank lives in this process */
    const unsigned char *base;    /* of its arena, as mapped here */
    uint64_t arena_bytes;
    const struct comm_page *page;
    uint64_t incarnation; /* of the page, when the rank introduced itself */
    uint64_t done_seen;   /* collectives that it is known to have finished reading */
    bool is_dead;         /* its process was seen to have died */
    bool holds_page;      /* which lies in this process, and stays until this rank needs none */

    uint64_t sent;           /* messages to it that were posted */
    uint64_t received;       /* messages from it that were consumed */
    uint64_t sends_enqueued; /* numbers given to messages at enqueue */
    uint64_t receives_enqueued;

    struct outgoing outgoing;
    struct incoming incoming;
};

struct ncclComm {
    uint64_t magic;
    atomic_uint references;
    struct ncclComm *next; /* in the registry, under its lock */

    int rank;
    int nranks;
    int device;
    bool blocking;
    char name[COMM_NAME_BYTES];

    pthread_mutex_t lock;
    _Atomic int async;      /* ncclSuccess, ncclInProgress or the error */
    atomic_bool aborted;    /* operations end at once, wherever they are */
    atomic_bool closing;    /* being aborted: whoever builds it or a child of it gives up */
    atomic_bool finalizing; /* no new operations; ncclSuccess again once the old ones are done */
    atomic_bool revoked;    /* its operations were ended; it can still have children */
    atomic_bool was_ready;  /* all peers were met: their pages may be looked at */
    atomic_bool released;   /* the user has destroyed or aborted it */
    bool destroyed;         /* only its page is kept, for peers that still read */
    char text[COMM_TEXT_BYTES]; /* under the lock: what the error in `async` was */

    struct arena_nonce nonce;
    struct comm_page *page;
    struct peer *peers;
    struct peer_process **processes; /* each other process once */
    int nprocesses;

    uint64_t next_ticket;   /* of the next launch to be enqueued */
    uint64_t active_ticket; /* the launch that may run */
    uint64_t collectives_enqueued;
    uint64_t shrinks_begun;
    uint64_t splits_begun;
    uint64_t growths_begun;

    _Atomic uint64_t enqueued;
    _Atomic uint64_t completed;

    /* What the program has made for it; under the lock. */
    struct user_operator *operators;
    struct registration *registrations;
    struct ncclWindow_vidmem *windows;
    uint64_t windows_registered;

    atomic_bool is_served;
    struct ncclComm *next_served; /* by the put server, under its lock */
    struct store_choice put_stores;
    int next_origin; /* of puts, whose turn it is */
    /* Of this rank as a root: whether all ranks reduce shares, learnt like stores. */
    struct store_choice splits[ncclNumTypes][MOVE_SIZES];
    struct store_choice stores[MOVE_KINDS][MOVE_USES][MOVE_SIZES];

    /* Jobs that make it or a child of it, those that grow it into another, and ends of its
     * operations. An abort waits for them. */
    atomic_uint makings;
    atomic_uint growths;
    atomic_uint endings;
    pthread_t worker; /* of jobs that do not block; under the lock */
    bool has_worker;
};

/* --- life --- */

/* A communicator with one reference, in state ncclInProgress, in no registry; NULL where memory is
 * short. */
struct ncclComm *comm_create(int rank, int nranks, int device, bool blocking, const char *name);
void comm_retain(struct ncclComm *comm);
void comm_release(struct ncclComm *comm);

/* Makes the communicator known to the monitor. */
void comm_register(struct ncclComm *comm);

/* Frees the page and the peers' mappings; under the lock or before the communicator is shared. */
void comm_drop_resources(struct ncclComm *comm, enum page_state last_words);

/* Frees what destroyed communicators kept for peers that have gone now. */
void comm_reap(void);

/* Notes which peers' processes have died; true where that is news. Under the lock, once the
 * communicator was ready and while it has its page. */
bool comm_mark_dead(struct ncclComm *comm);

/* The monitor found dead processes: notes them in all communicators. */
void comm_peers_died(void);

ncclResult_t comm_finalize(struct ncclComm *comm);
ncclResult_t comm_destroy(struct ncclComm *comm);
ncclResult_t comm_abort(struct ncclComm *comm);

/* Ends the operations and the making of children; afterwards it can have children and be given
 * back. */
ncclResult_t comm_revoke(struct ncclComm *comm);

/* The operations end wherever they are. */
void comm_end_operations(struct ncclComm *comm);

/* Waits until no job uses the communicator any more; only for the end of its last worker. */
void comm_join_jobs(struct ncclComm *comm);
void comm_join_thread(struct ncclComm *comm);

/* --- errors --- */

/* Sets the asynchronous error, the first one stays; under the lock. */
void comm_fail(struct ncclComm *comm, ncclResult_t error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the calling thread's error and text for a call that comes too late; returns `error`. */
ncclResult_t comm_report_failure(const char *name, struct ncclComm *comm, ncclResult_t error);

/* How often any communicator failed: a cheap test whether a wait has to look for it. */
unsigned comm_failures(void);

/* ncclSuccess, ncclInProgress or the error, with finalisation carried on. */
ncclResult_t comm_status(struct ncclComm *comm);

static inline bool comm_has_failed(const struct ncclComm *comm) {
    int async = atomic_load(&comm->async);
    return async != ncclSuccess && async != ncclInProgress;
}

/* --- the shared page, under the lock --- */

static inline uint64_t comm_stamp(const struct ncclComm *comm, uint64_t sequence) {
    return comm->nonce.word[0] + sequence + 1;
}

static inline uint64_t comm_counter_base(const struct ncclComm *comm) {
    return comm->nonce.word[1];
}

/* Stores a value for the peers to see, and wakes those that sleep. */
void comm_publish(struct ncclComm *comm, _Atomic uint64_t *word, uint64_t value);

/*
 * A peer's counter, 0 where it is not between 0 and `limit`: it lies or has recycled its page, and
 * the caller goes on to ask comm_peer_is_gone.
 */
static inline uint64_t comm_counter(const struct ncclComm *comm, const struct page_counter *counter,
                                    uint64_t limit) {
    uint64_t value = atomic_load(&counter->value) - comm_counter_base(comm);
    return value <= limit ? value : 0;
}

/* True where the peer will publish nothing more: dead, aborted, finalised or recycled. Look at its
 * counters again. */
bool comm_peer_is_gone(const struct ncclComm *comm, int rank);

/* The peer that is waited for is gone, and what it left does not do. */
void comm_fail_gone(struct ncclComm *comm, int rank, const char *waiting_for);

/* An offset and length that a peer wrote, as an address here; NULL where it does not lie in its
 * arena. */
const unsigned char *comm_peer_address(const struct ncclComm *comm, int rank, uint64_t offset,
                                       uint64_t bytes);

#endif
