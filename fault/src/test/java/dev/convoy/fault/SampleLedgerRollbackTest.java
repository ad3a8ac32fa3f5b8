/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SampleLedgerRollbackTest {
    @Property(tries = 200)
    void aRollbackForgetsExactlyWhatCameAfterTheSnapshot(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int samples) {
        Random random = new Random(seed);
        SampleLedger undisturbed = new SampleLedger(samples);
        SampleLedger disturbed = new SampleLedger(samples);
        ByteBuffer snapshot = ByteBuffer.allocate((int) disturbed.maxBytes());
        long pass = 0;
        for (int step = 0; step < 20; step++) {
            int[] batch = random.ints(random.nextInt(8), 0, samples).toArray();
            pass += random.nextInt(3) == 0 ? 1 : 0;
            snapshot.clear();
            disturbed.save(snapshot);
            if (random.nextBoolean()) {
                int[] lost = random.ints(5, 0, samples).toArray();
                disturbed.record(pass + random.nextInt(2), lost, 0, lost.length);
                SampleLedger target = random.nextBoolean() ? disturbed : new SampleLedger(samples);
                target.load(snapshot.flip());
                disturbed = target;
            }
            undisturbed.record(pass, batch, 0, batch.length);
            disturbed.record(pass, batch, 0, batch.length);
        }

        assertThat(disturbed.sha256()).isEqualTo(undisturbed.sha256());
        assertThat(figures(disturbed)).isEqualTo(figures(undisturbed));
    }

    private static long[] figures(SampleLedger ledger) {
        return new long[] {ledger.consumed(), ledger.skipped(), ledger.duplicated()};
    }
}
