/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "harness.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AWAIT_NANOS 20000000000ll

static const char *whoami = "driver";

void test_fail(const char *file, int line, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fprintf(stderr, "%s: %s:%d: %s\n", whoami, file, line, text);
    fflush(stderr);
    _exit(1);
}

int64_t test_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* splitmix64 */
uint64_t test_random(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int count_entries(const char *path) {
    DIR *directory = opendir(path);
    CHECK(directory != NULL);
    int count = 0;
    while (readdir(directory) != NULL) {
        count++;
    }
    closedir(directory);
    return count - 3; /* ".", ".." and the directory's own descriptor */
}

int test_count_fds(void) {
    return count_entries("/proc/self/fd");
}

int test_count_threads(void) {
    return count_entries("/proc/self/task") + 1;
}

void test_await_flag(struct test_block *block, int flag, int value) {
    int64_t deadline = test_nanos() + AWAIT_NANOS;
    while (atomic_load(&block->flags[flag]) < value) {
        if (test_nanos() > deadline) {
            test_fail(__FILE__, __LINE__, "flag %d is %d, not %d", flag,
                      atomic_load(&block->flags[flag]), value);
        }
        usleep(50);
    }
}

void test_barrier(struct test_rank *rank, int flag) {
    int present = atomic_fetch_add(&rank->block->flags[flag], 1) + 1;
    int round = (present + rank->nranks - 1) / rank->nranks;
    test_await_flag(rank->block, flag, round * rank->nranks);
}

ncclUniqueId test_id(struct test_rank *rank, int index, int maker) {
    struct test_block *block = rank->block;
    CHECK(index < TEST_IDS);
    if (rank->rank == maker) {
        NCCL(ncclGetUniqueId(&block->ids[index]));
        atomic_store(&block->id_ready[index], 1);
    }
    int64_t deadline = test_nanos() + AWAIT_NANOS;
    while (atomic_load(&block->id_ready[index]) == 0) {
        CHECK(test_nanos() < deadline);
        usleep(50);
    }
    return block->ids[index];
}

ncclComm_t test_comm(struct test_rank *rank, int index) {
    ncclComm_t comm;
    NCCL(ncclCommInitRank(&comm, rank->nranks, test_id(rank, index, 0), rank->rank));
    return comm;
}

ncclConfig_t test_config(int blocking) {
    ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
    config.blocking = blocking;
    return config;
}

ncclComm_t test_comm_nonblocking(int nranks, ncclUniqueId id, int rank) {
    ncclComm_t comm;
    ncclConfig_t config = test_config(0);
    ncclResult_t result = ncclCommInitRankConfig(&comm, nranks, id, rank, &config);
    CHECK(result == ncclInProgress);
    while ((result = convoyCommWaitReady(comm, 10000000)) == ncclInProgress) {
    }
    if (result != ncclSuccess) {
        test_fail(__FILE__, __LINE__, "initialisation: %d (%s)", result, ncclGetLastError(comm));
    }
    return comm;
}

/* --- the driver --- */

static struct test_block *map_block(int fd) {
    void *memory = mmap(NULL, sizeof(struct test_block), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(memory != MAP_FAILED);
    return memory;
}

static int run_rank(char **argv, const struct test_scenario *scenarios, int count) {
    static char name[128];
    struct test_rank rank = {.rank = atoi(argv[3]),
                             .nranks = atoi(argv[4]),
                             .seed = strtoull(argv[5], NULL, 10),
                             .block = map_block(atoi(argv[6]))};
    snprintf(name, sizeof name, "%s rank %d", argv[2], rank.rank);
    whoami = name;
    close(atoi(argv[6]));
    for (int i = 0; i < count; i++) {
        if (strcmp(scenarios[i].name, argv[2]) == 0) {
            scenarios[i].run(&rank);
            return 0;
        }
    }
    return 2;
}

static int start_rank(const struct test_scenario *scenario, int rank, uint64_t seed, int fd) {
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    CHECK(length > 0);
    program[length] = '\0';
    char texts[4][32];
    snprintf(texts[0], sizeof texts[0], "%d", rank);
    snprintf(texts[1], sizeof texts[1], "%d", scenario->nranks);
    snprintf(texts[2], sizeof texts[2], "%llu", (unsigned long long)seed);
    snprintf(texts[3], sizeof texts[3], "%d", fd);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(program, program, "--rank", scenario->name, texts[0], texts[1], texts[2], texts[3],
              (char *)NULL);
        _exit(126);
    }
    return pid;
}

static bool ended_well(const struct test_scenario *scenario, int rank, int status) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return true;
    }
    if ((scenario->may_die >> rank & 1) != 0 && WIFSIGNALED(status) &&
        WTERMSIG(status) == SIGKILL) {
        return true;
    }
    fprintf(stderr, "%s: rank %d ended with %s %d\n", scenario->name, rank,
            WIFSIGNALED(status) ? "signal" : "status",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return false;
}

