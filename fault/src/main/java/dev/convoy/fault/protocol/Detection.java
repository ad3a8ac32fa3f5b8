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
    /** What a rank reports, before it is known who is to blame. */
    static Detection of(Job job, RankMessage.Suspect suspect) {
        long atNs = job.clock.stamp(suspect.atNs());
        return switch (suspect.evidence()) {
            case PEER_DEATH -> new Detection(Incident.Cause.ERROR, Incident.DetectedBy.PEER_DEATH, atNs);
            case ASYNC_ERROR -> new Detection(Incident.Cause.ERROR, Incident.DetectedBy.ASYNC_ERROR, atNs);
            case DEADLINE -> new Detection(Incident.Cause.HANG, Incident.DetectedBy.DEADLINE, atNs);
        };
    }

    static Detection of(Loss loss) {
        return new Detection(loss.cause(), loss.detectedBy(), loss.atNs());
    }
}
