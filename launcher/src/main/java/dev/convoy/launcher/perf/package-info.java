/* SPDX-License-Identifier: Apache-2.0 */
/**
 * {@code convoy perf}: how fast collectives are, in the form of NVIDIA's nccl-tests.
 *
 * <p>The command parses, starts one process a rank (or a process with several ranks as threads), and prints what they
 * report. A rank's process loads nothing but {@code dev.convoy} and this package: it begins at
 * {@link dev.convoy.launcher.perf.RankMain}.
 */
package dev.convoy.launcher.perf;
