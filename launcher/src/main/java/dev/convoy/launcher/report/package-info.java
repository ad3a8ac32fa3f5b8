/* SPDX-License-Identifier: Apache-2.0 */
/** The report of a job. */
package dev.convoy.launcher.report;
