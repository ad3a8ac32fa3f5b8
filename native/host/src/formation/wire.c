/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "formation/wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

_Static_assert(sizeof(struct wire_id) <= NCCL_UNIQUE_ID_BYTES, "the id must fit");

void wire_address(const struct wire_id *id, struct sockaddr_un *address, socklen_t *length) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    /* A leading zero byte: abstract, so nothing is left in the file system. */
    int n = snprintf(address->sun_path + 1, sizeof address->sun_path - 1, "convoy-%016llx%016llx",
                     (unsigned long long)id->service[0], (unsigned long long)id->service[1]);
    *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
}

bool wire_peer_is_same_user(int socket) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
           length == sizeof peer && peer.uid == geteuid();
}

union control {
    char bytes[CMSG_SPACE(WIRE_FDS * sizeof(int))];
    struct cmsghdr alignment;
};

enum wire_result wire_send(int socket, const void *bytes, size_t count, const int *fds, int nfds) {
    union control control;
    struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (nfds > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE((size_t)nfds * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN((size_t)nfds * sizeof(int));
        memcpy(CMSG_DATA(header), fds, (size_t)nfds * sizeof(int));
    }
    ssize_t sent;
    do {
        sent = sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent == (ssize_t)count) {
        return WIRE_OK;
    }
    /* ETOOMANYREFS: too many descriptors on their way; receivers are taking them off. */
    bool again = sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ||
                              errno == ETOOMANYREFS);
    return again ? WIRE_AGAIN : WIRE_CLOSED;
}

static void take_fds(struct msghdr *message, int fds[WIRE_FDS]) {
    int taken = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL;
         header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
            if (taken < WIRE_FDS) {
                fds[taken++] = fd;
            } else {
                close(fd);
            }
        }
    }
}

static ssize_t receive_once(int socket, void *bytes, size_t count, int fds[WIRE_FDS], int *flags) {
    union control control;
    struct iovec part = {.iov_base = bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got;
    do {
        got = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got >= 0) {
        take_fds(&message, fds);
        *flags = message.msg_flags;
    }
    return got;
}

enum wire_result wire_receive(int socket, void *bytes, size_t count, int fds[WIRE_FDS]) {
    int flags = 0;
    for (int i = 0; i < WIRE_FDS; i++) {
        fds[i] = -1;
    }
    ssize_t got = receive_once(socket, bytes, count, fds, &flags);
    if (got == 0) {
        /*
         * Linux looks at the queue first and at the end of the connection afterwards: a peer that
         * sends and closes in between seems to have sent nothing. What it sent is in the queue by
         * now.
         */
        got = receive_once(socket, bytes, count, fds, &flags);
    }
    if (got < 0) {
        return errno == EAGAIN || errno == EWOULDBLOCK ? WIRE_AGAIN : WIRE_CLOSED;
    }
    if (got != (ssize_t)count || (flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
        wire_close_fds(fds);
        return got == (ssize_t)count && (flags & MSG_CTRUNC) != 0 ? WIRE_TRUNCATED : WIRE_CLOSED;
    }
    return WIRE_OK;
}

void wire_close_fds(int fds[WIRE_FDS]) {
    for (int i = 0; i < WIRE_FDS; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
            fds[i] = -1;
        }
    }
}
