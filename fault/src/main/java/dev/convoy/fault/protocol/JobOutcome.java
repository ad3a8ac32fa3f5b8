/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/**
 * How a job ended.
 *
 * @param success whether the job did what was asked
 * @param exitStatus status for the command line: 0 exactly on success
 * @param message one line for the person
 * @param summary what the program said about itself; null if it said nothing
 */
public record JobOutcome(boolean success, int exitStatus, String message, RunSummary summary) {}
