/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The recovery protocol as pure values: messages, events in, decisions out.
 *
 * <p>Nothing in this package starts a thread, reads a clock, opens a socket or makes a native call; time comes in with
 * each event as nanoseconds of CLOCK_MONOTONIC. That is what lets a simulator drive the very same coordinator through
 * thousands of random schedules from one seed.
 */
package dev.convoy.fault.protocol;
