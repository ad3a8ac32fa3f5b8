/* SPDX-License-Identifier: Apache-2.0 */
/* The process's helper thread: it steps the work that nobody waits for. */
#ifndef CONVOY_HELPER_H
#define CONVOY_HELPER_H

#include "base/base.h"

/* Work was left pending. Costs a system call only where the helper had gone to sleep. */
void helper_poke(void);

/* The last waiter has left; what is still pending is the helper's again. */
void helper_take_over(void);

/* For tests that step everything themselves: the helper does nothing from here on. */
void helper_disable(void);

#endif
