/* SPDX-License-Identifier: Apache-2.0 */
/** The command line of the benchmarks, and what they share. */
package dev.convoy.benchmarks;
