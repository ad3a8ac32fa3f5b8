/* SPDX-License-Identifier: Apache-2.0 */
/** A client of NCCL's RAS service, which says how the ranks of running communicators are. */
package dev.convoy.launcher.ras;
