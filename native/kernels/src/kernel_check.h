/* SPDX-License-Identifier: Apache-2.0 */
/* What kernels ask of the addresses that they are given. */
#ifndef CONVOY_KERNEL_CHECK_H
#define CONVOY_KERNEL_CHECK_H

#include "base/base.h"

/* `count` elements of `size` bytes in memory of the arena, aligned to their size. */
bool check_elements(uint64_t address, uint64_t count, size_t size);

/* Memory of the arena, wherever it begins. */
bool check_bytes(uint64_t address, uint64_t bytes);

/* Two buffers without a byte in common. */
bool check_apart(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes);

/* The same, or one and the same buffer. */
bool check_apart_or_same(uint64_t a, uint64_t b, uint64_t bytes);

#endif
