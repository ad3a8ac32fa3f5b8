/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Not a test: how fast the arithmetic is. For each set of kernels, type and operator the GB/s of
 * result (n times as much is read), with buffers that lie in the first, second or third cache or in
 * memory; "past": with stores past the caches.
 *
 *     kernel_probe [-s SET] [-t TYPE] [-o OPERATOR] [-n SOURCES] [-b BYTES] [-m MILLISECONDS] [-i]
 *
 * -i: the result replaces the first source. -b: one size, in bytes of a buffer.
 */
#include "reduction/copy_bytes.h"
#include "reduction/reduction.h"
#include "reduction/reduction_kernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SOURCES_MAX 16
#define BUFFER_MAX ((size_t)96 << 20)

static const char *const type_names[ncclNumTypes] = {
    [ncclInt8] = "int8",         [ncclUint8] = "uint8",     [ncclInt32] = "int32",
    [ncclUint32] = "uint32",     [ncclInt64] = "int64",     [ncclUint64] = "uint64",
    [ncclFloat16] = "float16",   [ncclFloat32] = "float32", [ncclFloat64] = "float64",
    [ncclBfloat16] = "bfloat16", [ncclFloat8e4m3] = "e4m3", [ncclFloat8e5m2] = "e5m2"};
static const char *const operator_names[ncclNumOps] = {"sum", "prod", "max", "min", "avg"};
static const char *const set_names[] = {"baseline", "avx2", "avx512"};

struct choice {
    const char *set;
    const char *type;
    const char *redop;
    int nsources;
    size_t bytes;
    uint64_t nanos;
    bool in_place;
};

struct probe {
    const struct kernel_set *set;
    ncclDataType_t type;
    ncclRedOp_t redop;
    int nsources;
    size_t bytes;
    unsigned char *out;
    const unsigned char *const *sources;
};

static void run(const struct probe *probe, bool copy, enum store store) {
    if (!copy) {
        reduction_run_with(probe->set, probe->redop, probe->type, probe->out, probe->sources,
                           probe->nsources, probe->bytes / type_bytes(probe->type), store);
    } else if (store == STORE_STREAMING) {
        copy_stream_with(probe->set, probe->out, probe->sources[0], probe->bytes);
    } else {
        memcpy(probe->out, probe->sources[0], probe->bytes);
    }
}

/* The best of five rounds: others use the machine, too. */
static double rate(const struct probe *probe, bool copy, enum store store, uint64_t nanos) {
    uint64_t best = UINT64_MAX;
    uint64_t begin = clock_nanos();
    run(probe, copy, store);
    uint64_t once = clock_nanos() - begin + 1;
    size_t times = (size_t)(nanos / 5 / once) + 1;
    for (int round = 0; round < 5; round++) {
        begin = clock_nanos();
        for (size_t i = 0; i < times; i++) {
            run(probe, copy, store);
        }
        uint64_t taken = clock_nanos() - begin;
        best = taken < best ? taken : best;
    }
    return (double)(probe->bytes * times) / (double)best;
}

static void print_rates(const char *label, struct probe probe, bool copy,
                        const struct choice *choice) {
    size_t several = (size_t)probe.nsources + 1;
    size_t sizes[] = {24576 / several / 64 * 64, 524288 / several / 64 * 64,
                      (6u << 20) / several / 64 * 64, (192u << 20) / several / 64 * 64};
    printf("%-9s %-14s", probe.set->name, label);
    for (size_t i = 0; i < (choice->bytes > 0 ? 1 : ARRAY_COUNT(sizes)); i++) {
        probe.bytes = choice->bytes > 0 ? choice->bytes : sizes[i];
        printf(" %7.1f", rate(&probe, copy, STORE_CACHED, choice->nanos));
        printf(" %7.1f", rate(&probe, copy, STORE_STREAMING, choice->nanos));
    }
    printf("\n");
    fflush(stdout);
}

static bool wanted(const char *chosen, const char *name) {
    return chosen == NULL || strcmp(chosen, name) == 0;
}

static void print_set(struct probe probe, const struct choice *choice) {
    for (int type = 0; type < ncclNumTypes; type++) {
        for (int redop = 0; redop < ncclNumOps; redop++) {
            if (!wanted(choice->type, type_names[type]) ||
                !wanted(choice->redop, operator_names[redop])) {
                continue;
            }
            char label[32];
            snprintf(label, sizeof label, "%s %s", type_names[type], operator_names[redop]);
            probe.type = (ncclDataType_t)type;
            probe.redop = (ncclRedOp_t)redop;
            print_rates(label, probe, false, choice);
        }
    }
    if (choice->type == NULL || strcmp(choice->type, "copy") == 0) {
        probe.nsources = 1;
        print_rates("copy", probe, true, choice);
    }
}

/* Small numbers as integers, as floats of any kind neither subnormal nor special. */
static unsigned char *buffer(size_t number) {
    unsigned char *memory = mmap(NULL, BUFFER_MAX, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) {
        perror("kernel_probe: no memory");
        exit(1);
    }
    memset(memory, 0x3c + (int)(number % 3), BUFFER_MAX);
    return memory;
}

static struct choice parse(int argc, char **argv) {
    struct choice choice = {.nsources = 2, .nanos = 20000000};
    int option;
    while ((option = getopt(argc, argv, "s:t:o:n:b:m:i")) != -1) {
        switch (option) {
        case 's':
            choice.set = optarg;
            break;
        case 't':
            choice.type = optarg;
            break;
        case 'o':
            choice.redop = optarg;
            break;
        case 'n':
            choice.nsources = atoi(optarg);
            break;
        case 'b':
            choice.bytes = strtoull(optarg, NULL, 10);
            break;
        case 'm':
            choice.nanos = strtoull(optarg, NULL, 10) * 1000000;
            break;
        case 'i':
            choice.in_place = true;
            break;
        default:
            exit(2);
        }
    }
    if (choice.nsources < 2 || choice.nsources > SOURCES_MAX || choice.bytes > BUFFER_MAX) {
        fprintf(stderr, "kernel_probe: 2 to %d sources of at most %zu bytes\n", SOURCES_MAX,
                BUFFER_MAX);
        exit(2);
    }
    return choice;
}

int main(int argc, char **argv) {
    struct choice choice = parse(argc, argv);
    const unsigned char *sources[SOURCES_MAX];
    unsigned char *first = buffer(0);
    sources[0] = first;
    for (int i = 1; i < choice.nsources; i++) {
        sources[i] = buffer((size_t)i);
    }
    printf("%d sources      %15s %15s %15s %15s\n", choice.nsources, "L1, past", "L2, past",
           "L3, past", "memory, past");
    for (size_t i = 0; i < ARRAY_COUNT(set_names); i++) {
        const struct kernel_set *set = kernels_named(set_names[i]);
        if (set != NULL && wanted(choice.set, set->name)) {
            struct probe probe = {.set = set,
                                  .nsources = choice.nsources,
                                  .out = choice.in_place ? first : buffer(SOURCES_MAX),
                                  .sources = sources};
            print_set(probe, &choice);
        }
    }
    return 0;
}
