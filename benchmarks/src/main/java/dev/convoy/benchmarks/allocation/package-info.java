/* SPDX-License-Identifier: Apache-2.0 */
/** What collectives take from the Java heap: nothing. */
package dev.convoy.benchmarks.allocation;
