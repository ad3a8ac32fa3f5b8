/* SPDX-License-Identifier: Apache-2.0 */
#define LOOPS loops_baseline
#define LOOPS_NAME "baseline"

#include "loops_body.h"
