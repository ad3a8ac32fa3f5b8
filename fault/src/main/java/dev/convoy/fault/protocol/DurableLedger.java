/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Collects the parts of durable versions; a version whose every writer wrote its last part is committed. */
final class DurableLedger {
    private static final int MAX_PENDING = 8;
    private static final int MAX_PARTS = 65_536;

    private final Epochs epochs;
    private final Consumer<Decision> out;
    private final TreeMap<Version, Pending> pending = new TreeMap<>();
    private Version last;

    /** Parts so far, by file name: a part that is written again replaces the former. */
    private static final class Pending {
        private final Set<MemberId> writers;
        private final int shardCount;
        private final Set<MemberId> done = new HashSet<>();
        private final Map<String, StoredPart> parts = new TreeMap<>();

        Pending(Set<MemberId> writers, int shardCount) {
            this.writers = writers;
            this.shardCount = shardCount;
        }
    }

    DurableLedger(Epochs epochs, Consumer<Decision> out) {
        this.epochs = epochs;
        this.out = out;
    }

    /** A version that survivors are asked to write: parts of it that members wrote before do not count. */
    void expect(Version version, Set<MemberId> writers, int shardCount) {
        pending.put(version, new Pending(Set.copyOf(writers), shardCount));
    }

    void part(MemberId member, RankMessage.DurablePart part) {
        Version version = part.version();
        if (!isFileName(part.file()) || (last != null && version.compareTo(last) <= 0)) {
            return;
        }
        Pending collected =
                pending.computeIfAbsent(version, v -> new Pending(new HashSet<>(epochs.members(v.epoch())), 0));
        if (collected.writers.contains(member) && collected.parts.size() < MAX_PARTS) {
            collected.parts.put(part.file(), new StoredPart(member, part.file(), part.bytes(), part.sha256()));
            if (part.last()) {
                collected.done.add(member);
            }
        }
        if (!collected.writers.isEmpty() && collected.done.containsAll(collected.writers)) {
            commit(version, collected);
        } else if (pending.size() > MAX_PENDING) {
            pending.pollFirstEntry();
        }
    }

    private void commit(Version version, Pending complete) {
        last = version;
        pending.headMap(version, true).clear();
        List<StoredPart> parts = new ArrayList<>(complete.parts.values());
        int worldSize = epochs.members(version.epoch()).size();
        out.accept(new Decision.CommitDurable(version, worldSize, complete.shardCount, parts));
    }

    Optional<Version> last() {
        return Optional.ofNullable(last);
    }

    private static boolean isFileName(String file) {
        return !file.isEmpty() && !file.startsWith(".") && file.indexOf('/') < 0 && file.indexOf('\0') < 0;
    }
}
