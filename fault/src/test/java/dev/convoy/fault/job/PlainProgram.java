/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.Work;
import dev.convoy.bindings.Posix;
import dev.convoy.fault.ElasticGroup;
import dev.convoy.fault.ShardedState;
import dev.convoy.fault.protocol.RunSummary;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/** Small programs that use a group in one particular way, chosen by the first argument. */
public final class PlainProgram {
    static final int STEPS = 10;
    private static final int OPERATIONS = 400;

    private PlainProgram() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "communicator" -> communicatorOnly();
            case "mismatch" -> mismatch();
            case "changed" -> changedMeanwhile();
            case "diverge" -> diverge();
            case "free" -> freeWhileFailing();
            case "no-states" -> noStates();
            case "saturated" -> saturated();
            case "stuck" -> stuck();
            case "early" -> early();
            case "long-step" -> longStep();
            case "filled-early" -> filledEarly();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void communicatorOnly() {
        try (ElasticGroup group = ElasticGroup.join();
                DeviceBuffer sum = group.device().allocate(DataType.INT64, 1)) {
            sum.copyFrom(new long[] {group.rank() + 1});
            group.communicator().allReduce(sum, ReduceOp.SUM, group.stream()).await();
            long[] total = new long[1];
            sum.copyTo(total);
            int world = group.worldSize();
            if (total[0] != world * (world + 1L) / 2) {
                throw new IllegalStateException("the sum is " + total[0]);
            }
        }
    }

    private static void mismatch() throws Exception {
        try (ElasticGroup group = ElasticGroup.join()) {
            group.replicated("weights", DataType.INT64, 10 + group.launchRank() / 2);
            group.run(5, step -> {});
        }
    }

    // A replacement that was started from another version of the program.
    private static void changedMeanwhile() throws Exception {
        int incarnation = Integer.parseInt(System.getenv("CONVOY_INCARNATION"));
        try (ElasticGroup group = ElasticGroup.join()) {
            DeviceBuffer weights = group.replicated("weights", DataType.INT64, 4 + incarnation);
            group.sharded("moments", DataType.INT64, 50 - 3 * incarnation);
            group.run(
                    10,
                    step -> step.communicator()
                            .allReduce(weights, ReduceOp.SUM, step.stream())
                            .await());
        }
    }

    private static void diverge() throws Exception {
        try (ElasticGroup group = ElasticGroup.join()) {
            DeviceBuffer weights = group.replicated("weights", DataType.INT64, 4);
            group.run(5, step -> {
                if (step.index() == 2) {
                    weights.copyFrom(new long[] {step.rank() == 1 ? 1 : 0, 0, 0, 0});
                }
            });
        }
    }

    // The buffer is freed while the exception of a broken communicator passes through: freeing waits for the device.
    private static void freeWhileFailing() throws Exception {
        try (ElasticGroup group = ElasticGroup.join()) {
            DeviceBuffer total = group.replicated("total", DataType.INT64, 1);
            group.run(30, step -> {
                try (DeviceBuffer one = group.device().allocate(DataType.INT64, 1)) {
                    one.copyFrom(new long[] {step.rank() == 0 ? step.index() : 0});
                    step.communicator()
                            .allReduce(one, ReduceOp.SUM, step.stream())
                            .await();
                    long[] sum = new long[1];
                    one.copyTo(sum);
                    long[] before = new long[1];
                    total.copyTo(before);
                    total.copyFrom(new long[] {before[0] + sum[0]});
                }
            });
            long[] result = new long[1];
            total.copyTo(result);
            group.finish(
                    group.rank() != 0
                            ? null
                            : new RunSummary(30, group.worldSize(), null, null, null, result[0], 0, 0, null));
        }
    }

    private static void noStates() throws Exception {
        try (ElasticGroup group = ElasticGroup.join()) {
            DeviceBuffer one = group.device().allocate(DataType.INT64, 1);
            group.run(
                    20,
                    step -> step.communicator()
                            .allReduce(one, ReduceOp.SUM, step.stream())
                            .await());
            one.close();
        }
    }

