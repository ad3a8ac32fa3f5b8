/* SPDX-License-Identifier: Apache-2.0 */
/* The messages by which ranks find each other: one datagram of a SOCK_SEQPACKET socket each, with
 * descriptors. */
#ifndef CONVOY_WIRE_H
#define CONVOY_WIRE_H

#include "base/base.h"
#include "convoy/nccl_abi.h"
#include "memory/arena.h"

#include <sys/socket.h>
#include <sys/un.h>

#define WIRE_MAGIC 0x79766e6fu
#define WIRE_VERSION 1u
#define WIRE_FDS 2 /* the arena, for reading only, and a pidfd */
#define WIRE_TEXT_BYTES 200

/* What ncclUniqueId holds: where its maker listens, which of its communicators this is, and what
 * proves it. */
struct wire_id {
    uint32_t magic;
    uint32_t version;
    uint64_t service[2]; /* the maker's abstract socket is named after it */
    uint64_t key[2];
    uint64_t secret[2];
};

/* One rank, as it introduces itself and as the others learn of it. */
struct wire_member {
    int32_t rank;
    int32_t nranks;
    int32_t pid;
    uint32_t unused;
    struct arena_nonce process;
    uint64_t arena_bytes;
    uint64_t page_offset;
    uint64_t page_incarnation;
};

struct wire_hello {
    uint32_t magic;
    uint32_t version;
    uint64_t key[2];
    uint64_t secret[2];
    struct wire_member member;
};

/* The service's answer: one for each rank of the communicator, or one with an error. */
struct wire_answer {
    uint32_t magic;
    int32_t result; /* ncclResult_t */
    struct arena_nonce comm;
    struct wire_member member;
    char text[WIRE_TEXT_BYTES];
};

/* WIRE_TRUNCATED: this process may not open as many descriptors as came. */
enum wire_result { WIRE_OK, WIRE_AGAIN, WIRE_CLOSED, WIRE_TRUNCATED };

void wire_address(const struct wire_id *id, struct sockaddr_un *address, socklen_t *length);

/* True where the process at the other end has this process's user. */
bool wire_peer_is_same_user(int socket);

/* Sends one message without waiting, with `nfds` descriptors. */
enum wire_result wire_send(int socket, const void *bytes, size_t count, const int *fds, int nfds);

/*
 * Receives one message of exactly `count` bytes without waiting; a message of another size, or with
 * more descriptors than WIRE_FDS, counts as a closed connection. Descriptors that are missing are
 * -1.
 */
enum wire_result wire_receive(int socket, void *bytes, size_t count, int fds[WIRE_FDS]);

void wire_close_fds(int fds[WIRE_FDS]);

#endif
