/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.runs;

import dev.convoy.Communicator;
import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.Stream;
import java.io.IOException;

/** Reduces very often, and tells what it held before and after. */
final class GrowthRank {
    private static final int COUNT = 64;
    private static final int WARM_UP_SHARE = 5;

    private final RankMain self;

    GrowthRank(RankMain self) {
        this.self = self;
    }

    void run(int operations) throws IOException {
        try (Communicator communicator = self.join(self.nextId());
                Stream stream = communicator.device().newStream();
                DeviceBuffer buffer = communicator.device().allocate(DataType.FLOAT32, COUNT)) {
            reduce(communicator, buffer, stream, operations / WARM_UP_SHARE);
            // What it takes to look has been taken once, too.
            ProcessMemory.now();
            self.say("before " + ProcessMemory.now().text());
            self.await();
            reduce(communicator, buffer, stream, operations);
            self.say("after " + ProcessMemory.now().text());
            self.await();
        }
    }

    private static void reduce(Communicator communicator, DeviceBuffer buffer, Stream stream, int operations) {
        for (int i = 0; i < operations; i++) {
            communicator.allReduce(buffer, ReduceOp.MAX, stream).await();
        }
    }
}
