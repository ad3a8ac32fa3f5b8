/* SPDX-License-Identifier: Apache-2.0 */
/* A communicator with new ranks beside its own: all meet on a unique id that one of the old ranks
 * made. */
#ifndef CONVOY_GROW_H
#define CONVOY_GROW_H

#include "comm/comm.h"

/* Makes the id of the parent's next growth, and shows it to the parent's other ranks. */
ncclResult_t grow_make_id(struct ncclComm *parent, ncclUniqueId *id);

/* An old rank's part; `id` may be NULL on all but the maker. */
ncclResult_t grow_parent(struct ncclComm *parent, int nranks, const ncclUniqueId *id,
                         struct ncclComm **handle, const ncclConfig_t *config);

#endif
