/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Collects the parts of durable versions. A regular version is committed when each of its epoch's members has written
 * its last part; one that survivors are asked for, when all the files asked for are there.
 */
final class DurableLedger {
    private static final int MAX_PENDING = 8;
    private static final int MAX_PARTS = 65_536;

    private final Epochs epochs;
    private final Consumer<Decision> out;
    private final TreeMap<Version, Pending> pending = new TreeMap<>();
    private Request request;
    private Version last;

    /** Parts so far of a regular version, by file name: a part that is written again replaces the former. */
    private static final class Pending {
        private final Set<MemberId> writers;
        private final Set<MemberId> done = new HashSet<>();
        private final Map<String, StoredPart> parts = new TreeMap<>();

        Pending(List<MemberId> writers) {
            this.writers = new HashSet<>(writers);
        }
    }

    /** A version that survivors are asked to write, and in which files. */
    private record Request(
            Version version, int shardCount, Map<String, MemberId> asked, Map<String, StoredPart> parts) {}

    DurableLedger(Epochs epochs, Consumer<Decision> out) {
        this.epochs = epochs;
        this.out = out;
    }

    /**
     * Survivors will be asked for this version. Whatever else is written of it, now or later, does not count: a regular
     * part may still be on its way to the disk, and lacks the shards of those that were lost.
     */
    void expect(Version version, int shardCount) {
        pending.remove(version);
        request = new Request(version, shardCount, new HashMap<>(), new TreeMap<>());
    }

    /** A member is asked for a file of the expected version. */
    void ask(MemberId writer, String file) {
        request.asked().put(file, writer);
    }

    /** A file that was asked for will not come. */
    void forget(String file) {
        request.asked().remove(file);
    }

    void part(MemberId member, RankMessage.DurablePart part) {
        Version version = part.version();
        if (!isFileName(part.file()) || (last != null && version.compareTo(last) <= 0)) {
            return;
        }
        StoredPart stored = new StoredPart(member, part.file(), part.bytes(), part.sha256());
        if (request != null && request.version().equals(version)) {
            asked(member, stored);
        } else {
            regular(member, version, stored, part.last());
        }
    }

    private void asked(MemberId member, StoredPart stored) {
        if (member.equals(request.asked().get(stored.file()))) {
            request.parts().put(stored.file(), stored);
            if (request.parts().keySet().containsAll(request.asked().keySet())) {
                commit(request.version(), request.shardCount(), request.parts());
            }
        }
    }

    private void regular(MemberId member, Version version, StoredPart stored, boolean isLast) {
        Pending collected = pending.computeIfAbsent(version, v -> new Pending(epochs.members(v.epoch())));
        if (collected.writers.contains(member) && collected.parts.size() < MAX_PARTS) {
            collected.parts.put(stored.file(), stored);
            if (isLast) {
                collected.done.add(member);
            }
        }
        if (!collected.writers.isEmpty() && collected.done.containsAll(collected.writers)) {
            commit(version, 0, collected.parts);
        } else if (pending.size() > MAX_PENDING) {
            pending.pollFirstEntry();
        }
    }

    private void commit(Version version, int shardCount, Map<String, StoredPart> parts) {
        last = version;
        pending.headMap(version, true).clear();
        int worldSize = epochs.members(version.epoch()).size();
        out.accept(new Decision.CommitDurable(version, worldSize, shardCount, new ArrayList<>(parts.values())));
    }

    void inherit(Version newest) {
        last = newest;
    }

    Optional<Version> last() {
        return Optional.ofNullable(last);
    }

    private static boolean isFileName(String file) {
        return !file.isEmpty() && !file.startsWith(".") && file.indexOf('/') < 0 && file.indexOf('\0') < 0;
    }
}
