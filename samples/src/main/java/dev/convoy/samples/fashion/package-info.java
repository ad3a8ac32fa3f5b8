/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Data-parallel training of a small network on Fashion-MNIST that goes on when a rank is lost, and the command
 * {@code convoy demo} that shows it.
 */
package dev.convoy.samples.fashion;
