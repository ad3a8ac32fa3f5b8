/* SPDX-License-Identifier: Apache-2.0 */
/* The processes whose arenas are mapped here: each once, however many communicators are shared with
 * it. */
#ifndef CONVOY_PEERS_H
#define CONVOY_PEERS_H

#include "memory/arena.h"
#include "progress/futex.h"

struct peer_process {
    struct peer_process *next;
    unsigned references; /* under the registry's lock */
    struct arena_nonce nonce;
    int32_t pid;
    int pidfd;
    const unsigned char *base;
    uint64_t bytes;
    const struct arena_header *header;
    /* Which of the peer's robust futexes this process sleeps on: one sleeper per word is woken. */
    unsigned life_index;
    uint32_t life_word; /* its value while the peer lives; 0 where the peer armed none */
    uint64_t unmap_at;  /* where no communicator is shared with it any more */
    atomic_bool dead;   /* set once by the monitor, before it looks at communicators */
};

/* Takes a reference to the process if it is mapped already, else NULL. */
struct peer_process *peers_find(struct arena_nonce nonce);

/*
 * Maps a peer's arena and takes a reference. The descriptors remain the caller's. NULL, with `why`
 * set, where the file is not what a peer's arena must be.
 */
struct peer_process *peers_map(struct arena_nonce nonce, int32_t pid, uint64_t bytes, int arena_fd,
                               int pidfd, unsigned life_index, const char **why);

void peers_release(struct peer_process *peer);

/* The bells of all mapped processes with their present values; returns how many. */
unsigned peers_bells(struct futex_word *words, unsigned capacity);

/* The same for the words on which put servers sleep. */
unsigned peers_put_bells(struct futex_word *words, unsigned capacity);

/* How many peer processes are mapped. */
unsigned peers_count(void);

/* For the monitor: the robust futexes of the living, and the dead among the mapped. */
unsigned peers_life_words(struct futex_word *words, unsigned capacity);
bool peers_mark_dead(void);

#endif
