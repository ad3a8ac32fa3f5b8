/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/settings.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

/* ThreadSanitizer leaves room for no more. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define DEFAULT_ARENA ((size_t)1 << 34)
#else
#define DEFAULT_ARENA ((size_t)1 << 40)
#endif

static struct settings settings;
static pthread_once_t settings_once = PTHREAD_ONCE_INIT;

/* A value that is not a number in range counts as not set. */
static unsigned long long number(const char *name, unsigned long long least,
                                 unsigned long long most, unsigned long long otherwise) {
    const char *text = getenv(name);
    if (text == NULL || *text == '\0' || *text == '-') {
        return otherwise;
    }
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    return *end == '\0' && value >= least && value <= most ? value : otherwise;
}

/* Empty if it is not set or too long to be a name. */
static void name(char *into, size_t size, const char *variable) {
    const char *text = getenv(variable);
    if (text != NULL && strlen(text) < size) {
        strcpy(into, text);
    }
}

static int usable_cpus(void) {
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
    return count > 0 ? count : 1;
}

static void read_once(void) {
    settings.devices = (int)number("CONVOY_HOST_DEVICES", 1, SETTINGS_DEVICES_MAX, 1);
    settings.defer = number("CONVOY_HOST_DEFER", 0, 1, 0) == 1;
    size_t bytes = (size_t)number("CONVOY_HOST_ARENA", 1u << 28, 1ull << 44, DEFAULT_ARENA);
    settings.arena_bytes = bytes / 4096 * 4096;
    name(settings.simd, sizeof settings.simd, "CONVOY_HOST_SIMD");
    settings.cpus = usable_cpus();
}

const struct settings *settings_get(void) {
    pthread_once(&settings_once, read_once);
    return &settings;
}
