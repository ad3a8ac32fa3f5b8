/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.protocol;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A job forms, loses a rank and goes on, as far as the coordinator is concerned; and how many events that takes. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
public class CoordinatorSpeed {
    @Param({"4", "64", "1024", "16384"})
    int ranks;

    /** What the coordinator was told; as a rate. */
    @AuxCounters
    @State(Scope.Thread)
    public static class Told {
        /** Read by JMH. */
        public long events;

        /** Begins an iteration. */
        @Setup(Level.Iteration)
        public void reset() {
            events = 0;
        }
    }

    @Benchmark
    public void formationAndRecovery(Told told) {
        ScriptedJob job = new ScriptedJob(ranks);
        job.form();
        job.recover();
        told.events += job.events();
    }
}
