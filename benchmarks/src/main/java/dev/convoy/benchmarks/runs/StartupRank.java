/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.runs;

import dev.convoy.Communicator;
import dev.convoy.UniqueId;
import java.io.IOException;

/** Joins one communicator after the other, and tells when it called and when it was ready. */
final class StartupRank {
    private final RankMain self;

    StartupRank(RankMain self) {
        this.self = self;
    }

    /** The clock is CLOCK_MONOTONIC, the same for all processes. */
    void run(int rounds, boolean rehearsed) throws IOException {
        if (rehearsed) {
            self.rehearse();
        }
        for (int round = 0; round < rounds; round++) {
            UniqueId id = self.nextId();
            long called = System.nanoTime();
            try (Communicator _ = self.join(id)) {
                self.say("ready " + called + " " + System.nanoTime());
                self.await();
            }
        }
    }
}
