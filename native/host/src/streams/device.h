/* SPDX-License-Identifier: Apache-2.0 */
/* The calling thread's current device. */
#ifndef CONVOY_DEVICE_H
#define CONVOY_DEVICE_H

int device_current(void);

#endif
