/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Evidence about peers: how suspicious a silence is, and which operations a rank issued last. Pure but for the
 * recorder, which one thread writes and any thread reads.
 */
package dev.convoy.fault.detect;
