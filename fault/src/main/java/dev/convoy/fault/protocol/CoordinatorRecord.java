/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.List;

/**
 * Everything that a successor needs to go on with a job when its coordinator is lost. What the coordinator was in the
 * midst of is not in it: that is decided anew, after the ranks have said where they are.
 *
 * @param epochs epochs published, ascending, the present one last; older than the newest version that is known to be
 *     committed only as far as there is room
 * @param joined whether a process has connected: the program is one that forms a group
 * @param formed whether every member of the first epoch was ready once
 * @param stepped whether a step was completed
 * @param released whether all steps are done and the members of the present epoch may finish
 * @param committed newest version known to be committed, or null
 * @param durable newest version of which every part is on disk, or null
 * @param processes all that may still live
 * @param nextIncarnations for each launch rank that was ever used, the first identity that nobody has had
 * @param recoveries attempts so far that count against the limit
 * @param incidents oldest first
 * @param changes oldest first
 * @param faults injected faults that have fired
 * @param warnings oldest first
 * @param summary what the program said about itself, or null
 * @param distrust versions, processes and nodes that are not trusted
 */
public record CoordinatorRecord(
        List<PublishedEpoch> epochs,
        boolean joined,
        boolean formed,
        boolean stepped,
        boolean released,
        Version committed,
        Version durable,
        List<KnownProcess> processes,
        List<MemberId> nextIncarnations,
        int recoveries,
        List<Incident> incidents,
        List<MembershipChange> changes,
        List<FiredFault> faults,
        List<String> warnings,
        RunSummary summary,
        Distrust distrust) {
    /** Incidents, and changes, that are kept: the newest. */
    public static final int MAX_HISTORY = 500;
    /** Warnings that are kept: the oldest, as the coordinator keeps them. */
    public static final int MAX_WARNINGS = 200;
    /** Of each warning. */
    public static final int WARNING_CHARS = 500;
    /** Members of all the epochs together, unless the present one and that of the committed version have more. */
    public static final int MAX_MEMBERSHIPS = 32_768;
    /** A longer loss history is left out. */
    public static final int MAX_LOSSES = 10_000;

    /** Copies the lists, and cuts those that are to be bounded. */
    public CoordinatorRecord {
        epochs = kept(epochs, committed);
        processes = List.copyOf(processes);
        nextIncarnations = List.copyOf(nextIncarnations);
        incidents = newest(incidents);
        changes = newest(changes);
        faults = List.copyOf(faults);
        warnings = warnings.stream()
                .limit(MAX_WARNINGS)
                .map(CoordinatorRecord::shortened)
                .toList();
        summary = withoutLongHistory(summary);
    }

    /**
     * One epoch that was published.
     *
     * @param epoch its number
     * @param members its members in rank order
     * @param domains on which nodes they were
     */
    public record PublishedEpoch(long epoch, List<MemberId> members, FailureDomains domains) {
        /** Copies the list. */
        public PublishedEpoch {
            members = List.copyOf(members);
        }
    }

    /**
     * One process that may still live.
     *
     * @param id its present name
     * @param bornAs the name that it was started with, and connects with
     * @param node where it was started
     * @param role what it is to the job
     * @param member whether it was in a published epoch
     */
    public record KnownProcess(MemberId id, MemberId bornAs, int node, Role role, boolean member) {}

    /** What a process is to the job. */
    public enum Role {
        /** It has a place in the group, or wants to give it up and has not been let go yet. */
        CURRENT,
        /** It is kept ready beside the group. */
        RESERVE,
        /** It left by its own wish and may still be ending. */
        DEPARTED,
        /** It was excluded and is not known to be gone. */
        EXCLUDED
    }

    /**
     * An injected fault that has fired.
     *
     * @param spec as {@link FaultSpec#format} writes it
     * @param atNs when, CLOCK_MONOTONIC; null if that has been told in an incident already
     */
    public record FiredFault(String spec, Long atNs) {
        /**
         * Checks the specification.
         *
         * @throws IllegalArgumentException if it is none
         */
        public FiredFault {
            FaultSpec.parse(spec);
        }
    }

    /**
     * The epoch published last.
     *
     * @return its number, 0 if there is none
     */
    public long epoch() {
        return epochs.isEmpty() ? 0 : epochs.getLast().epoch();
    }

    /**
     * The same, with what is known of the disk by now: versions are written without a new record.
     *
     * @param onDisk newest version of which every part is on disk, or null
     * @return a record that differs in this alone
     */
    public CoordinatorRecord withDurable(Version onDisk) {
        return new CoordinatorRecord(
                epochs,
                joined,
                formed,
                stepped,
                released,
                committed,
                onDisk,
                processes,
                nextIncarnations,
                recoveries,
                incidents,
                changes,
                faults,
                warnings,
                summary,
                distrust);
    }

    private static List<PublishedEpoch> kept(List<PublishedEpoch> epochs, Version committed) {
        int from = epochs.size();
        long memberships = 0;
        while (from > 0 && (from == epochs.size() || memberships < MAX_MEMBERSHIPS)) {
            from--;
            memberships += epochs.get(from).members().size();
        }
        List<PublishedEpoch> newest = epochs.subList(from, epochs.size());
        if (committed == null || newest.stream().anyMatch(each -> each.epoch() == committed.epoch())) {
            return List.copyOf(newest);
        }
        return epochs.stream()
                .filter(each -> each.epoch() == committed.epoch() || newest.contains(each))
                .toList();
    }

    private static <T> List<T> newest(List<T> all) {
        return List.copyOf(all.subList(Math.max(0, all.size() - MAX_HISTORY), all.size()));
    }

    private static String shortened(String text) {
        return text.length() <= WARNING_CHARS ? text : text.substring(0, WARNING_CHARS - 1) + "…";
    }

    private static RunSummary withoutLongHistory(RunSummary summary) {
        boolean fits = summary == null || summary.lossHistory() == null || summary.lossHistory().length <= MAX_LOSSES;
        return fits
                ? summary
                : new RunSummary(
                        summary.step(),
                        summary.worldSize(),
                        summary.testAccuracy(),
                        summary.parametersSha256(),
                        null,
                        summary.consumed(),
                        summary.skipped(),
                        summary.duplicated(),
                        summary.samplesSha256());
    }
}
