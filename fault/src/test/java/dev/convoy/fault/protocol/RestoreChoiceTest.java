/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestoreChoiceTest {
    private final Epochs epochs = new Epochs();

    RestoreChoiceTest() {
        epochs.publish(1, List.of(rank(0), rank(1), rank(2), rank(3)));
        epochs.publish(2, List.of(rank(0), rank(2), rank(3)));
    }

    private static Holding held(long epoch, long step, int shardCount, int... shards) {
        return new Holding(new Version(epoch, step), shardCount, shards, true);
    }

    private RestoreChoice choice(List<MemberId> members, Holding[]... inventories) {
        List<List<Holding>> lists = new ArrayList<>();
        for (Holding[] inventory : inventories) {
            lists.add(Arrays.asList(inventory));
        }
        return new RestoreChoice(members, lists, epochs);
    }

    private static Holding[] with(Holding... holdings) {
        return holdings;
    }

    @Test
    void newestVersionThatIsCoveredWins() {
        RestorePlan plan = choice(
                        List.of(rank(0), rank(2)),
                        with(held(1, 4, 4, 0, 1), held(1, 5, 4, 0, 1)),
                        with(held(1, 4, 4, 2, 3), held(1, 5, 4, 2, 3)))
                .newestCoverable()
                .orElseThrow();
        assertThat(plan.version()).isEqualTo(new Version(1, 5));
        assertThat(plan.shardSource()).containsExactly(0, 0, 1, 1);
    }

    @Test
    void olderSlotIsTakenWhenTheNewestIsNotCovered() {
        RestorePlan plan = choice(
                        List.of(rank(0), rank(2)),
                        with(held(1, 4, 4, 0, 1), held(1, 5, 4, 0, 1)),
                        with(held(1, 4, 4, 2, 3)))
                .newestCoverable()
                .orElseThrow();
        assertThat(plan.version()).isEqualTo(new Version(1, 4));
    }

    @Test
    void laterEpochIsNewerEvenAtALowerStep() {
        RestorePlan plan = choice(
                        List.of(rank(0), rank(2)),
                        with(held(1, 9, 4, 0, 1), held(2, 7, 3, 0, 1, 2)),
                        with(held(1, 9, 4, 2, 3)))
                .newestCoverable()
                .orElseThrow();
        assertThat(plan.version()).isEqualTo(new Version(2, 7));
        assertThat(plan.shardCount()).isEqualTo(3);
    }

    @Test
    void versionsOfDifferentCutsNeverMix() {
        assertThat(choice(List.of(rank(0), rank(2)), with(held(1, 7, 4, 0, 1)), with(held(2, 7, 3, 2)))
                        .newestCoverable())
                .isEmpty();
    }

    @Test
    void shardCountThatIsNotTheEpochsIsRubbish() {
        assertThat(choice(List.of(rank(0)), with(held(1, 7, 2, 0, 1))).newestCoverable())
                .isEmpty();
        assertThat(choice(List.of(rank(0)), with(held(9, 7, 2, 0, 1))).newestCoverable())
                .isEmpty();
    }

    @Test
    void someoneMustHoldTheReplicatedState() {
        Holding shardsOnly = new Holding(new Version(1, 3), 4, new int[] {0, 1, 2, 3}, false);
        assertThat(choice(List.of(rank(0)), with(shardsOnly)).newestCoverable()).isEmpty();
    }

    @Test
    void jobWithoutShardsNeedsOneCopyOfTheReplicatedState() {
        MemberId joiner = new MemberId(1, 1);
        RestorePlan plan = choice(List.of(rank(0), joiner, rank(2)), with(), with(), with(held(1, 3, 0)))
                .newestCoverable()
                .orElseThrow();
        assertThat(plan.replicatedSource()).isEqualTo(2);
        assertThat(plan.holdsReplicated()).containsExactly(false, false, true);
    }

    @Test
    void formerOwnerServesItsShardAndCopiesShareTheRest() {
        RestorePlan plan = choice(
                        List.of(rank(1), rank(2), rank(3)),
                        with(held(1, 3, 4, 1, 0)),
                        with(held(1, 3, 4, 2, 3)),
                        with(held(1, 3, 4, 3, 2)))
                .newestCoverable()
                .orElseThrow();
        assertThat(plan.shardSource()).containsExactly(0, 0, 1, 2);
    }

    @Test
    void missingShardAndItsHoldersAreNamed() {
        String why = choice(List.of(rank(0), rank(1)), with(held(1, 3, 4, 0, 1)), with(held(1, 3, 4, 1, 0)))
                .whyNot(new Version(1, 3));
        assertThat(why)
                .isEqualTo("step 3 of epoch 1 cannot be restored: shard 2 lay only at rank 2 and rank 3, "
                        + "lost or damaged there");
    }

    private static Holding coded(long step, int shard, int data, int... indices) {
        int[] shards = shard < 0 ? new int[0] : new int[] {shard};
        HeldParity parity = new HeldParity(new Redundancy.Parity(data, 4 - data), indices);
        return new Holding(new Version(1, step), 4, shards, true, parity);
    }

    @Test
    void whatIsLostIsComputedFromTheRestOfItsGroup() {
        RestorePlan plan = choice(
                        List.of(rank(3), new MemberId(1, 1), rank(0)),
                        with(coded(5, 3, 2, 0, 1)),
                        with(),
                        with(coded(5, 0, 2, 0, 1)))
                .newestCoverable()
                .orElseThrow();
        assertThat(plan.shardSource()).containsExactly(2, -1, -1, 0);
        Decoding decoding = plan.decodings().getFirst();
        assertThat(plan.decodings()).hasSize(1);
        assertThat(plan.decoding(1)).isSameAs(decoding);
        // Stripe s has its parity at ranks s and s + 1; of those, 0 and 3 are left, now 2 and 0.
        assertThat(decoding.paritySource()).containsExactly(2, -1, -1, -1, -1, 0, 0, 2);
        assertThat(decoding.witness(plan.shardSource())).isZero();
    }

    @Test
    void anOlderVersionIsTakenWhereMoreIsLostThanThereIsParityFor() {
        RestoreChoice choice = choice(
                List.of(rank(0), rank(2)),
                with(coded(6, 0, 3, 0), coded(5, 0, 3, 0), held(1, 4, 4, 0, 1, 2, 3)),
                with(coded(6, 2, 3, 0), coded(5, 2, 3, 0)));
        assertThat(choice.newestCoverable().orElseThrow().version()).isEqualTo(new Version(1, 4));
        assertThat(choice.whyNot(new Version(1, 6)))
                .isEqualTo("step 6 of epoch 1 cannot be restored: shard 1 cannot be computed, for of rank 0 and rank 1 "
                        + "and rank 2 and rank 3 more than 1 are lost or damaged");
    }

    @Test
    void damageIsALossAsAnyOther() {
        Holding[] withoutItsShard = with(coded(5, -1, 3, 0));
        Holding[] withoutItsParity = with(coded(5, 3, 3));
        assertThat(choice(
                                List.of(rank(0), rank(1), rank(2), rank(3)),
                                withoutItsShard,
                                with(coded(5, 1, 3, 0)),
                                with(coded(5, 2, 3, 0)),
                                with(coded(5, 3, 3, 0)))
                        .newestCoverable()
                        .orElseThrow()
                        .shardSource())
                .containsExactly(-1, 1, 2, 3);
        assertThat(choice(
                                List.of(rank(0), rank(1), rank(2), rank(3)),
                                withoutItsShard,
                                with(coded(5, 1, 3, 0)),
                                with(coded(5, 2, 3, 0)),
                                withoutItsParity)
                        .newestCoverable())
                .isEmpty();
    }

    @Test
    void whatWouldHaveToBeComputedIsNotWrittenToDisk() {
        RestoreChoice choice = choice(
                List.of(rank(0), rank(1), rank(2)),
                with(coded(6, 0, 3, 0), held(1, 5, 4, 0, 1, 2, 3)),
                with(coded(6, 1, 3, 0)),
                with(coded(6, 2, 3, 0)));
        assertThat(choice.newestCoverable().orElseThrow().version()).isEqualTo(new Version(1, 6));
        assertThat(choice.newestHeld().orElseThrow().version()).isEqualTo(new Version(1, 5));
    }

    @Test
    void everyShardOfAPlanIsWrittenOnce() {
        RestoreChoice choice = choice(
                List.of(rank(0), rank(2), rank(3)),
                with(held(1, 3, 4, 0, 1)),
                with(held(1, 3, 4, 2, 3)),
                with(held(1, 3, 4, 3, 2)));
        List<RestoreChoice.Share> shares =
                choice.shares(new Version(1, 3), List.of(0, 1, 2, 3), true).orElseThrow();
        assertThat(shares.stream().flatMap(share -> share.shards().stream())).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(shares.stream().filter(RestoreChoice.Share::replicated)).hasSize(1);
    }

    @Test
    void aPartThatNobodyHoldsIsWrittenByNobody() {
        RestoreChoice choice = choice(List.of(rank(0)), with(held(1, 3, 4, 0, 1)));
        assertThat(choice.shares(new Version(1, 3), List.of(1, 2), false)).isEmpty();
        assertThat(choice.shares(new Version(1, 3), List.of(1), false)).isPresent();
    }
}
