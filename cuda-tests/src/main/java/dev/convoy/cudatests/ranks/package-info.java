/* SPDX-License-Identifier: Apache-2.0 */
/** Ranks in processes of their own, for what a job of the launcher does not show. */
package dev.convoy.cudatests.ranks;
