/* SPDX-License-Identifier: Apache-2.0 */
/** What a snapshot costs a step. */
package dev.convoy.benchmarks.snapshots;
