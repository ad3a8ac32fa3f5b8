/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_check.h"

#include "memory/memory.h"

bool check_bytes(uint64_t address, uint64_t bytes) {
    struct memory_info info;
    return bytes == 0 || memory_find((const void *)(uintptr_t)address, bytes, &info);
}

bool check_elements(uint64_t address, uint64_t count, size_t size) {
    return count <= SIZE_MAX / size && address % size == 0 && check_bytes(address, count * size);
}

/* The ends cannot overflow: both are memory of the arena. */
bool check_apart(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes) {
    return a + a_bytes <= b || b + b_bytes <= a;
}

bool check_apart_or_same(uint64_t a, uint64_t b, uint64_t bytes) {
    return a == b || check_apart(a, bytes, b, bytes);
}
