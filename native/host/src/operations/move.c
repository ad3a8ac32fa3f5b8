/* SPDX-License-Identifier: Apache-2.0 */
#include "operations/move.h"

#include "reduction/copy_bytes.h"
#include "reduction/reduction.h"

#include <string.h>

/* A piece that takes less time is not worth a look at the clock. */
#define TIMED_FROM ((size_t)32 << 10)

static struct store_choice *choice_for(const struct op *op, enum move_use use, size_t bytes) {
    if (op->bytes < STORE_CHOICE_FROM || bytes < TIMED_FROM) {
        return NULL;
    }
    return &op->comm->stores[op->kind][use][move_size(op->bytes)];
}

static void reduce(const struct op *op, unsigned char *to, const unsigned char *const *parts,
                   size_t count, enum store store) {
    int nranks = op->comm->nranks;
    if (op->scalars != NULL) {
        reduction_run_scaled(op->type, to, parts, op->scalars, nranks, count, store);
    } else {
        reduction_run(op->redop, op->type, to, parts, nranks, count, store);
    }
}

void move_reduced(struct op *op, unsigned char *to, const unsigned char *const *parts,
                  size_t bytes) {
    struct store_choice *choice = choice_for(op, MOVE_REDUCED, bytes);
    enum store store = choice != NULL ? store_choose(choice) : STORE_CACHED;
    uint64_t begin = choice != NULL ? clock_nanos() : 0;
    reduce(op, to, parts, bytes / type_bytes(op->type), store);
    if (choice != NULL) {
        store_learn(choice, store, bytes, clock_nanos() - begin);
    }
}

void move_reduced_near(const struct op *op, unsigned char *to, const unsigned char *const *parts,
                       size_t bytes) {
    reduce(op, to, parts, bytes / type_bytes(op->type), STORE_CACHED);
}

static void copy_chosen(struct store_choice *choice, unsigned char *to, const unsigned char *from,
                        size_t bytes) {
    enum store store = choice != NULL ? store_choose(choice) : STORE_CACHED;
    uint64_t begin = choice != NULL ? clock_nanos() : 0;
    if (store == STORE_STREAMING) {
        copy_stream(to, from, bytes);
    } else {
        memmove(to, from, bytes);
    }
    if (choice != NULL) {
        store_learn(choice, store, bytes, clock_nanos() - begin);
    }
}

void move_copied(struct op *op, unsigned char *to, const unsigned char *from, size_t bytes) {
    copy_chosen(choice_for(op, MOVE_COPIED, bytes), to, from, bytes);
}

void move_pulled(struct store_choice *choice, unsigned char *to, const unsigned char *from,
                 size_t bytes) {
    copy_chosen(bytes >= TIMED_FROM ? choice : NULL, to, from, bytes);
}
