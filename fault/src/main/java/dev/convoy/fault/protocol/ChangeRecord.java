/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.List;

/** One change of the membership while it is being written down; {@link MembershipChange} is what others see of it. */
final class ChangeRecord {
    private long epoch;
    private List<Integer> joined;
    private final List<Integer> left;
    private final long askedAtNs;
    private final long stoppedAtNs;
    private Long agreedAtNs;
    private Long rebuiltAtNs;
    private Long restoredAtNs;
    private Long resumedAtNs;
    private Long step;
    private Integer worldSize;

    ChangeRecord(long epoch, List<Integer> joined, List<Integer> left, long askedAtNs, long stoppedAtNs) {
        this.epoch = epoch;
        this.joined = List.copyOf(joined);
        this.left = List.copyOf(left);
        this.askedAtNs = askedAtNs;
        this.stoppedAtNs = stoppedAtNs;
    }

    /** As a former coordinator left it. */
    static ChangeRecord of(MembershipChange change) {
        ChangeRecord record = new ChangeRecord(
                change.epoch(), change.joined(), change.left(), change.askedAtNs(), change.stoppedAtNs());
        record.agreedAtNs = change.agreedAtNs();
        record.rebuiltAtNs = change.rebuiltAtNs();
        record.restoredAtNs = change.restoredAtNs();
        record.resumedAtNs = change.resumedAtNs();
        record.step = change.step();
        record.worldSize = change.worldSize();
        return record;
    }

    /** Whether this change formed this epoch, and not all of its members have resumed. */
    boolean isOpenFor(long ofEpoch) {
        return epoch == ofEpoch && resumedAtNs == null;
    }

    void again(long newEpoch, List<Integer> lost) {
        epoch = newEpoch;
        joined =
                joined.stream().filter(launchRank -> !lost.contains(launchRank)).toList();
    }

    void agreed(long atNs, long step, int worldSize) {
        agreedAtNs = atNs;
        this.step = step;
        this.worldSize = worldSize;
    }

    void rebuilt(long atNs) {
        rebuiltAtNs = atNs;
    }

    void restored(long atNs) {
        restoredAtNs = atNs;
    }

    void resumed(long atNs) {
        resumedAtNs = atNs;
    }

    MembershipChange toChange() {
        return new MembershipChange(
                epoch,
                joined,
                left,
                askedAtNs,
                stoppedAtNs,
                agreedAtNs,
                rebuiltAtNs,
                restoredAtNs,
                resumedAtNs,
                step,
                worldSize);
    }
}
