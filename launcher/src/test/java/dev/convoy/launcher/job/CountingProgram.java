/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.job;

import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.fault.ElasticGroup;
import dev.convoy.fault.ShardedState;
import dev.convoy.fault.Step;
import dev.convoy.fault.protocol.RunSummary;

/**
 * A training program in whole numbers: every step adds the same to the state whatever the world size, so that
 * {@link #reference} knows the result. A sharded vector counts the steps: whoever restores it must have found every
 * shard of it. Arguments: steps, and milliseconds that each step takes.
 */
final class CountingProgram {
    private static final int BATCH = 64;
    private static final int COUNTS = 1_000;

    private final DeviceBuffer state;
    private final DeviceBuffer sum;
    private final ShardedState counts;
    private final long stepMillis;

    private CountingProgram(ElasticGroup group, long stepMillis) {
        this.state = group.replicated("state", DataType.INT64, 1);
        this.sum = group.device().allocate(DataType.INT64, 1);
        this.counts = group.sharded("counts", DataType.INT64, COUNTS);
        this.stepMillis = stepMillis;
    }

    public static void main(String[] arguments) throws Exception {
        long steps = Long.parseLong(arguments[0]);
        try (ElasticGroup group = ElasticGroup.join()) {
            System.out.println("process of rank " + System.getenv("CONVOY_RANK") + " uses device "
                    + group.device().index());
            CountingProgram program = new CountingProgram(group, Long.parseLong(arguments[1]));
            group.run(steps, program::step);
            String result = Long.toString(read(program.state));
            group.finish(
                    group.rank() != 0
                            ? null
                            : new RunSummary(steps, group.worldSize(), null, result, null, -1, -1, -1, null));
            program.sum.close();
        }
    }

    private void step(Step step) throws InterruptedException {
        if (step.index() == 0 && step.rank() == 0) {
            System.out.println("training begins");
        }
        count(step.index());
        Thread.sleep(stepMillis);
        long own = 0;
        for (int sample = step.from(BATCH); sample < step.to(BATCH); sample++) {
            own += term(step.index(), sample);
        }
        sum.copyFrom(new long[] {own});
        step.communicator().allReduce(sum, ReduceOp.SUM, step.stream()).await();
        state.copyFrom(new long[] {read(state) * 3 + read(sum)});
    }

    private void count(long step) {
        long[] values = new long[(int) counts.count()];
        if (values.length > 0) {
            counts.buffer().copyTo(values);
            for (int i = 0; i < values.length; i++) {
                long expected = step * (counts.offset() + i);
                if (values[i] != expected) {
                    throw new IllegalStateException("count " + (counts.offset() + i) + " is " + values[i]
                            + " before step " + step + ", not " + expected);
                }
                values[i] += counts.offset() + i;
            }
            counts.buffer().copyFrom(values);
        }
    }

    /** The result, computed without a group. */
    static String reference(long steps) {
        long state = 0;
        for (long step = 0; step < steps; step++) {
            long sum = 0;
            for (int sample = 0; sample < BATCH; sample++) {
                sum += term(step, sample);
            }
            state = state * 3 + sum;
        }
        return Long.toString(state);
    }

    private static long term(long step, int sample) {
        return (step + 1) * 31 + sample * 7L;
    }

    private static long read(DeviceBuffer buffer) {
        long[] value = new long[1];
        buffer.copyTo(value);
        return value[0];
    }
}
