/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.fault.ElasticGroup;
import dev.convoy.fault.ElasticOptions;
import dev.convoy.fault.HostState;
import dev.convoy.fault.SampleLedger;
import dev.convoy.fault.ShardedState;
import dev.convoy.fault.SnapshotMemory;
import dev.convoy.fault.SnapshotOverlap;
import dev.convoy.fault.Step;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.RunSummary;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.locks.LockSupport;

/**
 * A training program in whole numbers: sums are exact, so the result is the same at any world size and with any losses,
 * and {@link #reference} computes it in plain Java without a group.
 */
public final class SumProgram {
    static final int SAMPLES = 50;
    static final int BATCH = 12;
    static final int GATED_STEP = 10;
    /** Variable with the launch rank that leaves, and the step at which it asks to: {@code RANK@STEP}. */
    static final String LEAVE = "CONVOY_TEST_LEAVE";

    /**
     * Variable with {@code RANK@STEP}: from that step on, a bit of that launch rank's first process's weights flips.
     */
    static final String FLIP = "CONVOY_TEST_FLIP";
    /** Variable with how many times it flips. */
    static final String FLIPS = "CONVOY_TEST_FLIPS";

    private static final String[] FLIPPING =
            System.getenv().getOrDefault(FLIP, "-1@-1").split("@");
    private static final String[] LEAVING =
            System.getenv().getOrDefault(LEAVE, "-1@-1").split("@");
    private static final int LEAVER = Integer.parseInt(LEAVING[0]);
    private static final long LEAVES_AT = Long.parseLong(LEAVING[1]);

    private final long steps;
    private final int length;
    private final long pauseMicros;
    private final ElasticGroup group;
    private final DeviceBuffer weights;
    private final DeviceBuffer gradient;
    private final ShardedState moments;
    private final SampleLedger ledger = new SampleLedger(SAMPLES);
    private final Counter counter = new Counter();
    private int flips = Integer.parseInt(System.getenv().getOrDefault(FLIPS, "1"));
    private final long[] weightsHere;
    private final long[] gradientHere;

    private SumProgram(ElasticGroup group, long steps, int length, long pauseMicros) {
        this.group = group;
        this.steps = steps;
        this.length = length;
        this.pauseMicros = pauseMicros;
        weights = group.replicated("weights", DataType.INT64, length);
        moments = group.sharded("moments", DataType.INT64, length, SumProgram::initialMoments);
        group.replicated("ledger", ledger);
        group.replicated("counter", counter);
        gradient = group.device().allocate(DataType.INT64, length);
        weightsHere = new long[length];
        gradientHere = new long[length];
        for (int j = 0; j < length; j++) {
            weightsHere[j] = initialWeight(j);
        }
        weights.copyFrom(weightsHere);
    }

    public static void main(String[] arguments) throws Exception {
        long steps = Long.parseLong(arguments[0]);
        int length = Integer.parseInt(arguments[1]);
        long pauseMicros = Long.parseLong(arguments[2]);
        int every = Integer.parseInt(arguments[3]);
        SnapshotOverlap overlap = arguments.length > 4 ? SnapshotOverlap.valueOf(arguments[4]) : SnapshotOverlap.NONE;
        ElasticOptions options = ElasticOptions.defaults()
                .withSnapshotEvery(every)
                .withOverlap(overlap)
                .withRedundancy(redundancy(arguments.length > 5 ? arguments[5] : "1"));
        try (ElasticGroup group = ElasticGroup.join(options)) {
            new SumProgram(group, steps, length, pauseMicros).train();
        }
    }

    private static Redundancy redundancy(String text) {
        return text.contains("+") ? Redundancy.Parity.parse(text) : new Redundancy.Copies(Integer.parseInt(text));
    }

    private void train() throws Exception {
        if (group.isSpare()) {
            Gate.pass(Gate.SPARES);
        }
        group.run(steps, this::step);
        if (group.hasLeft()) {
            System.out.println("rank " + group.launchRank() + " has left");
            return;
        }
        weights.copyTo(weightsHere);
        group.finish(
                group.rank() != 0
                        ? null
                        : new RunSummary(
                                steps,
                                group.worldSize(),
                                null,
                                sha256(weightsHere),
                                null,
                                ledger.consumed(),
                                ledger.skipped(),
                                ledger.duplicated(),
                                ledger.sha256()));
        if (counter.value != steps) {
            throw new IllegalStateException("the counter is " + counter.value + " after " + steps + " steps");
        }
        ledger.close();
        gradient.close();
    }

    private void step(Step step) throws Exception {
        requireMemoryAsAnnounced();
        int[] batch = batch(step.index());
        int from = step.from(batch.length);
        int to = step.to(batch.length);
        weights.copyTo(weightsHere);
        Arrays.fill(gradientHere, 0);
        for (int i = from; i < to; i++) {
            addGradient(gradientHere, weightsHere, batch[i]);
        }
        if (step.index() == GATED_STEP) {
            Gate.pass();
        }
        if (group.launchRank() == LEAVER && step.index() == LEAVES_AT) {
            group.leave();
        }
        if (pauseMicros > 0) {
            LockSupport.parkNanos(pauseMicros * 1_000);
        }
        gradient.copyFrom(gradientHere);
        step.communicator().allReduce(gradient, ReduceOp.SUM, step.stream()).await();
        gradient.copyTo(gradientHere);
        group.awaitCopied();
        update(step);
        ledger.feed(step, pass(step.index()), batch, from, to, batch.length);
        counter.value++;
        if (step.rank() == 0) {
            group.progress(step.index(), 0, 0);
        }
    }

