/* SPDX-License-Identifier: Apache-2.0 */

/**
 * One measurement of a figure.
 *
 * @param figure what was measured
 * @param micros wall clock of one operation, in µs
 * @param busBandwidth in GB/s, as nccl-tests define it
 * @param wrong elements of the result that were not what they should be
 */
record Sample(Figure figure, double micros, double busBandwidth, long wrong) {}
