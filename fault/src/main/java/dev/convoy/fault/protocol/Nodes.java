/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import dev.convoy.fault.protocol.Distrust.NodeConduct;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Where processes are started: at their launch rank's home, unless that node is lost or has lost too many of late. A
 * node that is not to be trusted is still better than none where somebody waits.
 */
final class Nodes {
    private final int count;
    private final int ranks;
    private final Set<Integer> gone = new HashSet<>();
    private final Blacklist<Integer> blacklist = new Blacklist<>();

    Nodes(JobSpec spec) {
        count = spec.nodes();
        ranks = spec.ranks();
    }

    /** Neighbouring ranks lie on one node; spares are spread. */
    int home(int launchRank) {
        return launchRank < ranks ? (int) ((long) launchRank * count / ranks) : (launchRank - ranks) % count;
    }

    void joined(int node) {
        gone.remove(node);
    }

    void lost(int node) {
        gone.add(node);
    }

    /** A program that fails, or a rank that was not even begun, says nothing about its machine. */
    void lost(Loss loss, long timerNs) {
        boolean program = loss.isProgramFailure() || loss.cause() == Incident.Cause.ERROR;
        if (!program) {
            blacklist.failed(loss.member().node(), timerNs);
        }
    }

    /** What a successor should know of them. */
    List<NodeConduct> conducts(long timerNs) {
        return blacklist.conducts(timerNs).entrySet().stream()
                .map(entry -> new NodeConduct(entry.getKey(), entry.getValue()))
                .toList();
    }

    void inherit(List<NodeConduct> conducts, long timerNs) {
        conducts.forEach(each -> blacklist.inherit(each.node(), each.conduct(), timerNs));
    }

    boolean isTrusted(int node, long timerNs) {
        return !gone.contains(node) && (count == 1 || blacklist.isAllowed(node, timerNs));
    }

    /** The home if it is trusted, else the emptiest of the trusted ones, else whichever is trusted again first. */
    int nodeFor(int launchRank, List<MemberStatus> present, long timerNs) {
        int home = home(launchRank);
        if (isTrusted(home, timerNs)) {
            return home;
        }
        List<Integer> reachable = IntStream.range(0, count)
                .filter(node -> !gone.contains(node))
                .boxed()
                .toList();
        return reachable.stream()
                .filter(node -> isTrusted(node, timerNs))
                .min(Comparator.comparingLong(node ->
                        present.stream().filter(status -> status.node() == node).count()))
                .or(() -> reachable.stream().min(Comparator.comparingLong(blacklist::allowedFromNs)))
                .orElse(home);
    }
}
