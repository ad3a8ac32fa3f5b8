/* SPDX-License-Identifier: Apache-2.0 */
#include "reduction/copy_bytes.h"

#include "reduction/reduction_kernels.h"

void copy_stream_with(const struct kernel_set *set, void *to, const void *from, size_t bytes) {
    if (bytes == 0) {
        return;
    }
    const unsigned char *source = from;
    static const struct kernel_constants none;
    kernels_for(set, bytes)->copy(to, &source, 1, bytes, &none, true);
}

void copy_stream(void *to, const void *from, size_t bytes) {
    copy_stream_with(kernels_chosen(), to, from, bytes);
}
