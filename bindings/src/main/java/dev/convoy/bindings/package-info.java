/* SPDX-License-Identifier: Apache-2.0 */
/**
 * NCCL and the CUDA runtime as interfaces of functions, their layouts, and the discovery of the libraries.
 *
 * <p>Addresses are {@code long}, statuses {@code int}, and nothing is checked: the module above turns statuses into
 * exceptions and addresses into objects with a lifetime.
 */
package dev.convoy.bindings;
