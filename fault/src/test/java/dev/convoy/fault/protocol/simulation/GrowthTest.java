/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.simulation.ManyRanks.Cost;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How the cost of a membership change grows with the group, up to 16,384 ranks; printed as a table. */
@Tag("slow")
class GrowthTest {
    private static final int LARGEST = 16_384;
    private static final long LONGEST_RECORD_NS = 3_000_000L;

    @Test
    void messagesAreLinearAndRoundsAreConstant() {
        List<Cost> costs = Stream.iterate(16, ranks -> ranks <= LARGEST, ranks -> 4 * ranks)
                .map(GrowthTest::secondTime)
                .toList();
        System.out.println("ranks | up | down | rounds | to agreement, virtual ms | the coordinator's CPU, ms"
                + " | of a heartbeat, ns");
        for (Cost cost : costs) {
            System.out.printf(
                    Locale.ROOT,
                    "%d | %d | %d | %d | %.1f | %.1f | %.0f%n",
                    cost.ranks(),
                    cost.up(),
                    cost.down(),
                    cost.rounds(),
                    cost.agreementNs() / 1e6,
                    cost.cpuNs() / 1e6,
                    cost.heartbeatNs());
            int survivors = cost.ranks() - 1;
            // Told to abort and told to begin; up: the death, the abort, rebuilt, restored, resumed.
            assertThat(cost.down()).isEqualTo(2L * survivors);
            assertThat(cost.up()).isEqualTo(5L * survivors);
            assertThat(cost.rounds()).isEqualTo(2);
            // A revocation out and its answers in: two trips, however many make them.
            assertThat(cost.agreementNs()).isLessThanOrEqualTo(2 * LONGEST_RECORD_NS);
        }
    }

    /** The first time the compiler is measured. */
    private static Cost secondTime(int ranks) {
        new ManyRanks(ranks).loseOne();
        return new ManyRanks(ranks).loseOne();
    }
}
