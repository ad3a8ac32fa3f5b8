/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/** A record on the control connection between a rank and the coordinator. */
public sealed interface Message permits RankMessage, CoordinatorMessage {
    /** Version of the control protocol; both sides must speak the same one. */
    int PROTOCOL = 4;
}
