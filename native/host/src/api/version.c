/* SPDX-License-Identifier: Apache-2.0 */
#include "convoy/convoy_ext.h"

#ifndef CONVOY_VERSION
#define CONVOY_VERSION "unknown"
#endif

const char *convoyHostVersion(void) {
    return CONVOY_VERSION;
}