    // Enqueues hundreds of operations a step before it waits for the first of them, and is killed among them.
    private static void saturated() throws Exception {
        try (ElasticGroup group = ElasticGroup.join();
                DeviceBuffer ones = group.device().allocate(DataType.INT64, OPERATIONS)) {
            DeviceBuffer total = group.replicated("total", DataType.INT64, 1);
            long[] here = new long[OPERATIONS];
            group.run(STEPS, step -> {
                Arrays.fill(here, 1);
                ones.copyFrom(here);
                Work last = null;
                for (int i = 0; i < OPERATIONS; i++) {
                    if (i == OPERATIONS - 100 && step.index() == 5 && group.launchRank() == 1) {
                        Posix.kill((int) ProcessHandle.current().pid(), Posix.SIGKILL);
                    }
                    last = step.communicator().allReduce(ones.slice(i, 1), ReduceOp.SUM, step.stream());
                }
                last.await();
                ones.copyTo(here);
                boolean right = Arrays.stream(here).allMatch(sum -> sum == step.worldSize());
                long[] present = new long[1];
                total.copyTo(present);
                total.copyFrom(new long[] {right ? present[0] + 1 : Long.MIN_VALUE});
            });
            long[] result = new long[1];
            total.copyTo(result);
            finish(group, result[0]);
        }
    }

    // One rank's step function never comes back, and never calls anything that could notice.
    private static void stuck() throws Exception {
        try (ElasticGroup group = ElasticGroup.join();
                DeviceBuffer one = group.device().allocate(DataType.INT64, 1)) {
            group.run(STEPS, step -> {
                while (step.index() == 5 && group.launchRank() == 1) {
                    Thread.onSpinWait();
                }
                step.communicator().allReduce(one, ReduceOp.SUM, step.stream()).await();
            });
            finish(group, STEPS);
        }
    }

    private static void finish(ElasticGroup group, long consumed) {
        group.finish(
                group.rank() != 0
                        ? null
                        : new RunSummary(STEPS, group.worldSize(), null, null, null, consumed, 0, 0, null));
    }

    // Lets an operation run while it computes for longer than any operation may take, and looks only then.
    private static void longStep() throws Exception {
        try (ElasticGroup group = ElasticGroup.join();
                DeviceBuffer one = group.device().allocate(DataType.INT64, 1)) {
            group.run(1, step -> {
                Work sum = step.communicator().allReduce(one, ReduceOp.SUM, step.stream());
                LockSupport.parkNanos(Long.parseLong(System.getenv("CONVOY_DEADLINE_MS")) * 1_000_000 + 2_500_000_000L);
                sum.await();
            });
        }
    }

    // Asks for its place long before it runs, and a rank is lost meanwhile.
    private static void early() throws Exception {
        try (ElasticGroup group = ElasticGroup.join()) {
            awaitSmallerGroup(group);
            ShardedState shard = group.sharded("shard", DataType.INT64, 7, (offset, buffer) -> {
                long[] values = new long[(int) buffer.count()];
                Arrays.setAll(values, i -> offset + i);
                buffer.copyFrom(values);
            });
            group.run(3, step -> {
                long[] values = new long[(int) shard.count()];
                shard.buffer().copyTo(values);
                for (int i = 0; i < values.length; i++) {
                    if (values[i] != shard.offset() + i) {
                        throw new IllegalStateException("element " + i + " is " + values[i]);
                    }
                }
                if (step.worldSize() != 2) {
                    throw new IllegalStateException("a group of " + step.worldSize());
                }
            });
        }
    }

    // Fills its shard by hand, so that the content is lost with the cut.
    private static void filledEarly() throws Exception {
        try (ElasticGroup group = ElasticGroup.join()) {
            group.sharded("shard", DataType.INT64, 30).buffer().copyFrom(new long[10]);
            awaitSmallerGroup(group);
            group.run(3, step -> {});
        }
    }

    private static void awaitSmallerGroup(ElasticGroup group) {
        long end = System.nanoTime() + 30_000_000_000L;
        while (group.worldSize() == 3 && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
