/* SPDX-License-Identifier: Apache-2.0 */
/** The agent that runs a job's ranks, and the command line {@code convoy}. */
package dev.convoy.launcher;
