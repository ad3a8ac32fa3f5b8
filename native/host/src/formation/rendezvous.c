/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "formation/rendezvous.h"

#include "base/errors.h"
#include "base/thread.h"
#include "comm/comm.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How many failed sessions are remembered, for ranks that come late. */
#define FAILED_SESSIONS_KEPT 64u
#define ADMIT_PAUSE_MICROS 5000u

/* A connection; it belongs to a session once it has said a sound hello. */
struct visitor {
    struct visitor *next;
    int socket;
    int fds[WIRE_FDS];
    struct session *session; /* NULL before the hello */
    struct wire_member member;
    int next_answer;
    bool finished;
};

/* One unique id. */
struct session {
    struct session *next;
    uint64_t key[2];
    uint64_t secret[2];
    struct arena_nonce comm;
    int nranks; /* 0 before the first hello */
    int present;
    struct visitor **members; /* by rank */
    ncclResult_t error;
    char text[WIRE_TEXT_BYTES];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_bool serving; /* what the next three hold is valid */
static int listener = -1;
static int start_errno;
static uint64_t service[2];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the list of sessions */
static struct session *sessions;
static struct visitor *visitors; /* the thread's own */

/* --- sessions --- */

static struct session *find_session_locked(const uint64_t key[2]) {
    for (struct session *session = sessions; session != NULL; session = session->next) {
        if (session->key[0] == key[0] && session->key[1] == key[1]) {
            return session;
        }
    }
    return NULL;
}

static void remove_session(struct session *gone) {
    pthread_mutex_lock(&lock);
    for (struct session **link = &sessions; *link != NULL; link = &(*link)->next) {
        if (*link == gone) {
            *link = gone->next;
            break;
        }
    }
    pthread_mutex_unlock(&lock);
    free(gone->members);
    free(gone);
}

static bool session_is_complete(const struct session *session) {
    return session->nranks > 0 && session->present == session->nranks;
}

static void session_fail(struct session *session, ncclResult_t error, const char *text) {
    if (session->error == ncclSuccess) {
        session->error = error;
        snprintf(session->text, sizeof session->text, "%s", text);
    }
}

/* --- visitors --- */

static void dismiss(struct visitor *visitor) {
    wire_close_fds(visitor->fds);
    close(visitor->socket);
    visitor->socket = -1;
    visitor->finished = true;
}

static void answer_error(struct visitor *visitor, ncclResult_t error, const char *text) {
    struct wire_answer answer = {.magic = WIRE_MAGIC, .result = error};
    snprintf(answer.text, sizeof answer.text, "%s", text);
    wire_send(visitor->socket, &answer, sizeof answer, NULL, 0); /* no room: it sees the end */
    dismiss(visitor);
}

/* Under the lock: a session without members may be forgotten by another thread. */
static bool join_locked(struct session *session, struct visitor *visitor) {
    const struct wire_member *member = &visitor->member;
    char text[WIRE_TEXT_BYTES];
    if (session->nranks == 0) {
        session->members = calloc((size_t)member->nranks, sizeof *session->members);
        if (session->members == NULL) {
            return false;
        }
        session->nranks = member->nranks;
    }
    visitor->session = session;
    if (session->error != ncclSuccess) {
        return true; /* too late: it is told what happened */
    }
    if (member->nranks != session->nranks) {
        snprintf(text, sizeof text, "ranks differ on the size: rank %d says %d, another said %d",
                 member->rank, member->nranks, session->nranks);
        session_fail(session, ncclInvalidUsage, text);
    } else if (session->members[member->rank] != NULL) {
        snprintf(text, sizeof text, "two processes or threads call themselves rank %d of %d",
                 member->rank, member->nranks);
        session_fail(session, ncclInvalidUsage, text);
    } else {
        session->members[member->rank] = visitor;
        session->present++;
    }
    return true;
}

static void greet(struct visitor *visitor) {
    struct wire_hello hello;
    enum wire_result result = wire_receive(visitor->socket, &hello, sizeof hello, visitor->fds);
    if (result == WIRE_AGAIN) {
        return;
    }
    if (result == WIRE_TRUNCATED) {
        answer_error(
            visitor, ncclSystemError,
            "the unique id's maker could not take a rank's descriptors: raise its limit on "
            "open files");
        return;
    }
    if (result == WIRE_CLOSED || hello.magic != WIRE_MAGIC || hello.version != WIRE_VERSION ||
        visitor->fds[0] < 0 || visitor->fds[1] < 0 || hello.member.nranks < 1 ||
        hello.member.nranks > COMM_RANKS_MAX || hello.member.rank < 0 ||
        hello.member.rank >= hello.member.nranks) {
        dismiss(visitor);
        return;
    }
    visitor->member = hello.member;
    pthread_mutex_lock(&lock);
    struct session *session = find_session_locked(hello.key);
    bool known = session != NULL && session->secret[0] == hello.secret[0] &&
                 session->secret[1] == hello.secret[1];
    bool joined = known && join_locked(session, visitor);
    pthread_mutex_unlock(&lock);
    if (!known) {
        answer_error(visitor, ncclInvalidUsage,
                     "the unique id was used up: make a new one for each communicator");
    } else if (!joined) {
        answer_error(visitor, ncclSystemError, "the unique id's maker is out of memory");
    }
}

/* A member has nothing more to say: a readable socket means that it has gone, or does not keep to
 * the protocol. */
static void lose(struct visitor *visitor) {
    struct session *session = visitor->session;
    if (!session_is_complete(session)) {
        char text[WIRE_TEXT_BYTES];
        snprintf(text, sizeof text,
                 "rank %d of %d left before the communicator was complete (died or aborted)",
                 visitor->member.rank, session->nranks);
        session_fail(session, ncclRemoteError, text);
    }
    dismiss(visitor);
}

/* Tells a rank of all ranks, as far as its socket takes it. */
static void tell(struct visitor *visitor) {
    const struct session *session = visitor->session;
    while (visitor->next_answer < session->nranks) {
        const struct visitor *other = session->members[visitor->next_answer];
        struct wire_answer answer = {.magic = WIRE_MAGIC,
                                     .result = ncclSuccess,
                                     .comm = session->comm,
                                     .member = other->member};
        bool foreign = !nonce_equal(other->member.process, visitor->member.process);
        enum wire_result result =
            wire_send(visitor->socket, &answer, sizeof answer, other->fds, foreign ? WIRE_FDS : 0);
        if (result == WIRE_AGAIN) {
            return;
        }
        if (result == WIRE_CLOSED) {
            break;
        }
        visitor->next_answer++;
    }
    visitor->finished = true; /* its descriptors are still passed on: closed with the session */
}

static bool all_told(const struct session *session) {
    for (int rank = 0; rank < session->nranks; rank++) {
        if (!session->members[rank]->finished) {
            return false;
        }
    }
    return true;
}

static void end_session(struct session *session) {
    for (struct visitor *visitor = visitors; visitor != NULL; visitor = visitor->next) {
        if (visitor->session != session) {
            continue;
        }
        if (visitor->socket >= 0 && session->error != ncclSuccess) {
            answer_error(visitor, session->error, session->text);
        } else if (visitor->socket >= 0) {
            dismiss(visitor);
        }
        visitor->session = NULL;
    }
    if (session->error == ncclSuccess) {
        remove_session(session);
    } else { /* it stays, for ranks that are still to come */
        session->present = 0;
        free(session->members);
        session->members = NULL;
    }
}

/* Goes by the visitors: a session without one may vanish at any time. */
static void settle_sessions(void) {
    struct visitor *visitor = visitors;
    while (visitor != NULL) {
        struct session *session = visitor->session;
        if (session != NULL && (session->error != ncclSuccess ||
                                (session_is_complete(session) && all_told(session)))) {
            end_session(session);
            visitor = visitors;
        } else {
            visitor = visitor->next;
        }
    }
}

/* So that a program which fails and tries again for days does not collect them. Call when no
 * visitor belongs to a failed session. */
static void forget_old_failures(void) {
    unsigned failed = 0;
    struct session *oldest = NULL;
    pthread_mutex_lock(&lock);
    for (struct session *session = sessions; session != NULL; session = session->next) {
        if (session->error != ncclSuccess) {
            failed++;
            oldest = session; /* new ones are put in front */
        }
    }
    pthread_mutex_unlock(&lock);
    if (failed > FAILED_SESSIONS_KEPT) {
        remove_session(oldest);
    }
}

static void sweep_visitors(void) {
    struct visitor **link = &visitors;
    while (*link != NULL) {
        struct visitor *visitor = *link;
        if (visitor->socket < 0 && visitor->session == NULL) {
            *link = visitor->next;
            free(visitor);
        } else {
            link = &visitor->next;
        }
    }
}

static void admit(void) {
    int socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0) {
        bool exhausted = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (exhausted) {
            usleep(ADMIT_PAUSE_MICROS); /* the guest stays in the queue, and poll does not wait */
        }
        return;
    }
    struct visitor *visitor = calloc(1, sizeof *visitor);
    if (visitor == NULL || !wire_peer_is_same_user(socket)) {
        free(visitor);
        close(socket);
        return;
    }
    *visitor = (struct visitor){.socket = socket, .fds = {-1, -1}, .next = visitors};
    visitors = visitor;
}

