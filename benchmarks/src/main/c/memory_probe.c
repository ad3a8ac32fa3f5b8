/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much memory the host runtime takes for itself: memory_probe RANKS. Each rank is a process
 * that forms a communicator, reduces small and large buffers, and compares what it holds with what
 * it held before: the pages of its arena without the buffers that it asked for, and anonymous
 * memory. Prints, by rank:
 *
 *     rank R arena BYTES anonymous BYTES
 */
#define _GNU_SOURCE
#include "convoy/cuda_abi.h"
#include "convoy/nccl_abi.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_RANKS 64
#define PATIENCE_SECONDS 60
#define LARGE_COUNT ((size_t)1 << 18)
#define SMALL_ROUNDS 10000
#define LARGE_ROUNDS 100

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "memory_probe: %s:%d: %s failed\n", __FILE__, __LINE__, #condition);   \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static long anonymous_bytes(void) {
    FILE *status = fopen("/proc/self/status", "re");
    MUST(status != NULL);
    char line[256];
    long kilobytes = -1;
    while (kilobytes < 0 && fgets(line, sizeof line, status) != NULL) {
        if (sscanf(line, "RssAnon: %ld kB", &kilobytes) != 1) {
            kilobytes = -1;
        }
    }
    fclose(status);
    MUST(kilobytes >= 0);
    return kilobytes * 1024;
}

/* The pages of every memfd of the runtime's that is this process's own: peers' are mapped, not
 * open. */
static long arena_bytes(void) {
    DIR *folder = opendir("/proc/self/fd");
    MUST(folder != NULL);
    long bytes = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char target[256];
        ssize_t length = readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);
        struct stat info;
        if (length > 0 && strncmp(target, "/memfd:convoy", strlen("/memfd:convoy")) == 0) {
            MUST(fstat(atoi(entry->d_name), &info) == 0);
            bytes += (long)info.st_blocks * 512;
        }
    }
    closedir(folder);
    return bytes;
}

static void reduce(float *buffer, size_t count, int rounds, ncclComm_t comm, cudaStream_t stream) {
    for (int round = 0; round < rounds; round++) {
        MUST(ncclAllReduce(buffer, buffer, count, ncclFloat32, ncclMax, comm, stream) ==
             ncclSuccess);
        MUST(cudaStreamSynchronize(stream) == cudaSuccess);
    }
}

static void run_rank(int ranks, int rank, int (*pipes)[2]) {
    alarm(PATIENCE_SECONDS);
    long anonymous = anonymous_bytes();
    ncclUniqueId id;
    if (rank == 0) {
        MUST(ncclGetUniqueId(&id) == ncclSuccess);
        for (int other = 1; other < ranks; other++) {
            MUST(write(pipes[other][1], &id, sizeof id) == (ssize_t)sizeof id);
        }
    } else {
        MUST(read(pipes[rank][0], &id, sizeof id) == (ssize_t)sizeof id);
    }
    ncclComm_t comm;
    MUST(ncclCommInitRank(&comm, ranks, id, rank) == ncclSuccess);
    cudaStream_t stream;
    MUST(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess);
    float *buffer;
    MUST(cudaMalloc((void **)&buffer, LARGE_COUNT * sizeof *buffer) == cudaSuccess);
    MUST(cudaMemset(buffer, 0, LARGE_COUNT * sizeof *buffer) == cudaSuccess);
    reduce(buffer, 2, SMALL_ROUNDS, comm, stream);
    reduce(buffer, LARGE_COUNT, LARGE_ROUNDS, comm, stream);
    long arena = arena_bytes() - (long)(LARGE_COUNT * sizeof *buffer);
    long grown = anonymous_bytes() - anonymous;
    /* One write, so that lines of ranks do not mix. */
    char line[128];
    int length =
        snprintf(line, sizeof line, "rank %d arena %ld anonymous %ld\n", rank, arena, grown);
    MUST(write(STDOUT_FILENO, line, (size_t)length) == length);
    MUST(ncclCommDestroy(comm) == ncclSuccess);
    exit(0);
}

int main(int argc, char **argv) {
    int ranks = argc == 2 ? atoi(argv[1]) : 0;
    if (ranks < 1 || ranks > MOST_RANKS) {
        fprintf(stderr, "usage: memory_probe RANKS, from 1 to %d\n", MOST_RANKS);
        return 2;
    }
    int pipes[MOST_RANKS][2];
    for (int rank = 0; rank < ranks; rank++) {
        MUST(pipe(pipes[rank]) == 0);
    }
    for (int rank = 0; rank < ranks; rank++) {
        pid_t child = fork();
        MUST(child >= 0);
        if (child == 0) {
            run_rank(ranks, rank, pipes);
        }
    }
    int failed = 0;
    for (int rank = 0; rank < ranks; rank++) {
        int status;
        MUST(wait(&status) > 0);
        failed |= status;
    }
    return failed != 0;
}
