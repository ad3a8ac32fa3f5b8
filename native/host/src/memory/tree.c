/* SPDX-License-Identifier: Apache-2.0 */
#include "memory/tree.h"

/* A fixed seed will do: the priorities only have to be unrelated to the keys. */
static uint32_t next_priority(void) {
    static _Atomic uint32_t state = 0x9e3779b9u;
    uint32_t x = atomic_fetch_add_explicit(&state, 0x9e3779b9u, memory_order_relaxed);
    x = (x ^ (x >> 16)) * 0x7feb352du;
    x = (x ^ (x >> 15)) * 0x846ca68bu;
    return x ^ (x >> 16);
}

/* Splits a tree into the nodes before `key` and those after it. */
static void split(struct tree_node *tree, const struct tree_node *key, tree_order order,
                  struct tree_node **before, struct tree_node **after) {
    while (tree != NULL) {
        if (order(tree, key) < 0) {
            *before = tree;
            before = &tree->right;
            tree = tree->right;
        } else {
            *after = tree;
            after = &tree->left;
            tree = tree->left;
        }
    }
    *before = NULL;
    *after = NULL;
}

/* Joins two trees of which every node of the first comes before every node of the second. */
static struct tree_node *join(struct tree_node *first, struct tree_node *second) {
    struct tree_node *root = NULL;
    struct tree_node **link = &root;
    while (first != NULL && second != NULL) {
        if (first->priority >= second->priority) {
            *link = first;
            link = &first->right;
            first = first->right;
        } else {
            *link = second;
            link = &second->left;
            second = second->left;
        }
    }
    *link = first != NULL ? first : second;
    return root;
}

void tree_insert(struct tree_node **root, struct tree_node *node, tree_order order) {
    node->priority = next_priority();
    struct tree_node **link = root;
    while (*link != NULL && (*link)->priority >= node->priority) {
        link = order(node, *link) < 0 ? &(*link)->left : &(*link)->right;
    }
    struct tree_node *displaced = *link;
    *link = node;
    split(displaced, node, order, &node->left, &node->right);
}

void tree_remove(struct tree_node **root, struct tree_node *node, tree_order order) {
    struct tree_node **link = root;
    while (*link != node) {
        link = order(node, *link) < 0 ? &(*link)->left : &(*link)->right;
    }
    *link = join(node->left, node->right);
}
