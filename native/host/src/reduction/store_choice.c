/* SPDX-License-Identifier: Apache-2.0 */
#include "reduction/store_choice.h"

/* The loser gets one piece of so many. */
#define TRY_AGAIN 64u
#define SMOOTHING 0.25
/* A piece during which the CPU was taken away says nothing about stores. */
#define OUTLIER 4.0

enum store store_choose(struct store_choice *choice) {
    for (int store = STORE_CACHED; store <= STORE_STREAMING; store++) {
        if (choice->cost[store] == 0) {
            return (enum store)store;
        }
    }
    bool cached = choice->cost[STORE_CACHED] <= choice->cost[STORE_STREAMING];
    bool again = ++choice->pieces % TRY_AGAIN == 0;
    return cached != again ? STORE_CACHED : STORE_STREAMING;
}

void store_learn(struct store_choice *choice, enum store store, size_t bytes, uint64_t nanos) {
    double cost = ((double)nanos + 1) / (double)bytes;
    double known = choice->cost[store];
    if (known == 0) {
        choice->cost[store] = cost;
        return;
    }
    double sample = cost < known * OUTLIER ? cost : known * OUTLIER;
    choice->cost[store] = known + SMOOTHING * (sample - known);
}
