/* SPDX-License-Identifier: Apache-2.0 */
/* Copies for which memcpy, which does not know what comes next, is not the best. */
#ifndef CONVOY_COPY_BYTES_H
#define CONVOY_COPY_BYTES_H

#include "base/base.h"

/*
 * Copies past the caches: at the rate of the memory, without reading the target first, for much
 * that nobody looks at soon. The buffers do not overlap and need no alignment. The stores are
 * complete, for every observer, before anything that follows the call.
 */
void copy_stream(void *to, const void *from, size_t bytes);

struct kernel_set;
void copy_stream_with(const struct kernel_set *set, void *to, const void *from, size_t bytes);

#endif
