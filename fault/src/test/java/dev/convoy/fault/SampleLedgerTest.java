/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SampleLedgerTest {
    @Test
    void wholePassesSkipAndDuplicateNothing() {
        SampleLedger ledger = new SampleLedger(10);
        for (int pass = 0; pass < 3; pass++) {
            ledger.record(pass, new int[] {7, 1, 3, 9, 0, 2}, 0, 6);
            ledger.record(pass, new int[] {4, 8, 6, 5}, 0, 4);
        }

        assertThat(ledger.consumed()).isEqualTo(30);
        assertThat(ledger.skipped()).isZero();
        assertThat(ledger.duplicated()).isZero();
    }

    @Test
    void aPassInProgressIsNotJudged() {
        SampleLedger ledger = new SampleLedger(10);
        ledger.record(0, new int[] {1, 2}, 0, 2);

        assertThat(ledger.skipped()).isZero();
    }

    @Test
    void aSampleLeftOutIsSkippedAndOneTakenTwiceIsDuplicated() {
        SampleLedger ledger = new SampleLedger(4);
        ledger.record(0, new int[] {0, 1, 1, 1}, 0, 4);
        ledger.record(1, new int[] {0, 1, 2, 3}, 0, 4);

        assertThat(ledger.skipped()).isEqualTo(2);
        assertThat(ledger.duplicated()).isEqualTo(2);
        assertThat(ledger.consumed()).isEqualTo(8);
    }

    @Test
    void aPassLeftOutAltogetherIsSkipped() {
        SampleLedger ledger = new SampleLedger(4);
        ledger.record(0, new int[] {0, 1, 2, 3}, 0, 4);
        ledger.record(2, new int[] {0, 1, 2, 3}, 0, 4);

        assertThat(ledger.skipped()).isEqualTo(4);
    }

    @Test
    void theChainIsTheDocumentedOne() throws Exception {
        SampleLedger ledger = new SampleLedger(10);
        ledger.record(0, new int[] {5, 3}, 0, 2);
        ledger.record(1, new int[] {9, 258, 0}, 2, 3);

        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        byte[] first =
                sha.digest(HexFormat.of().parseHex("00".repeat(32) + "0000000000000000" + "00000005" + "00000003"));
        sha.update(first);
        byte[] second = sha.digest(HexFormat.of().parseHex("0000000000000001" + "00000000"));
        assertThat(ledger.sha256()).isEqualTo(HexFormat.of().formatHex(second));
    }

    @Test
    void orderAndBoundariesOfBatchesChangeTheHash() {
        assertThat(hashOf(new int[][] {{0, 1}, {2, 3}}))
                .isNotEqualTo(hashOf(new int[][] {{1, 0}, {2, 3}}))
                .isNotEqualTo(hashOf(new int[][] {{0, 1, 2}, {3}}))
                .isEqualTo(hashOf(new int[][] {{0, 1}, {2, 3}}));
    }

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

    @Test
    void refusesWhatCannotBe() {
        SampleLedger ledger = new SampleLedger(4);
        ledger.record(1, new int[] {0}, 0, 1);
        String before = ledger.sha256();

        assertThatThrownBy(() -> ledger.record(1, new int[] {1, 4}, 0, 2)).hasMessageContaining("4 is not in 0..3");
        assertThatThrownBy(() -> ledger.record(1, new int[] {-1}, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ledger.record(0, new int[] {1}, 0, 1)).hasMessageContaining("pass 0");
        assertThatThrownBy(() -> ledger.load(ByteBuffer.allocate(3))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SampleLedger(0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(ledger.sha256()).isEqualTo(before);
        assertThat(ledger.consumed()).isEqualTo(1);
    }

    private static String hashOf(int[][] batches) {
        SampleLedger ledger = new SampleLedger(10);
        Arrays.stream(batches).forEach(batch -> ledger.record(0, batch, 0, batch.length));
        return ledger.sha256();
    }

    private static long[] figures(SampleLedger ledger) {
        return new long[] {ledger.consumed(), ledger.skipped(), ledger.duplicated()};
    }
}
