/* SPDX-License-Identifier: Apache-2.0 */

import java.io.IOException;
import java.time.Duration;

/**
 * How far apart the cores are at this moment, in nanoseconds for a cache line there and back. The host of a virtual
 * machine moves its cores about; what is measured while they are far apart says nothing about who is faster.
 */
final class CoreDistance {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final PeerProgram program = new PeerProgram("core_distance.c", "core_distance");
    private boolean built;

    void build() throws IOException, InterruptedException {
        program.compile("gcc", "gnu17");
        built = true;
    }

    /** 0 where it cannot be told. */
    double measure() throws IOException, InterruptedException {
        return built ? Double.parseDouble(Job.firstLine(Job.run(DEADLINE, program.path()))) : 0;
    }
}
