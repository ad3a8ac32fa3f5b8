/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.List;

/** What the agent must do, in the order given. */
public sealed interface Decision {
    /**
     * Keep this where a successor finds it, before anything that follows is carried out, also what is decided later. If
     * that cannot be done, another coordinator may have taken over: carry out nothing more. Decided only by a
     * coordinator that is {@linkplain Coordinator#recorded recorded}.
     *
     * @param record what a successor must know
     */
    record Record(CoordinatorRecord record) implements Decision {}

    /**
     * Send a record.
     *
     * @param member to whom
     * @param message what
     */
    record Send(MemberId member, CoordinatorMessage message) implements Decision {}

    /**
     * Kill a process (SIGKILL) and answer {@link CoordinatorEvent.Fenced} right after; also if it had ended already.
     *
     * @param member which
     */
    record Fence(MemberId member) implements Decision {}

    /**
     * Start a process; answer {@link CoordinatorEvent.SpawnFailed} if that fails.
     *
     * @param member its identity
     * @param node where, from 0
     */
    record Spawn(MemberId member, int node) implements Decision {}

    /**
     * A spare takes a place: from now on decisions and records call it by that name. Events may still come under the
     * name that it was started with.
     *
     * @param spare its name so far
     * @param place its name from now on
     */
    record Promote(MemberId spare, MemberId place) implements Decision {}

    /**
     * Every part of a version is on disk: write its manifest, then delete older versions.
     *
     * @param version which
     * @param worldSize members of the version's epoch
     * @param shardCount shards that the version is cut into; 0 if unknown to the coordinator or none
     * @param parts its files
     */
    record CommitDurable(Version version, int worldSize, int shardCount, List<StoredPart> parts) implements Decision {
        /** Copies the list. */
        public CommitDurable {
            parts = List.copyOf(parts);
        }
    }

    /**
     * Tell the person.
     *
     * @param kind what about
     * @param text one line
     */
    record Announce(Kind kind, String text) implements Decision {
        /** What an announcement is about. */
        public enum Kind {
            /** The job goes on from what an earlier one left on disk. */
            CONTINUED,
            /** Every rank joined and the first epoch is ready. */
            FORMED,
            /** A rank was lost, or an epoch was given up. */
            LOSS,
            /** The group works again. */
            RECOVERED,
            /** Somebody joined or left without anybody being lost. */
            CHANGED,
            /** Nothing was lost, but the person should know. */
            WARNING
        }
    }

    /**
     * Training made progress; comes from rank 0 of the current epoch only.
     *
     * @param progress as the rank said it
     */
    record ProgressMade(RankMessage.Progress progress) implements Decision {}

    /**
     * An incident is new or has changed; {@link Incident#epoch()} identifies it.
     *
     * @param incident its present state
     */
    record IncidentUpdated(Incident incident) implements Decision {}

    /**
     * The membership changes, or the change has reached its next phase; {@link MembershipChange#epoch()} identifies it.
     *
     * @param change its present state
     */
    record ChangeUpdated(MembershipChange change) implements Decision {}

    /**
     * The job is over. Nothing follows; every process that may still live has been fenced before.
     *
     * @param outcome how it ended
     */
    record End(JobOutcome outcome) implements Decision {}
}