static bool await_ranks(const struct test_scenario *scenario, const int *pids) {
    bool good = true;
    int64_t deadline = test_nanos() + scenario->seconds * 1000000000ll;
    bool ended[TEST_RANKS_MAX] = {false};
    for (int left = scenario->nranks; left > 0;) {
        for (int rank = 0; rank < scenario->nranks; rank++) {
            int status;
            if (!ended[rank] && waitpid(pids[rank], &status, WNOHANG) == pids[rank]) {
                ended[rank] = true;
                left--;
                good = ended_well(scenario, rank, status) && good;
            }
        }
        if (left > 0 && (!good || test_nanos() > deadline)) {
            for (int rank = 0; rank < scenario->nranks; rank++) {
                if (!ended[rank]) {
                    fprintf(stderr, "%s: rank %d %s\n", scenario->name, rank,
                            good ? "did not end in time" : "is killed after the other's failure");
                    kill(pids[rank], SIGKILL);
                    waitpid(pids[rank], NULL, 0);
                }
            }
            return false;
        }
        usleep(500);
    }
    return good;
}

static bool run_scenario(const struct test_scenario *scenario, uint64_t seed) {
    int pids[TEST_RANKS_MAX];
    int fd = memfd_create("test", 0);
    CHECK(fd >= 0 && ftruncate(fd, sizeof(struct test_block)) == 0);
    struct test_block *block = map_block(fd);
    for (int rank = 0; rank < scenario->nranks; rank++) {
        pids[rank] = start_rank(scenario, rank, seed, fd);
        atomic_store(&block->pids[rank], pids[rank]);
    }
    if (scenario->drive != NULL) {
        scenario->drive(block, pids, seed);
    }
    int64_t begin = test_nanos();
    bool good = await_ranks(scenario, pids);
    fprintf(stderr, "%s %s (%d ranks, seed %llu, %.2f s)\n", good ? "ok  " : "FAIL", scenario->name,
            scenario->nranks, (unsigned long long)seed, (double)(test_nanos() - begin) * 1e-9);
    munmap(block, sizeof *block);
    close(fd);
    return good;
}

static bool is_chosen(const struct test_scenario *scenario, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], scenario->name) == 0) {
            return true;
        }
    }
    return argc < 2;
}

static uint64_t environment(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

/*
 * Without arguments all scenarios run; with some, those whose names are given. TEST_SEED chooses
 * the seed, TEST_REPEAT how often they run, each time with the next seed.
 */
int test_main(int argc, char **argv, const struct test_scenario *scenarios, int count) {
    if (argc == 7 && strcmp(argv[1], "--rank") == 0) {
        return run_rank(argv, scenarios, count);
    }
    uint64_t seed = environment("TEST_SEED", (uint64_t)test_nanos());
    uint64_t repeat = environment("TEST_REPEAT", 1);
    for (uint64_t round = 0; round < repeat; round++) {
        for (int i = 0; i < count; i++) {
            if (is_chosen(&scenarios[i], argc, argv) &&
                !run_scenario(&scenarios[i], seed + round)) {
                return 1;
            }
        }
    }
    return 0;
}
