/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import dev.convoy.fault.protocol.CoordinatorRecord.PublishedEpoch;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** Epochs attempted and published, who was in them, and what is known to be committed. */
final class Epochs {
    // One a recovery; whoever makes up more of them is told no more.
    private static final int MOST_REFUSED = 10_000;

    private final NavigableMap<Long, PublishedEpoch> published = new TreeMap<>();
    private long attempted;
    private long current;
    private boolean formed;
    private boolean stepped;
    private Version committed;
    // In these the members differed.
    private final Set<Version> refused = new HashSet<>();

    /** A new number: attempted epochs keep theirs, so that no answer to one is taken for an answer to another. */
    long next() {
        return ++attempted;
    }

    void publish(long epoch, List<MemberId> members) {
        publish(epoch, members, FailureDomains.ONE);
    }

    void publish(long epoch, List<MemberId> members, FailureDomains where) {
        published.put(epoch, new PublishedEpoch(epoch, members, where));
        attempted = Math.max(attempted, epoch);
        current = epoch;
    }

    /** Somebody has heard of this number: it is used up, whoever attempted it. */
    void heardOf(long epoch) {
        attempted = Math.max(attempted, epoch);
    }

    /** All that were published, ascending. */
    List<PublishedEpoch> published() {
        return List.copyOf(published.values());
    }

    /** The last published epoch; 0 before the first. */
    long current() {
        return current;
    }

    /** Members in rank order; empty for an epoch that was never published. */
    List<MemberId> members(long epoch) {
        PublishedEpoch known = published.get(epoch);
        return known == null ? List.of() : known.members();
    }

    /**
     * The ranks of an epoch's communicator by their names, to begin a sentence with: {@code "rank 2 and 1 more"}. Empty
     * if there are none, or none that were members.
     */
    String names(long epoch, int[] communicatorRanks) {
        List<MemberId> all = members(epoch);
        int[] known = Arrays.stream(communicatorRanks)
                .filter(rank -> rank >= 0 && rank < all.size())
                .distinct()
                .toArray();
        if (known.length == 0) {
            return "";
        }
        return all.get(known[0]) + (known.length == 1 ? "" : " and " + (known.length - 1) + " more");
    }

    /** On which nodes the members of a published epoch were. */
    FailureDomains domains(long epoch) {
        PublishedEpoch known = published.get(epoch);
        return known == null ? FailureDomains.ONE : known.domains();
    }

    /** Every member of the first epoch has been ready once. */
    boolean isFormed() {
        return formed;
    }

    void formed() {
        formed = true;
    }

    /** Some rank has completed a step, or all of them. */
    boolean hasStepped() {
        return stepped;
    }

    void stepped() {
        stepped = true;
    }

    void learnCommitted(Version version) {
        if (version != null && !members(version.epoch()).isEmpty()) {
            committed = committed == null || version.compareTo(committed) > 0 ? version : committed;
        }
    }

    /** The members' replicated state differs in this version: it is no state to go back to. */
    void refuse(Version version) {
        if (refused.size() < MOST_REFUSED && !members(version.epoch()).isEmpty()) {
            refused.add(version);
        }
    }

    List<Version> refused() {
        return List.copyOf(refused);
    }

    boolean isRefused(Version version) {
        return refused.contains(version);
    }

    /** Newest version known to be committed; null if none. */
    Version committed() {
        return committed;
    }
}
