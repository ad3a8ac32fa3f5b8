/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.Version;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotPairTest {
    private static final StateShape SHAPE = new StateShape(
            List.of(new StateShape.Vector("weights", "FLOAT32", 4, 10)),
            List.of(new StateShape.Host("ledger", 100)),
            List.of(new StateShape.Vector("moments", "FLOAT32", 4, 30)));
    private static final int[] SHARDS = {0, 1};

    private final SlotPair slots =
            new SlotPair(SHAPE, bytes -> new Region(null, MemorySegment.ofArray(new byte[(int) bytes])));

    @Test
    void aSlotThatIsBeingWrittenIsNeverOffered() {
        committed(1, 0);
        Slot torn = slots.begin(new Version(1, 1), new Custody(3, SHARDS));
        fill(torn, 1);

        assertThat(slots.inventory(damage -> {})).extracting(Holding::version).containsExactly(new Version(1, 0));
    }

    @Test
    void aWholeSlotIsOfferedBeforeItsCommitIsKnown() {
        committed(1, 0);
        whole(1, 1);

        assertThat(slots.inventory(damage -> {}))
                .extracting(Holding::version)
                .containsExactly(new Version(1, 1), new Version(1, 0));
        assertThat(slots.committed()).isEqualTo(new Version(1, 0));
    }

    @Test
    void theCommittedSlotIsNeverTheOneThatIsWritten() {
        for (int step = 0; step < 9; step++) {
            Slot written = slots.begin(new Version(1, step), new Custody(3, SHARDS));
            fill(written, step);
            Version before = slots.committed();
            assertThat(before).isEqualTo(step == 0 ? null : new Version(1, step - 1));
            if (before != null) {
                assertThat(contentOf(slots.find(before))).isEqualTo((byte) (step - 1));
            }
            written.seal();
            written.commit();
        }
    }

    @Test
    void aWholeVersionWithoutCommitIsNotOverwritten() {
        committed(1, 0);
        whole(1, 1);

        assertThatThrownBy(() -> slots.begin(new Version(1, 2), new Custody(3, SHARDS)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not known to be committed");
    }

    @Test
    void theFirstVersionIsNotOverwrittenBeforeItsCommit() {
        whole(1, 0);

        assertThatThrownBy(() -> slots.begin(new Version(1, 1), new Custody(3, SHARDS)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRepeatedAttemptGoesWhereTheFirstWent() {
        committed(1, 0);
        Slot first = whole(1, 1);

        assertThat(slots.begin(new Version(1, 1), new Custody(3, SHARDS))).isSameAs(first);
    }

    @Test
    void agreementKeepsTheRestoredVersionAndVoidsTheRest() {
        committed(1, 4);
        whole(1, 5);

        slots.agree(new Version(1, 4));

        assertThat(slots.committed()).isEqualTo(new Version(1, 4));
        assertThat(slots.inventory(damage -> {})).extracting(Holding::version).containsExactly(new Version(1, 4));
        Slot next = slots.begin(new Version(2, 4), new Custody(2, SHARDS));
        assertThat(next).isNotSameAs(slots.find(new Version(1, 4)));
    }

    @Test
    void agreementOnAVersionWhoseCommitWasNotSeenCommitsIt() {
        committed(1, 4);
        whole(1, 5);

        slots.agree(new Version(1, 5));

        assertThat(slots.committed()).isEqualTo(new Version(1, 5));
    }

    @Test
    void aLaterEpochIsNewerWhateverItsStep() {
        committed(1, 9);
        slots.agree(new Version(1, 9));
        Slot next = slots.begin(new Version(2, 9), new Custody(3, SHARDS));
        fill(next, 1);
        next.seal();
        next.commit();

        assertThat(slots.committed()).isEqualTo(new Version(2, 9));
    }

    @Test
    void flippedBitsWithdrawOnlyWhatTheyHit() {
        Slot slot = committed(1, 0);
        flip(slot.shardBytes(1), 3);
        assertThat(slots.inventory(damage -> {}))
                .containsExactly(new Holding(new Version(1, 0), 3, new int[] {0}, true));

        flip(slot.replicatedBytes(), 0);
        assertThat(slots.inventory(damage -> {}))
                .containsExactly(new Holding(new Version(1, 0), 3, new int[] {0}, false));

        flip(slot.shardBytes(0), 39);
        assertThat(slots.inventory(damage -> {})).isEmpty();
    }

    @Test
    void damageIsNamed() {
        Slot slot = committed(2, 5);
        List<String> damage = new ArrayList<>();
        slots.inventory(damage::add);
        assertThat(damage).isEmpty();

        slots.damageNewest();
        flip(slot.replicatedBytes(), 0);
        slots.inventory(damage::add);
        assertThat(damage).containsExactly("the replicated state of step 5 of epoch 2", "shard 0 of step 5 of epoch 2");
    }

    @Test
    void aCopyThatWasDamagedOnItsWayIsNeverOffered() {
        Slot slot = slots.begin(new Version(1, 0), new Custody(3, SHARDS));
        fill(slot, 7);
        slot.checksumOwn();
        long original = Checksum.of(slot.shardBytes(1));
        flip(slot.shardBytes(1), 3);
        slot.expect(1, original);
        slot.seal();

        assertThat(slots.inventory(damage -> {}))
                .containsExactly(new Holding(new Version(1, 0), 3, new int[] {0}, true));
    }

    @Test
    void aFaithfulCopyIsOffered() {
        Slot slot = slots.begin(new Version(1, 0), new Custody(3, SHARDS));
        fill(slot, 7);
        slot.expect(1, Checksum.of(slot.shardBytes(1)));
        slot.seal();

        assertThat(slots.inventory(damage -> {})).containsExactly(new Holding(new Version(1, 0), 3, SHARDS, true));
    }

    @Test
    void memoryGrowsWithTheShards() {
        committed(1, 0);
        slots.agree(new Version(1, 0));
        Slot wide = slots.begin(new Version(2, 0), new Custody(1, new int[] {0}));

        assertThat(wide.shardBytes(0).byteSize()).isEqualTo(128);
        assertThat(slots.inventory(damage -> {})).hasSize(1);
    }

    @Test
    void muchIsOfferedUncheckedOnceAndCheckedWhenARestoreHasProvedNothing() {
        StateShape large =
                new StateShape(List.of(new StateShape.Vector("weights", "INT8", 1, 17 << 20)), List.of(), List.of());
        try (SlotPair pair =
                new SlotPair(large, bytes -> new Region(null, MemorySegment.ofArray(new byte[(int) bytes])))) {
            for (int step = 0; step < 2; step++) {
                Slot slot = pair.begin(new Version(1, step), new Custody(0, new int[0]));
                slot.seal();
                slot.commit();
            }
            pair.damageNewest();
            List<String> damage = new ArrayList<>();
            assertThat(pair.inventory(damage::add)).hasSize(2);
            assertThat(damage).isEmpty();

            pair.agree(new Version(1, 1));
            assertThat(pair.inventory(damage::add)).isEmpty();
            assertThat(damage).containsExactly("the replicated state of step 1 of epoch 1");
        }
    }

    @Test
    void whatARestoreHasStagedIsTakenUpByItsFirstSnapshotOnly() {
        committed(1, 0);
        slots.agree(new Version(1, 0));
        Slot staging = slots.begin(new Version(2, 0), new Custody(3, SHARDS));
        fill(staging, 4);
        staging.stageOwn(Checksum.of(staging.shardBytes(0)));

        Slot taken = slots.resume(new Version(2, 0), new Custody(3, SHARDS));
        assertThat(taken).isSameAs(staging);
        assertThat(taken.ownIsStaged()).isTrue();
        taken.seal();
        taken.commit();
        assertThat(slots.resume(new Version(2, 1), new Custody(3, SHARDS)).ownIsStaged())
                .isFalse();
    }

    @Test
    void reservedMemoryIsUsedAndCounted() {
        long announced = slots.announcedBytes(new Membership(1, 0, 3, null), RestorePlan.initial());
        assertThat(slots.usedBytes()).isZero();
        slots.reserve(0, 3);
        assertThat(slots.usedBytes()).isEqualTo(announced / 2);
        MemorySegment memory = committed(1, 0).shardBytes(1);
        assertThat(memory.byteSize()).isEqualTo(64);
        assertThat(slots.usedBytes()).isEqualTo(announced / 2);
        whole(1, 1);
        assertThat(slots.usedBytes()).isEqualTo(announced);
    }

    @Test
    void aVersionOfThisEpochThatAllHaveStaysBelowTheNext() {
        committed(1, 0);
        committed(1, 1);
        assertThat(slots.begin(new Version(1, 2), new Custody(3, SHARDS)).base())
                .isEqualTo(new Version(1, 0));
        slots.agree(new Version(1, 1));

        assertThat(slots.begin(new Version(2, 1), new Custody(3, SHARDS)).base())
                .isNull();
    }

    @Test
    void nothingStaysBelowAVersionThatIsCutOtherwise() {
        committed(1, 0);
        committed(1, 1);

        assertThat(slots.begin(new Version(1, 2), new Custody(3, new int[] {0})).base())
                .isNull();
    }

    private Slot committed(long epoch, long step) {
        Slot slot = whole(epoch, step);
        slot.commit();
        return slot;
    }

    private Slot whole(long epoch, long step) {
        Slot slot = slots.begin(new Version(epoch, step), new Custody(3, SHARDS));
        fill(slot, step);
        slot.seal();
        return slot;
    }

    private static void fill(Slot slot, long value) {
        slot.replicatedBytes().fill((byte) value);
        slot.shardBytes(0).fill((byte) value);
        slot.shardBytes(1).fill((byte) value);
    }

    private static byte contentOf(Slot slot) {
        return slot.replicatedBytes().get(ValueLayout.JAVA_BYTE, 5);
    }

    private static void flip(MemorySegment memory, long at) {
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) ~memory.get(ValueLayout.JAVA_BYTE, at));
    }
}
