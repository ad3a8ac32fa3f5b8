/* SPDX-License-Identifier: Apache-2.0 */
/** Runs that JMH does not fit: long ones, and those whose ranks are processes. */
package dev.convoy.benchmarks.runs;
