/* SPDX-License-Identifier: Apache-2.0 */
/** What a machine has that Convoy can use, and why it lacks the rest. */
package dev.convoy.launcher.doctor;
