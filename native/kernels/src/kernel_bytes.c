/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels that see bytes: checksums and parity. */
#include "kernel_typed.h"

static unsigned char *byte_at(uint64_t address, uint64_t index) {
    return element_at(address, index, 1);
}

/* --- checksum --- */

static bool check_checksum(const union kernel_arguments *all, uint64_t *units, size_t *unit_bytes) {
    const struct convoyChecksumArguments *a = &all->checksum;
    *units = a->bytes / 8 + (a->bytes % 8 != 0);
    *unit_bytes = 8;
    return check_bytes(a->in, a->bytes) && check_elements(a->sum, 1, 8);
}

static uint64_t tail_term(const struct convoyChecksumArguments *a) {
    uint64_t word = 0;
    memcpy(&word, byte_at(a->in, a->bytes / 8 * 8), a->bytes % 8);
    return checksum_term(word, a->first + a->bytes / 8, a->bytes % 8);
}

static void run_checksum(const struct kernel_loops *loops, const union kernel_arguments *all,
                         uint64_t begin, size_t count) {
    const struct convoyChecksumArguments *a = &all->checksum;
    bool has_tail = a->bytes % 8 != 0 && begin + count > a->bytes / 8;
    uint64_t sum =
        loops->checksum(byte_at(a->in, 8 * begin), count - (has_tail ? 1 : 0), a->first + begin);
    result_add(a->sum, sum + (has_tail ? tail_term(a) : 0));
}

const struct kernel kernel_checksum = {
    .argument_bytes = sizeof(struct convoyChecksumArguments),
    .check = check_checksum,
    .run = run_checksum,
};

/* --- xor --- */

static bool check_xor(const union kernel_arguments *all, uint64_t *units, size_t *unit_bytes) {
    const struct convoyXorArguments *a = &all->xor ;
    *units = a->bytes;
    *unit_bytes = 1;
    return check_bytes(a->in, a->bytes) && check_bytes(a->out, a->bytes) &&
           check_apart_or_same(a->in, a->out, a->bytes);
}

static void run_xor(const struct kernel_loops *loops, const union kernel_arguments *all,
                    uint64_t begin, size_t count) {
    const struct convoyXorArguments *a = &all->xor ;
    loops->xor_into(byte_at(a->out, begin), byte_at(a->in, begin), count);
}

const struct kernel kernel_xor = {
    .argument_bytes = sizeof(struct convoyXorArguments),
    .check = check_xor,
    .run = run_xor,
};

/* --- multiply --- */

/* Bytes that are multiplied for all outputs in turn: the input is still in the core's cache. */
#define PIECE ((size_t)8 << 10)

static bool check_multiply(const union kernel_arguments *all, uint64_t *units, size_t *unit_bytes) {
    const struct convoyMultiplyArguments *a = &all->multiply;
    *units = a->bytes;
    *unit_bytes = 1;
    if (a->outputs < 1 || a->outputs > CONVOY_KERNEL_OUTPUTS || !check_bytes(a->in, a->bytes)) {
        return false;
    }
    for (uint64_t i = 0; i < a->outputs; i++) {
        if (!check_bytes(a->outs[i], a->bytes) ||
            !check_apart(a->outs[i], a->bytes, a->in, a->bytes)) {
            return false;
        }
        for (uint64_t j = 0; j < i; j++) {
            if (!check_apart(a->outs[i], a->bytes, a->outs[j], a->bytes)) {
                return false;
            }
        }
    }
    return true;
}

static struct galois_table table_of(uint8_t coefficient) {
    struct galois_table table;
    for (int i = 0; i < 16; i++) {
        table.low[i] = galois_multiply((uint8_t)i, coefficient);
        table.high[i] = galois_multiply((uint8_t)(i << 4), coefficient);
    }
    return table;
}

static void multiply_piece(const struct kernel_loops *loops, const struct galois_table *table,
                           uint8_t coefficient, unsigned char *out, const unsigned char *in,
                           size_t bytes) {
    if (coefficient == 1) {
        loops->xor_into(out, in, bytes);
    } else if (coefficient != 0) {
        loops->multiply(out, in, bytes, table);
    }
}

static void run_multiply(const struct kernel_loops *loops, const union kernel_arguments *all,
                         uint64_t begin, size_t count) {
    const struct convoyMultiplyArguments *a = &all->multiply;
    struct galois_table tables[CONVOY_KERNEL_OUTPUTS];
    for (uint64_t i = 0; i < a->outputs; i++) {
        tables[i] = table_of((uint8_t)(a->coefficients >> 8 * i));
    }
    for (size_t done = 0; done < count; done += PIECE) {
        size_t some = size_min(PIECE, count - done);
        for (uint64_t i = 0; i < a->outputs; i++) {
            multiply_piece(loops, &tables[i], (uint8_t)(a->coefficients >> 8 * i),
                           byte_at(a->outs[i], begin + done), byte_at(a->in, begin + done), some);
        }
    }
}

const struct kernel kernel_multiply = {
    .argument_bytes = sizeof(struct convoyMultiplyArguments),
    .check = check_multiply,
    .run = run_multiply,
};
