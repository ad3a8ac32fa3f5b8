/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

import dev.convoy.RuntimeKind;
import dev.convoy.bindings.NativeRuntime;
import dev.convoy.bindings.Runtimes;
import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.Trial;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;

/**
 * Every collective with every type and operator, every element checked. Where there are more ranks than GPUs, several
 * share one.
 */
public final class CollectivesTrial implements Trial {
    private static final List<String> REDUCTIONS = List.of("all_reduce", "reduce", "reduce_scatter");
    private static final List<String> MOVES =
            List.of("all_gather", "broadcast", "alltoall", "gather", "scatter", "sendrecv");
    private static final List<String> WITHOUT_FP8 =
            List.of("int8", "uint8", "int32", "uint32", "int64", "uint64", "half", "float", "double", "bfloat16");
    /** {@code cudaDevAttrComputeCapabilityMajor}. */
    private static final int COMPUTE_CAPABILITY_MAJOR = 75;

    private static final int HOPPER = 9;
    private static final Duration EACH = Duration.ofSeconds(150);

    private final int ranks;
    private int cases;

    /**
     * Made by the list of trials.
     *
     * @param ranks how many take part, each a process
     */
    public CollectivesTrial(int ranks) {
        this.ranks = ranks;
    }

    @Override
    public String name() {
        return "collectives-" + ranks;
    }

    @Override
    public Duration bound() {
        return Duration.ofMinutes(15);
    }

    @Override
    public String run(Bench bench) throws Exception {
        bench.runtime();
        boolean reducesEighths = reducesEighths(bench);
        for (String operation : bench.isQuick() ? List.of("all_reduce") : REDUCTIONS) {
            if (reducesEighths) {
                check(bench, operation, "all");
            } else {
                for (String type : WITHOUT_FP8) {
                    check(bench, operation, type);
                }
            }
        }
        for (String operation : bench.isQuick() ? List.of("sendrecv") : MOVES) {
            check(bench, operation, "all");
        }
        return cases + " results of " + ranks + (ranks == 1 ? " rank" : " ranks") + " checked, wrong 0"
                + (reducesEighths ? "" : "; 8-bit floating types are not reduced before compute capability 9.0");
    }

    /** Small enough that processes that share a GPU over sockets end in time, and no power of two. */
    private void check(Bench bench, String operation, String type) throws Exception {
        boolean isReduction = REDUCTIONS.contains(operation);
        List<String> plan =
                List.of("-b", "24K", "-e", "24K", "-n", "2", "-w", "1", "-d", type, "-o", isReduction ? "all" : "sum");
        PerfTable table = PerfTable.run(bench, operation, ranks, EACH, plan);
        Check.equal(0L, table.wrong(), "wrong elements of " + operation);
        Check.that(table.cases() > 0, operation + " checked nothing");
        cases += table.cases();
    }

    private static boolean reducesEighths(Bench bench) {
        if (bench.kind() == RuntimeKind.HOST) {
            return true;
        }
        NativeRuntime natives =
                Runtimes.probe(NativeRuntime.Kind.CUDA).runtime().orElseThrow();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(ValueLayout.JAVA_INT);
            Check.equal(
                    0,
                    natives.cuda().deviceGetAttribute(cell.address(), COMPUTE_CAPABILITY_MAJOR, 0),
                    "cudaDeviceGetAttribute");
            return cell.get(ValueLayout.JAVA_INT, 0) >= HOPPER;
        }
    }
}
