/* SPDX-License-Identifier: Apache-2.0 */
/** Ranks as threads of this process, and what they can be asked to do. */
package dev.convoy.benchmarks.ranks;
