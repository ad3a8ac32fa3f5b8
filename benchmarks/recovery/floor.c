/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the phases of a recovery cost where nothing but the phase itself happens: N processes on
 * this machine's CPUs, each busy with arithmetic in between, as ranks are. Prints medians in
 * milliseconds.
 *
 *   detected  one of them kills itself; until a sleeper on its robust futex, in another process,
 * runs round     one process asks all others over TCP, each of which has a step of arithmetic to
 * end first; until all have answered step      all ranks' arithmetic of one step, on the CPUs that
 * there are
 *
 * floor RANKS STEP-MICROSECONDS [RUNS]
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_RANKS 64
#define MOST_RUNS 1000

struct shared {
    _Atomic uint32_t life;
    _Atomic uint64_t killed_at;
    _Atomic uint64_t seen_at;
    _Atomic int ready;
    _Atomic int done;
};

static struct shared *shared;
static int ranks;
static uint64_t step_nanos;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* A fixed amount of work, not of time: on a shared CPU it takes longer. */
static void work(uint64_t nanos) {
    static uint64_t rounds_a_micro;
    volatile uint64_t x = 1;
    if (rounds_a_micro == 0) {
        uint64_t begin = now();
        for (int i = 0; i < 2000000; i++) {
            x = x * 6364136223846793005u + 1;
        }
        rounds_a_micro = 2000000u * 1000u / (now() - begin) + 1;
    }
    for (uint64_t left = nanos / 1000 * rounds_a_micro; left > 0; left--) {
        x = x * 6364136223846793005u + 1;
    }
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print(const char *what, double *ms, int runs) {
    qsort(ms, (size_t)runs, sizeof *ms, compare);
    printf("| %s | %.2f | %.2f | %.2f |\n", what, ms[runs / 2], ms[0], ms[runs - 1]);
}

static void await(_Atomic int *counter, int value) {
    while (atomic_load(counter) < value) {
        usleep(50);
    }
}

/* --- detected --- */

static struct {
    struct robust_list_head head;
    struct robust_list node;
} robust;

static void victim(void) {
    robust.node.next = &robust.head.list;
    robust.head.list.next = &robust.node;
    robust.head.futex_offset = (long)((uintptr_t)&shared->life - (uintptr_t)&robust.node);
    robust.head.list_op_pending = NULL;
    atomic_store(&shared->life, (uint32_t)gettid() | FUTEX_WAITERS);
    syscall(SYS_set_robust_list, &robust.head, sizeof robust.head);
    atomic_fetch_add(&shared->ready, 1);
    work(step_nanos);
    atomic_store(&shared->killed_at, now());
    kill(getpid(), SIGKILL);
}

static void sleeper(void) {
    uint32_t life = atomic_load(&shared->life);
    atomic_fetch_add(&shared->ready, 1);
    while ((atomic_load(&shared->life) & FUTEX_OWNER_DIED) == 0) {
        syscall(SYS_futex, &shared->life, FUTEX_WAIT, life, NULL, NULL, 0);
    }
    atomic_store(&shared->seen_at, now());
    atomic_store(&shared->done, 1);
}

static void worker(void) {
    atomic_fetch_add(&shared->ready, 1);
    while (atomic_load(&shared->done) == 0) {
        work(100000);
    }
}

static pid_t start(void (*body)(void)) {
    pid_t pid = fork();
    if (pid == 0) {
        body();
        _exit(0);
    }
    return pid;
}

static double detect(void) {
    memset(shared, 0, sizeof *shared);
    start(victim);
    await(&shared->ready, 1);
    start(sleeper);
    for (int rank = 1; rank < ranks; rank++) {
        start(worker);
    }
    while (wait(NULL) > 0) {
    }
    return (double)(atomic_load(&shared->seen_at) - atomic_load(&shared->killed_at)) / 1e6;
}

/* --- a round of the control plane --- */

static int port;

static void member(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int one = 1;
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        _exit(1);
    }
    char byte;
    while (read(fd, &byte, 1) == 1) {
        work(byte == 's' ? step_nanos : 0);
        if (write(fd, &byte, 1) != 1) {
            break;
        }
    }
}

static double ask(const int *members, int count, char question) {
    uint64_t begin = now();
    for (int i = 0; i < count; i++) {
        if (write(members[i], &question, 1) != 1) {
            exit(1);
        }
    }
    for (int i = 0; i < count; i++) {
        char byte;
        if (read(members[i], &byte, 1) != 1) {
            exit(1);
        }
    }
    return (double)(now() - begin) / 1e6;
}

static void rounds(int runs) {
    static double empty[MOST_RUNS];
    static double steps[MOST_RUNS];
    int members[MOST_RANKS];
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof at;
    if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 ||
        listen(listener, MOST_RANKS) != 0 ||
        getsockname(listener, (struct sockaddr *)&at, &length) != 0) {
        exit(1);
    }
    port = ntohs(at.sin_port);
    int survivors = ranks - 1;
    for (int i = 0; i < survivors; i++) {
        start(member);
        members[i] = accept(listener, NULL, NULL);
    }
    for (int run = 0; run < runs; run++) {
        empty[run] = ask(members, survivors, 'r');
        steps[run] = ask(members, survivors, 's');
    }
    for (int i = 0; i < survivors; i++) {
        close(members[i]);
    }
    while (wait(NULL) > 0) {
    }
    print("a round of the control plane, survivors idle", empty, runs);
    print("a round, each survivor in a step", steps, runs);
}

int main(int count, char **arguments) {
    ranks = count > 1 ? atoi(arguments[1]) : 4;
    step_nanos = (count > 2 ? strtoull(arguments[2], NULL, 10) : 4000) * 1000u;
    int runs = count > 3 ? atoi(arguments[3]) : 50;
    if (ranks < 2 || ranks > MOST_RANKS || runs < 1 || runs > MOST_RUNS) {
        fprintf(stderr, "usage: floor RANKS (2-64) STEP-MICROSECONDS [RUNS (1-1000)]\n");
        return 2;
    }
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    static double detected[MOST_RUNS];
    work(0);
    for (int run = 0; run < runs; run++) {
        detected[run] = detect();
    }
    printf("| floor | median ms | lowest | highest |\n| --- | --- | --- | --- |\n");
    print("detected: robust futex, all other ranks computing", detected, runs);
    rounds(runs);
    return 0;
}