/* --- the thread --- */

static bool is_being_told(const struct visitor *visitor) {
    const struct session *session = visitor->session;
    return session != NULL && session->error == ncclSuccess && session_is_complete(session) &&
           !visitor->finished;
}

static void attend(struct visitor *visitor, short events) {
    if (visitor->socket < 0 || visitor->finished) {
        return;
    }
    if (visitor->session == NULL) {
        if (events != 0) {
            greet(visitor);
        }
    } else if (visitor->session->error != ncclSuccess) {
        return; /* all of the session are told of the error when it ends */
    } else if (is_being_told(visitor)) {
        tell(visitor);
    } else if (events != 0) {
        lose(visitor);
    }
}

static size_t count_visitors(void) {
    size_t count = 0;
    for (const struct visitor *visitor = visitors; visitor != NULL; visitor = visitor->next) {
        count++;
    }
    return count;
}

/* Waits for something to do, and does it for all present visitors; false where memory is short. */
static bool serve_once(void) {
    size_t count = count_visitors();
    struct pollfd *polls = calloc(count + 1, sizeof *polls);
    if (polls == NULL) {
        return false;
    }
    bool telling = false;
    polls[0] = (struct pollfd){.fd = listener, .events = POLLIN};
    size_t index = 1;
    for (struct visitor *visitor = visitors; visitor != NULL; visitor = visitor->next) {
        bool told = is_being_told(visitor);
        telling = telling || told;
        polls[index++] = (struct pollfd){.fd = visitor->finished ? -1 : visitor->socket,
                                         .events = told ? POLLOUT : POLLIN};
    }
    /* While telling, look again soon: a full socket or too many descriptors in flight raise no
     * event. */
    poll(polls, count + 1, telling ? 5 : -1);
    index = 1;
    for (struct visitor *visitor = visitors; visitor != NULL; visitor = visitor->next) {
        attend(visitor, polls[index++].revents);
    }
    for (struct visitor *visitor = visitors; visitor != NULL; visitor = visitor->next) {
        attend(visitor, 0); /* those whose session has just become complete */
    }
    if (polls[0].revents != 0) {
        admit();
    }
    free(polls);
    return true;
}

