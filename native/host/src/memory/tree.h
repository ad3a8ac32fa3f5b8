/* SPDX-License-Identifier: Apache-2.0 */
/* An intrusive ordered tree (a treap). Its owner locks it, and walks it for lookups. */
#ifndef CONVOY_TREE_H
#define CONVOY_TREE_H

#include "base/base.h"

struct tree_node {
    struct tree_node *left;
    struct tree_node *right;
    uint32_t priority;
};

/* A total order: two different nodes never compare equal. */
typedef int (*tree_order)(const struct tree_node *a, const struct tree_node *b);

void tree_insert(struct tree_node **root, struct tree_node *node, tree_order order);
void tree_remove(struct tree_node **root, struct tree_node *node, tree_order order);

#endif
