/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__x86_64__)

#define LOOPS loops_avx512
#define LOOPS_NAME "avx512"

#include "loops_body.h"

#endif