static void *run(void *unused) {
    (void)unused;
    for (;;) {
        if (!serve_once()) {
            usleep(1000);
        }
        settle_sessions();
        forget_old_failures();
        sweep_visitors();
    }
    return NULL;
}

static bool listen_on(const struct wire_id *id) {
    struct sockaddr_un address;
    socklen_t length;
    wire_address(id, &address, &length);
    listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return listener >= 0 && bind(listener, (struct sockaddr *)&address, length) == 0 &&
           listen(listener, 4096) == 0;
}

static void start_once(void) {
    struct wire_id id = {.magic = WIRE_MAGIC};
    if (!random_fill(service, sizeof service)) {
        start_errno = EIO;
        return;
    }
    memcpy(id.service, service, sizeof service);
    if (!listen_on(&id) || !thread_start_detached("convoy-meet", run, NULL)) {
        start_errno = errno != 0 ? errno : EAGAIN;
        if (listener >= 0) {
            close(listener);
            listener = -1;
        }
        return;
    }
    atomic_store(&serving, true);
}

bool rendezvous_make_id(struct wire_id *id) {
    pthread_once(&once, start_once);
    if (listener < 0) {
        errno = start_errno;
        return false;
    }
    struct session *session = calloc(1, sizeof *session);
    if (session == NULL || !random_fill(session->key, sizeof session->key) ||
        !random_fill(session->secret, sizeof session->secret) ||
        !random_fill(&session->comm, sizeof session->comm)) {
        free(session);
        errno = ENOMEM;
        return false;
    }
    *id = (struct wire_id){.magic = WIRE_MAGIC, .version = WIRE_VERSION};
    memcpy(id->service, service, sizeof service);
    memcpy(id->key, session->key, sizeof session->key);
    memcpy(id->secret, session->secret, sizeof session->secret);
    pthread_mutex_lock(&lock);
    session->next = sessions;
    sessions = session;
    pthread_mutex_unlock(&lock);
    return true;
}

void rendezvous_forget(const struct wire_id *id) {
    if (!atomic_load(&serving) || memcmp(id->service, service, sizeof service) != 0) {
        return;
    }
    pthread_mutex_lock(&lock);
    struct session **link = &sessions;
    while (*link != NULL && memcmp((*link)->key, id->key, sizeof id->key) != 0) {
        link = &(*link)->next;
    }
    struct session *found = *link;
    if (found != NULL && found->nranks == 0) {
        *link = found->next;
    } else {
        found = NULL;
    }
    pthread_mutex_unlock(&lock);
    free(found);
}
