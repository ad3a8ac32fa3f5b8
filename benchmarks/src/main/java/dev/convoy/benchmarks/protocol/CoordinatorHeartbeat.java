/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.protocol;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What the coordinator computes while nothing goes wrong: for a heartbeat, and for a tick of its clock. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class CoordinatorHeartbeat {
    @Param({"16", "1024", "16384"})
    int ranks;

    private ScriptedJob job;

    /** A group at work. */
    @Setup
    public void form() {
        job = new ScriptedJob(ranks);
        job.form();
    }

    @Benchmark
    public void heartbeat() {
        job.nextHeartbeat();
    }

    @Benchmark
    public void heartbeatAndTick() {
        job.tick();
    }
}
