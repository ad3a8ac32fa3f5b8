/* SPDX-License-Identifier: Apache-2.0 */
/* A library with nothing in it, for a name that must be there. */
typedef int nothing;
