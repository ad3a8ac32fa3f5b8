/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import dev.convoy.fault.protocol.Decision.Announce;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.MembershipChange;
import java.util.List;

/**
 * Watches a job from inside the agent.
 *
 * <p>Every method is called on one thread of its own, in the order of events, some moments later. One that does not
 * return holds up no recovery; what happens meanwhile waits, within a bound beyond which it is not told, progress soon.
 * {@link Job#run} returns once all has been told. An exception that leaves a method ends the job as a failure.
 */
public interface JobListener {
    /** A listener that does nothing. */
    JobListener NONE = new JobListener() {};

    /**
     * An epoch was published: its members, in rank order.
     *
     * @param epoch the epoch, from 1
     * @param members the processes; index is rank
     */
    default void epochStarted(long epoch, List<MemberId> members) {}

    /**
     * Training made progress, as rank 0 of the epoch reported it.
     *
     * @param progress what it reported
     */
    default void progress(Progress progress) {}

    /**
     * An incident began or reached its next phase.
     *
     * @param incident all that is known so far; times not reached are null
     */
    default void incident(Incident incident) {}

    /**
     * A change of the membership for which nobody was lost was agreed on, or reached its next phase.
     *
     * @param change all that is known so far; times not reached are null
     */
    default void changed(MembershipChange change) {}

    /**
     * An incident was explained: some time after the group works again, or when the job ends. Comes once for each.
     *
     * @param epoch the incident's {@link Incident#epoch()}
     * @param sentence which rank, at which operation, since when, and why; one sentence without its full stop
     */
    default void diagnosed(long epoch, String sentence) {}

    /**
     * Something for a person to read: the group is formed, a loss, a recovery or a change done, a warning.
     *
     * @param kind what about
     * @param text one line
     */
    default void announced(Announce.Kind kind, String text) {}

    /**
     * What a rank said of its training.
     *
     * @param epoch epoch of the report
     * @param step step that was completed, 0-based
     * @param loss loss of that step
     * @param samplesPerSecond samples a second over the whole group
     * @param worldSize ranks in the group
     */
    record Progress(long epoch, long step, double loss, double samplesPerSecond, int worldSize) {}
}