    private void requireMemoryAsAnnounced() {
        SnapshotMemory memory = group.snapshotMemory();
        if (memory.usedBytes() > memory.announcedBytes()) {
            throw new IllegalStateException("more than announced: " + memory);
        }
    }

    // Each rank moves its own part of the weights; the sum of all parts is the update.
    private void update(Step step) {
        int count = (int) moments.count();
        int offset = (int) moments.offset();
        long[] moved = new long[length];
        if (count > 0) {
            long[] own = new long[count];
            moments.buffer().copyTo(own);
            for (int j = 0; j < count; j++) {
                own[j] = own[j] * 3 + gradientHere[offset + j];
                moved[offset + j] = own[j];
            }
            moments.buffer().copyFrom(own);
        }
        gradient.copyFrom(moved);
        step.communicator().allReduce(gradient, ReduceOp.SUM, step.stream()).await();
        gradient.copyTo(moved);
        for (int j = 0; j < length; j++) {
            weightsHere[j] += moved[j];
        }
        flipBits(step.index());
        weights.copyFrom(weightsHere);
    }

    private void flipBits(long step) {
        boolean here =
                group.launchRank() == Integer.parseInt(FLIPPING[0]) && "0".equals(System.getenv("CONVOY_INCARNATION"));
        if (here && step >= Long.parseLong(FLIPPING[1]) && flips > 0) {
            flips--;
            weightsHere[length / 2] ^= 1L << 40;
        }
    }

    private static void initialMoments(long offset, DeviceBuffer shard) {
        long[] values = new long[(int) shard.count()];
        for (int j = 0; j < values.length; j++) {
            values[j] = initialMoment(offset + j);
        }
        if (values.length > 0) {
            shard.copyFrom(values);
        }
    }

    /** The result without a group, without losses, computed straight on. */
    static RunSummary reference(long steps, int length) {
        long[] weights = new long[length];
        long[] moments = new long[length];
        for (int j = 0; j < length; j++) {
            weights[j] = initialWeight(j);
            moments[j] = initialMoment(j);
        }
        SampleLedger ledger = new SampleLedger(SAMPLES);
        advance(steps, weights, moments, ledger);
        return new RunSummary(
                steps,
                0,
                null,
                sha256(weights),
                null,
                ledger.consumed(),
                ledger.skipped(),
                ledger.duplicated(),
                ledger.sha256());
    }

    /** Weights and, behind them, moments before a step. */
    static long[] stateBefore(long step, int length) {
        long[] weights = new long[length];
        long[] moments = new long[length];
        for (int j = 0; j < length; j++) {
            weights[j] = initialWeight(j);
            moments[j] = initialMoment(j);
        }
        advance(step, weights, moments, new SampleLedger(SAMPLES));
        long[] both = Arrays.copyOf(weights, 2 * length);
        System.arraycopy(moments, 0, both, length, length);
        return both;
    }

    private static void advance(long steps, long[] weights, long[] moments, SampleLedger ledger) {
        int length = weights.length;
        for (long step = 0; step < steps; step++) {
            int[] batch = batch(step);
            long[] gradient = new long[length];
            for (int id : batch) {
                addGradient(gradient, weights, id);
            }
            for (int j = 0; j < length; j++) {
                moments[j] = moments[j] * 3 + gradient[j];
                weights[j] += moments[j];
            }
            ledger.record(pass(step), batch, 0, batch.length);
        }
    }

    private static void addGradient(long[] gradient, long[] weights, int id) {
        for (int j = 0; j < gradient.length; j++) {
            gradient[j] += (weights[j] ^ (id * 0x9E3779B97F4A7C15L)) >> 3;
        }
    }

    private static long initialWeight(long j) {
        return j * j + 17;
    }

    private static long initialMoment(long j) {
        return 5 - j;
    }

    // A pass is four batches of 12 and one of 2.
    private static int[] batch(long step) {
        int perPass = (SAMPLES + BATCH - 1) / BATCH;
        int first = (int) (step % perPass) * BATCH;
        int[] ids = new int[Math.min(BATCH, SAMPLES - first)];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) ((first + i) * 21L + pass(step) * 7) % SAMPLES;
        }
        return ids;
    }

    private static long pass(long step) {
        return step / ((SAMPLES + BATCH - 1) / BATCH);
    }

    private static String sha256(long[] values) {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES);
            bytes.asLongBuffer().put(values);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Counts the kept steps. */
    private static final class Counter implements HostState {
        private long value;

        @Override
        public long maxBytes() {
            return Long.BYTES;
        }

        @Override
        public void save(ByteBuffer to) {
            to.putLong(value);
        }

        @Override
        public void load(ByteBuffer from) {
            value = from.getLong();
        }
    }
}
