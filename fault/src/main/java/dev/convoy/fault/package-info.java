/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a training program uses: a group of processes that survives the loss of some of them.
 *
 * <p>Start at {@link dev.convoy.fault.ElasticGroup}.
 */
package dev.convoy.fault;
