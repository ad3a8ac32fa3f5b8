/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** How elements of all ranks become one: a {@link ReduceOp}, or one made of it. */
public sealed interface Reduction permits ReduceOp, PreMulSum {}
