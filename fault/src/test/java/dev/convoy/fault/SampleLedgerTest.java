/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
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
}
