/* SPDX-License-Identifier: Apache-2.0 */
/** The time of the smallest operations between ranks. */
package dev.convoy.benchmarks.latency;
