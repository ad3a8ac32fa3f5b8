/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.Version;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * How well the living memories cover the group's snapshots. Ranks tell of theirs a few times a second, each at its own
 * moment, so the newest versions of two ranks differ where nothing is wrong; copies are counted over what each rank
 * holds newest of the same epoch.
 *
 * @param newest newest version that anybody told of; null if there is none
 * @param copies memories that hold each shard, by shard; empty where no state is sharded
 * @param replicated memories that hold the replicated state
 * @param ranks how many hold anything of that epoch
 * @param parity what the shards' parity is made of, null where copies are kept; then pieces that nobody holds count as
 *     computed as long as they are not more than could be lost of one group
 * @param memoryBytes memory of all snapshots
 * @param announcedBytes how much it can be at most
 * @param tookNs longest time that a rank's last snapshot took
 * @param atNs when the newest was committed
 */
record Coverage(
        Version newest,
        int[] copies,
        int replicated,
        int ranks,
        Redundancy.Parity parity,
        long memoryBytes,
        long announcedBytes,
        long tookNs,
        long atNs) {

    static Coverage of(Collection<RankView> views) {
        List<RankMessage.Snapshots> held = views.stream()
                .filter(view -> view.state != RankView.State.LOST && view.snapshots != null)
                .map(view -> view.snapshots)
                .toList();
        RankMessage.Snapshots newest = held.stream()
                .max(Comparator.comparing(each -> each.newest().version()))
                .orElse(null);
        if (newest == null) {
            return new Coverage(null, new int[0], 0, 0, null, 0, 0, 0, 0);
        }
        Version version = newest.newest().version();
        int[] copies = new int[newest.newest().shardCount()];
        int replicated = 0;
        int ranks = 0;
        for (RankMessage.Snapshots each : held) {
            Holding holding = each.newest();
            if (holding.version().epoch() == version.epoch() && holding.shardCount() == copies.length) {
                ranks++;
                replicated += holding.replicated() ? 1 : 0;
                for (int shard : holding.shards()) {
                    copies[shard]++;
                }
            }
        }
        return new Coverage(
                version,
                copies,
                replicated,
                ranks,
                newest.newest().parity() == null
                        ? null
                        : newest.newest().parity().code(),
                held.stream().mapToLong(RankMessage.Snapshots::memoryBytes).sum(),
                held.stream().mapToLong(RankMessage.Snapshots::announcedBytes).sum(),
                held.stream().mapToLong(RankMessage.Snapshots::tookNs).max().orElse(0),
                newest.atNs());
    }

    /** Copies of the piece that has the fewest. One fewer than these memories can be lost, whichever they are. */
    int fewestCopies() {
        if (newest != null && parity != null) {
            return Math.max(0, 1 + parity.parity() - missing());
        }
        int fewest = newest == null ? 0 : copies.length == 0 ? replicated : Integer.MAX_VALUE;
        for (int each : copies) {
            fewest = Math.min(fewest, each);
        }
        return fewest;
    }

    private int missing() {
        int missing = 0;
        for (int each : copies) {
            missing += each > 0 ? 0 : 1;
        }
        return missing;
    }

    /** Part of the pieces that at least one memory holds, 0 to 1. */
    double covered() {
        if (newest == null) {
            return 0;
        }
        int held = copies.length - missing();
        if (parity != null && missing() <= parity.parity()) {
            return 1;
        }
        return copies.length == 0 ? (replicated > 0 ? 1 : 0) : (double) held / copies.length;
    }
}
