/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.convoy.fault.StateMismatchException;
import dev.convoy.fault.protocol.GroupPlacement;
import dev.convoy.fault.protocol.Version;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommitVoteTest {
    private static final Version VERSION = new Version(3, 17);
    private static final StateShape SHAPE = new StateShape(
            List.of(new StateShape.Vector("weights", "INT8", 1, 9)),
            List.of(),
            List.of(new StateShape.Vector("moments", "INT8", 1, 64)));

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 8})
    void equalRecordsCommit(int worldSize) {
        assertThat(vote(records(worldSize), worldSize).verdict(VERSION, true)).isEqualTo(CommitVote.Verdict.COMMIT);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void aCopyThatDiffersIsTakenAgain(int worldSize) {
        for (int rank = 0; rank < worldSize; rank++) {
            long[] records = records(worldSize);
            records[rank * CommitVote.LONGS + 6]++;
            assertThat(vote(records, worldSize).verdict(VERSION, true)).isEqualTo(CommitVote.Verdict.REPEAT);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4})
    void ranksThatDisagreeAreNamed(int field) {
        for (int rank = 1; rank < 4; rank++) {
            long[] records = records(4);
            records[rank * CommitVote.LONGS + field]++;
            CommitVote vote = vote(records, 4);
            assertThatThrownBy(() -> vote.verdict(VERSION, true))
                    .isInstanceOf(StateMismatchException.class)
                    .hasMessageContaining("rank " + rank)
                    .hasMessageContaining("step 17");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4})
    void aRankThatIsAloneWithItsReplicatedStateIsNamed(int odd) {
        long[] records = records(5);
        records[odd * CommitVote.LONGS + 4] ^= 1;
        assertThatThrownBy(() -> vote(records, 5).verdict(VERSION, true))
                .isInstanceOf(StateMismatchException.class)
                .hasMessageContaining("rank " + odd + " holds other bytes than the other 4 ranks")
                .hasMessageContaining("weights");
        int other = (odd + 2) % 5;
        records[other * CommitVote.LONGS + 4] ^= 2;
        assertThatThrownBy(() -> vote(records, 5).verdict(VERSION, true))
                .hasMessageContaining(
                        "rank " + Math.min(odd, other) + ", rank " + Math.max(odd, other) + " hold other");
    }

    @Test
    void withoutAMajorityNobodyIsBlamedAlone() {
        long[] records = records(4);
        records[4] ^= 1;
        records[CommitVote.LONGS + 4] ^= 1;
        assertThatThrownBy(() -> vote(records, 4).verdict(VERSION, true))
                .isInstanceOf(StateMismatchException.class)
                .hasMessageContaining("no majority of the ranks holds the same bytes")
                .hasMessageNotContaining("rank 0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rankZeroDecidesOnDurability(boolean wanted) {
        long[] records = records(3);
        records[3] = wanted ? 1 : 0;
        records[CommitVote.LONGS + 3] = wanted ? 0 : 1;
        assertThat(vote(records, 3).agreed().durable()).isEqualTo(wanted);
    }

    /** It would leave its part out, and the others would write theirs for nothing, again and again. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void nothingGoesToDiskWhileARankStillWrites(int busy) {
        long[] records = records(3);
        records[3] = new Wishes(true, false, false, 1).bits();
        assertThat(vote(records, 3).agreed().durable()).isTrue();
        records[busy * CommitVote.LONGS + 3] |= new Wishes(false, true, false, 1).bits();
        assertThat(vote(records, 3).agreed().durable()).isFalse();
    }

    private static CommitVote vote(long[] records, int worldSize) {
        return new CommitVote(records, new Protection.Copies(GroupPlacement.of(worldSize)), List.of("weights"));
    }

    private static long[] records(int worldSize) {
        long[] all = new long[worldSize * CommitVote.LONGS];
        long[] record = new long[CommitVote.LONGS];
        for (int rank = 0; rank < worldSize; rank++) {
            SlotPair slots =
                    new SlotPair(SHAPE, bytes -> new Region(null, MemorySegment.ofArray(new byte[(int) bytes])));
            Slot slot = slots.begin(
                    VERSION, new Custody(worldSize, GroupPlacement.of(worldSize).shardsHeldBy(rank)));
            slot.replicatedBytes().fill((byte) 4);
            for (int i = 0; i < slot.heldShards(); i++) {
                ShardContent.fill(SHAPE, slot.shardBytes(i), slot.shard(i), worldSize, 5);
            }
            slot.seal();
            CommitVote.write(record, 99, slot, Wishes.NONE);
            System.arraycopy(record, 0, all, rank * CommitVote.LONGS, CommitVote.LONGS);
        }
        return all;
    }
}
