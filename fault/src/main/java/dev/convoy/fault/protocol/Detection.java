/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/**
 * First evidence of an incident.
 *
 * @param cause what seems to be wrong
 * @param detectedBy who says so
 * @param atNs when it was seen
 */
record Detection(Incident.Cause cause, Incident.DetectedBy detectedBy, long atNs) {
    static Detection of(Loss loss) {
        return new Detection(loss.cause(), loss.detectedBy(), loss.atNs());
    }
}
