/* SPDX-License-Identifier: Apache-2.0 */
/* The maker's side of a unique id: a thread that collects the ranks and tells each of all. */
#ifndef CONVOY_RENDEZVOUS_H
#define CONVOY_RENDEZVOUS_H

#include "formation/wire.h"

/* Makes an id that this process answers for; false, with errno set, where it cannot listen. */
bool rendezvous_make_id(struct wire_id *id);

/* The id will not be used: a communicator of one rank needs no exchange. No effect on others' ids.
 */
void rendezvous_forget(const struct wire_id *id);

#endif
