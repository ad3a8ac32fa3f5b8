/* SPDX-License-Identifier: Apache-2.0 */
/** The command line's own commands. */
package dev.convoy.launcher.cli;
