/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The control connection between ranks and the agent: one TCP connection a rank, length-prefixed records of one sealed
 * codec, a token in the first record. Every length and count that a peer wrote is bounded before it is used.
 */
package dev.convoy.fault.control;
