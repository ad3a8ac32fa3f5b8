/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

import dev.convoy.ConvoyRuntime;
import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.ConvoyCommandLine;
import dev.convoy.cudatests.Trial;
import java.time.Duration;
import java.util.List;

/** What is here: the figures of all other trials are this machine's. */
public final class MachineTrial implements Trial {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** Made by the list of trials. */
    public MachineTrial() {}

    @Override
    public String name() {
        return "machine";
    }

    @Override
    public String run(Bench bench) throws Exception {
        bench.say(
                "java %s, %s %s, %d processors",
                System.getProperty("java.version"),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                Runtime.getRuntime().availableProcessors());
        bench.show(ConvoyCommandLine.run(SOON, List.of("doctor")));
        ConvoyRuntime runtime = bench.runtime();
        return runtime.kind() + ", NCCL " + runtime.version() + ", " + runtime.deviceCount() + " devices, "
                + runtime.capabilities().size() + " capabilities";
    }
}
