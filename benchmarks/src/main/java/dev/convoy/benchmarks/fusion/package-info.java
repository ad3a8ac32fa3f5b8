/* SPDX-License-Identifier: Apache-2.0 */
/** Many small gradients, one by one or in buckets. */
package dev.convoy.benchmarks.fusion;
