/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.Step;
import java.util.BitSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class GlobalBatchesPropertyTest {

    @Property(tries = 200)
    void aPassTakesEverySampleOnce(
            @ForAll @IntRange(min = 1, max = 3_000) int samples,
            @ForAll @IntRange(min = 1, max = 300) int batchSize,
            @ForAll long seed,
            @ForAll @LongRange(min = 0, max = 1_000) long pass) {
        GlobalBatches batches = new GlobalBatches(samples, batchSize, seed);
        BitSet seen = new BitSet();
        int taken = 0;
        for (int s = 0; s < batches.stepsPerPass(); s++) {
            long step = pass * batches.stepsPerPass() + s;
            assertThat(batches.pass(step)).isEqualTo(pass);
            for (int sample : batches.batch(step)) {
                seen.set(sample);
                taken++;
            }
        }
        assertThat(taken).isEqualTo(samples);
        assertThat(seen.cardinality()).isEqualTo(samples);
        assertThat(seen.length()).isEqualTo(samples);
    }

    @Property(tries = 200)
    void theRanksSharesMakeTheGlobalBatchAtAnyWorldSize(
            @ForAll @IntRange(min = 1, max = 1_000) int samples,
            @ForAll @IntRange(min = 1, max = 300) int batchSize,
            @ForAll @IntRange(min = 1, max = 300) int worldSize,
            @ForAll @LongRange(min = 0, max = 10_000) long step) {
        GlobalBatches batches = new GlobalBatches(samples, batchSize, 1);
        int size = batches.size(step);
        int next = 0;
        for (int rank = 0; rank < worldSize; rank++) {
            Step share = new Step(step, rank, worldSize, 1, null, null);
            assertThat(share.from(size)).isEqualTo(next).isEqualTo(rank * size / worldSize);
            next = share.to(size);
        }
        assertThat(next).isEqualTo(size);
    }

    @Property(tries = 100)
    void onlyTheLastBatchOfAPassIsShort(
            @ForAll @IntRange(min = 1, max = 3_000) int samples, @ForAll @IntRange(min = 1, max = 300) int batchSize) {
        GlobalBatches batches = new GlobalBatches(samples, batchSize, 1);
        int last = batches.stepsPerPass() - 1;
        for (int step = 0; step < last; step++) {
            assertThat(batches.size(step)).isEqualTo(batchSize);
        }
        int rest = samples % batchSize;
        assertThat(batches.size(last)).isEqualTo(rest == 0 ? batchSize : rest);
    }

    @Property(tries = 50)
    void theOrderFollowsFromSeedAndPassAloneAndDiffersBetweenThem(@ForAll long seed) {
        GlobalBatches forwards = new GlobalBatches(500, 500, seed);
        GlobalBatches backwards = new GlobalBatches(500, 500, seed);
        int[] later = backwards.batch(1);
        int[] earlier = backwards.batch(0);
        assertThat(forwards.batch(0)).isEqualTo(earlier).isNotEqualTo(later);
        assertThat(forwards.batch(1)).isEqualTo(later);
        assertThat(new GlobalBatches(500, 500, seed + 1).batch(0)).isNotEqualTo(earlier);
    }
}
