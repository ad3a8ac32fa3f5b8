/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where the agents of a job agree on who leads, and keep what a successor needs. Implementations are found by
 * {@link java.util.ServiceLoader}; a job that is given none has one agent that leads, and ends with it.
 */
package dev.convoy.fault.store;
