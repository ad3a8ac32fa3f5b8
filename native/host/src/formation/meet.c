/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "formation/meet.h"

#include "base/errors.h"
#include "formation/assembly.h"
#include "formation/family.h"
#include "peers/peers.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How long an abort may go unnoticed. */
#define LOOK_MILLIS 3

static ncclResult_t connect_to(const struct wire_id *id, int *connected) {
    struct sockaddr_un address;
    socklen_t length;
    wire_address(id, &address, &length);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return error_nccl(ncclSystemError, "socket failed: %s", strerror(errno));
    }
    if (connect(fd, (struct sockaddr *)&address, length) != 0) {
        int error = errno;
        close(fd);
        if (error == EAGAIN) {
            return ncclInProgress; /* its queue is full: try again */
        }
        return error_nccl(
            ncclSystemError,
            "the process that made the unique id cannot be reached (%s): it ended, or "
            "lives in another network namespace",
            strerror(error));
    }
    if (!wire_peer_is_same_user(fd)) {
        close(fd);
        return error_nccl(ncclSystemError, "the unique id's maker belongs to another user");
    }
    *connected = fd;
    return ncclSuccess;
}

/* A rank of the parent that has left it, or −1. Before all have met none can have completed its
 * part, so that it will not come. */
static int find_lost(const struct job *job) {
    for (int rank = 0; job->parent != NULL && rank < job->parent->nranks; rank++) {
        if (family_has_lost(job->parent, rank)) {
            return rank;
        }
    }
    return -1;
}

static bool poll_once(const struct job *job, int fd, short events) {
    struct pollfd entry = {.fd = fd, .events = events};
    poll(&entry, fd >= 0 ? 1 : 0, LOOK_MILLIS);
    return !job_is_cancelled(job) && find_lost(job) < 0;
}

static ncclResult_t explain(const struct job *job) {
    if (job_is_cancelled(job)) {
        return job_cancellation(job);
    }
    return error_nccl(ncclRemoteError, "rank %d of the parent died or has left it", find_lost(job));
}

static ncclResult_t connect_patiently(const struct job *job, const struct wire_id *id, int *fd) {
    ncclResult_t result;
    while ((result = connect_to(id, fd)) == ncclInProgress) {
        if (!poll_once(job, -1, 0)) {
            return explain(job);
        }
    }
    return result;
}

static struct wire_hello hello_of(const struct ncclComm *comm, const struct wire_id *id) {
    const struct arena *arena = arena_get();
    struct wire_hello hello = {.magic = WIRE_MAGIC, .version = WIRE_VERSION};
    memcpy(hello.key, id->key, sizeof hello.key);
    memcpy(hello.secret, id->secret, sizeof hello.secret);
    hello.member = (struct wire_member){
        .rank = comm->rank,
        .nranks = comm->nranks,
        .pid = getpid(),
        .process = arena->header->nonce,
        .arena_bytes = arena->bytes,
        .page_offset = (uint64_t)((unsigned char *)comm->page - arena->base),
        .page_incarnation = atomic_load(&comm->page->incarnation),
    };
    return hello;
}

static ncclResult_t lost_maker(void) {
    return error_nccl(ncclRemoteError,
                      "the process that made the unique id ended before all ranks had met");
}

static ncclResult_t say_hello(const struct job *job, const struct wire_id *id, int socket) {
    struct wire_hello hello = hello_of(job->comm, id);
    int fds[WIRE_FDS] = {arena_open_reader(), (int)syscall(SYS_pidfd_open, getpid(), 0)};
    ncclResult_t result = ncclSuccess;
    if (fds[0] < 0 || fds[1] < 0) {
        result =
            error_nccl(ncclSystemError, "no descriptors to show the peers: %s", strerror(errno));
    }
    while (result == ncclSuccess) {
        enum wire_result sent = wire_send(socket, &hello, sizeof hello, fds, WIRE_FDS);
        if (sent == WIRE_OK) {
            break;
        }
        if (sent == WIRE_CLOSED) {
            result = lost_maker();
        } else if (!poll_once(job, socket, POLLOUT)) {
            result = explain(job);
        }
    }
    wire_close_fds(fds);
    return result;
}

static ncclResult_t accept_member(struct ncclComm *comm, const struct wire_answer *answer,
                                  int fds[WIRE_FDS]) {
    const struct wire_member *member = &answer->member;
    const char *why = "it came without descriptors";
    struct peer_process *process = NULL;
    if (!nonce_equal(member->process, arena_get()->header->nonce)) {
        process = peers_find(member->process);
        if (process == NULL && fds[0] >= 0 && fds[1] >= 0) {
            process = peers_map(member->process, member->pid, member->arena_bytes, fds[0], fds[1],
                                (unsigned)comm->rank, &why);
        }
        if (process == NULL) {
            return error_nccl(ncclSystemError, "rank %d: %s", member->rank, why);
        }
        assembly_keep_process(comm, process);
    }
    if (!assembly_add_peer(comm, member->rank, process, member->page_offset,
                           member->page_incarnation, &why)) {
        return error_nccl(ncclRemoteError, "rank %d: %s", member->rank, why);
    }
    return ncclSuccess;
}

/* One answer for each rank, in the order of the ranks. */
static ncclResult_t take_answer(struct ncclComm *comm, int expected_rank, int socket) {
    struct wire_answer answer;
    int fds[WIRE_FDS];
    switch (wire_receive(socket, &answer, sizeof answer, fds)) {
    case WIRE_AGAIN:
        return ncclInProgress;
    case WIRE_CLOSED:
        return lost_maker();
    case WIRE_TRUNCATED:
        return error_nccl(
            ncclSystemError,
            "the peers' descriptors could not be taken: raise the limit on open files");
    case WIRE_OK:
        break;
    }
    ncclResult_t result;
    if (answer.magic != WIRE_MAGIC || answer.result < 0 || answer.result >= ncclNumResults) {
        result = error_nccl(ncclSystemError, "the unique id's maker answered in another protocol");
    } else if (answer.result != ncclSuccess) {
        answer.text[sizeof answer.text - 1] = '\0';
        result = error_nccl((ncclResult_t)answer.result, "%s", answer.text);
    } else if (answer.member.rank != expected_rank || answer.member.nranks != comm->nranks) {
        result = error_nccl(ncclInternalError, "the unique id's maker named ranks out of order");
    } else {
        comm->nonce = answer.comm;
        result = accept_member(comm, &answer, fds);
    }
    wire_close_fds(fds);
    return result;
}

static ncclResult_t take_answers(const struct job *job, int socket) {
    struct ncclComm *comm = job->comm;
    int rank = 0;
    while (rank < comm->nranks) {
        ncclResult_t result = take_answer(comm, rank, socket);
        if (result == ncclSuccess) {
            rank++;
        } else if (result != ncclInProgress) {
            return result;
        } else if (!poll_once(job, socket, POLLIN)) {
            return explain(job);
        }
    }
    return ncclSuccess;
}

ncclResult_t meet_ranks(struct job *job, const struct wire_id *id) {
    int socket = -1;
    ncclResult_t result = connect_patiently(job, id, &socket);
    if (result != ncclSuccess) {
        return result;
    }
    result = say_hello(job, id, socket);
    if (result == ncclSuccess) {
        result = take_answers(job, socket);
    }
    close(socket);
    return result;
}
