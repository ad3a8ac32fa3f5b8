/* SPDX-License-Identifier: Apache-2.0 */
/** The agent's inside: processes of the ranks, the event loop around the coordinator, the durable state. */
package dev.convoy.launcher.agent;
