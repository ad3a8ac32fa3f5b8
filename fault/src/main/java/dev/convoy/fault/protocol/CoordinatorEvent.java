/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.List;

/** What happened to the job; {@code nowNs} is CLOCK_MONOTONIC and never goes back. */
public sealed interface CoordinatorEvent {
    /**
     * When it was seen.
     *
     * @return CLOCK_MONOTONIC nanoseconds
     */
    long nowNs();

    /**
     * A member's control connection is open and its Hello was accepted.
     *
     * @param nowNs when
     * @param member who
     * @param pid its process id
     */
    record Connected(long nowNs, MemberId member, long pid) implements CoordinatorEvent {}

    /**
     * A record came in.
     *
     * @param nowNs when
     * @param member from whom
     * @param message what
     */
    record Received(long nowNs, MemberId member, RankMessage message) implements CoordinatorEvent {}

    /**
     * A member's control connection ended.
     *
     * @param nowNs when
     * @param member whose
     */
    record Disconnected(long nowNs, MemberId member) implements CoordinatorEvent {}

    /**
     * A process ended, for whatever reason. Comes for every process once, fenced ones included.
     *
     * @param nowNs when
     * @param member which
     * @param how completes a sentence that begins with its name: {@code exited with status 1}
     * @param status its exit status, 128 + N if signal N ended it
     */
    record Exited(long nowNs, MemberId member, String how, int status) implements CoordinatorEvent {
        /**
         * Whether the program says that all is well.
         *
         * @return whether the status was 0
         */
        public boolean clean() {
            return status == 0;
        }
    }

    /**
     * {@link Decision.Fence} was carried out: SIGKILL was sent, or the process had ended before.
     *
     * @param nowNs when
     * @param member which
     */
    record Fenced(long nowNs, MemberId member) implements CoordinatorEvent {}

    /**
     * {@link Decision.Spawn} failed.
     *
     * @param nowNs when
     * @param launchRank which
     * @param reason one line
     */
    record SpawnFailed(long nowNs, int launchRank, String reason) implements CoordinatorEvent {}

    /**
     * The agent of a node other than the coordinator's own can start processes from now on.
     *
     * @param nowNs when
     * @param node which, from 1
     */
    record NodeJoined(long nowNs, int node) implements CoordinatorEvent {}

    /**
     * The agent of a node cannot be reached any more. Its processes may still act: each is fenced like any other, and
     * {@link Fenced} comes once the agent's lease has run out.
     *
     * @param nowNs when
     * @param node which
     * @param how completes a sentence that begins with {@code node 1}
     */
    record NodeLost(long nowNs, int node, String how) implements CoordinatorEvent {}

    /**
     * State of a process as the system shows it. Optional evidence for the diagnosis of a hang.
     *
     * @param nowNs when
     * @param member which
     * @param state the letter in {@code /proc/PID/stat}: {@code T} is stopped
     */
    record ProcState(long nowNs, MemberId member, char state) implements CoordinatorEvent {}

    /**
     * Somebody outside the job is being asked who hangs; {@link OpinionGiven} follows, or nothing does.
     *
     * @param nowNs when
     */
    record OpinionAsked(long nowNs) implements CoordinatorEvent {}

    /**
     * Somebody outside the job said who hangs. Optional evidence for the diagnosis of a hang, which never rests on this
     * alone.
     *
     * @param nowNs when
     * @param suspects who seems to hold up the others; may be empty
     * @param text the same in words
     */
    record OpinionGiven(long nowNs, List<MemberId> suspects, String text) implements CoordinatorEvent {
        /** Copies the list. */
        public OpinionGiven {
            suspects = List.copyOf(suspects);
        }
    }

    /**
     * Time passes: every 5–10 ms.
     *
     * @param nowNs now
     */
    record Tick(long nowNs) implements CoordinatorEvent {}
}
