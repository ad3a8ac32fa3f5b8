/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurableLedgerTest {
    private final Epochs epochs = new Epochs();
    private final List<Decision> decisions = new ArrayList<>();
    private final DurableLedger ledger = new DurableLedger(epochs, decisions::add);

    DurableLedgerTest() {
        epochs.publish(1, List.of(rank(0), rank(1)));
    }

    private void part(int rank, long step, String file, boolean last) {
        ledger.part(rank(rank), new RankMessage.DurablePart(new Version(1, step), file, 3, "aa", last));
    }

    @Test
    void versionIsDurableWhenEveryMemberWroteItsLastPart() {
        part(0, 5, "a", false);
        part(1, 5, "b", true);
        assertThat(decisions).isEmpty();
        part(0, 5, "c", true);
        Decision.CommitDurable commit = (Decision.CommitDurable) decisions.getFirst();
        assertThat(commit.version()).isEqualTo(new Version(1, 5));
        assertThat(commit.worldSize()).isEqualTo(2);
        assertThat(commit.parts()).extracting(StoredPart::file).containsExactly("a", "b", "c");
    }

    @Test
    void olderVersionsAreForgottenOnceANewerOneIsDurable() {
        part(0, 5, "a", true);
        part(0, 6, "a", true);
        part(1, 6, "b", true);
        part(1, 5, "b", true);
        assertThat(decisions).hasSize(1);
        assertThat(ledger.last()).contains(new Version(1, 6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/passwd", "a/b", "..", ".", "", ".hidden", "a\0b"})
    void fileNamesThatLeaveTheFolderAreRefused(String file) {
        part(0, 5, file, true);
        part(1, 5, "b", true);
        assertThat(decisions).isEmpty();
    }

    @Test
    void strangersWordDoesNotCount() {
        ledger.part(rank(7), new RankMessage.DurablePart(new Version(1, 5), "x", 3, "aa", true));
        ledger.part(rank(0), new RankMessage.DurablePart(new Version(9, 5), "x", 3, "aa", true));
        part(0, 5, "a", true);
        part(1, 5, "b", true);
        assertThat(decisions).hasSize(1);
        assertThat(((Decision.CommitDurable) decisions.getFirst()).parts()).hasSize(2);
    }
}
