/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Work;
import dev.convoy.fault.protocol.RankMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Keeps a step whose gradients are not finite, or that a rank objects to, out of the state: all ranks learn of it
 * together and skip the step's update together.
 *
 * <pre>{@code
 * StepVeto veto = group.veto(10); // before run()
 * …
 * veto.requireFinite(step, "gradient", gradient);
 * step.communicator().allReduce(gradient, ReduceOp.SUM, step.stream()).await();
 * if (veto.stands(step)) {
 *     ledger.markVetoed();
 *     return;
 * }
 * }</pre>
 *
 * <p>A check before the all-reduce finds whose gradient it was; the sum of what is finite may still overflow, which a
 * further check behind the all-reduce finds. How many steps were vetoed is part of the state: it is rolled back with
 * the rest.
 *
 * <p>Used by the thread that is in {@link ElasticGroup#run}. All ranks make the same calls with the same names in the
 * same order.
 */
public final class StepVeto {
    /** Buffers that can be checked in a step. */
    public static final int MOST_BUFFERS = 31;

    private final Device device;
    private final int largestWorld;
    private final int mostInARow;
    private final Consumer<RankMessage> out;
    private final FiniteCheck check;
    private final Record record = new Record();
    private final List<String> names = new ArrayList<>();
    /** What this rank found without the device's help: its own objection first, then each buffer's count. */
    private final long[] found = new long[1 + MOST_BUFFERS];

    private boolean foundSomething;

    private DeviceBuffer mine;
    private DeviceBuffer all;
    /** Hardly a step leaves a count behind, so that few have to zero them first. */
    private boolean mineIsZero;

    private Step open;
    private Work shared;

    /**
     * Creates a veto; its memory comes with the first use.
     *
     * @param device where the buffers are
     * @param largestWorld most ranks that an epoch can have
     * @param mostInARow vetoed steps in a row that are put up with
     * @param out tells the coordinator
     */
    StepVeto(Device device, int largestWorld, int mostInARow, Consumer<RankMessage> out) {
        if (mostInARow < 0) {
            throw new IllegalArgumentException("mostInARow must not be negative, was " + mostInARow);
        }
        this.device = device;
        this.largestWorld = largestWorld;
        this.mostInARow = mostInARow;
        this.out = out;
        check = new FiniteCheck(device);
    }

    /** The part of it that belongs to the state. */
    HostState state() {
        return record;
    }

    /**
     * Vetoes the step if the buffer has infinite elements or NaN. Enqueued on the step's stream: it looks at what work
     * enqueued there before leaves in the buffer. Waits for nothing where the device has kernels.
     *
     * @param step the step being carried out
     * @param name for messages
     * @param buffer of any type; integers are always finite
     * @throws IllegalStateException if {@value #MOST_BUFFERS} buffers were checked in this step, or the veto is shared
     *     already
     */
    public void requireFinite(Step step, String name, DeviceBuffer buffer) {
        begin(step);
        if (names.size() == MOST_BUFFERS) {
            throw new IllegalStateException("a step can have " + MOST_BUFFERS + " buffers checked, and no more");
        }
        names.add(name);
        find(names.size(), check.count(step, buffer, mine.slice(names.size(), 1)));
    }

    /**
     * Vetoes the step for a reason of the program's own, such as a loss that makes no sense. Other ranks need not.
     *
     * @param step the step being carried out
     * @throws IllegalStateException if the veto is shared already
     */
    public void cast(Step step) {
        begin(step);
        find(0, 1);
    }

    private void find(int what, long count) {
        found[what] = count;
        foundSomething |= count > 0;
    }

    private void begin(Step step) {
        if (step.equals(open)) {
            if (shared != null) {
                throw new IllegalStateException("the veto of step " + step.index() + " is shared already");
            }
            return;
        }
        if (mine == null) {
            mine = device.allocate(DataType.UINT64, found.length);
            all = device.allocate(DataType.UINT64, (long) found.length * largestWorld);
        }
        open = step;
        shared = null;
        names.clear();
        if (foundSomething) {
            Arrays.fill(found, 0);
            foundSomething = false;
        }
        if (!mineIsZero) {
            mine.zero(step.stream());
        }
        // Not before stands() has seen that they are: the step may end early, with kernels still on their way.
        mineIsZero = false;
    }

    /**
     * Begins to tell all ranks what this one found: a few bytes, which a {@link dev.convoy.Communicator#group group}
     * lets travel together with the gradients. {@link #stands} does it otherwise. A collective call.
     *
     * @param step the step being carried out
     */
    public void share(Step step) {
        begin(step);
        if (foundSomething) {
            addWhatWasFoundHere(step);
        }
        long words = 1L + names.size();
        shared = step.communicator()
                .allGather(mine.slice(0, words), all.slice(0, words * step.worldSize()), step.stream());
    }

    private void addWhatWasFoundHere(Step step) {
        step.communicator().synchronize(step.stream());
        long[] counted = new long[found.length];
        mine.copyTo(counted);
        for (int i = 0; i < counted.length; i++) {
            counted[i] += found[i];
        }
        mine.copyFrom(counted);
    }

    /**
     * Whether any rank vetoed the step. Then its update must be left out, on every rank. A collective call, once a
     * step; waits.
     *
     * @param step the step being carried out
     * @return the same on all ranks
     * @throws VetoLimitException if too many steps in a row were vetoed; let it leave the step function
     */
    public boolean stands(Step step) {
        if (!step.equals(open) || shared == null) {
            share(step);
        }
        shared.await();
        int words = 1 + names.size();
        long[] counts = new long[words * step.worldSize()];
        all.slice(0, counts.length).copyTo(counts);
        open = null;
        // No streams up to here, nor anything else that is slow until it is compiled: this is done in every step.
        mineIsZero = isZero(counts, step.rank() * words, words);
        if (isZero(counts, 0, counts.length)) {
            record.inARow = 0;
            return false;
        }
        blame(step, counts);
        return true;
    }

    private static boolean isZero(long[] counts, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (counts[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private void blame(Step step, long[] counts) {
        // What was checked first comes first: a gradient's NaN is in everybody's sum, but is one rank's own.
        int earliest = IntStream.range(0, step.worldSize())
                .map(rank -> first(counts, rank))
                .min()
                .orElseThrow();
        int[] ranks = IntStream.range(0, step.worldSize())
                .filter(rank -> first(counts, rank) == earliest)
                .toArray();
        vetoed(step, ranks, describe(counts, ranks[0]));
    }

    /** The first thing that a rank found; the number of things if it found nothing. */
    private int first(long[] counts, int rank) {
        int words = 1 + names.size();
        int i = 0;
        while (i < words && counts[rank * words + i] == 0) {
            i++;
        }
        return i;
    }

    private String describe(long[] counts, int rank) {
        int what = first(counts, rank);
        long count = counts[rank * (1 + names.size()) + what];
        return what == 0
                ? "its program vetoed it"
                : "its '" + names.get(what - 1) + "' has "
                        + (count == 1 ? "an element that is" : count + " elements that are") + " not finite";
    }

    private void vetoed(Step step, int[] ranks, String what) {
        record.steps++;
        record.inARow++;
        if (record.inARow > mostInARow) {
            throw new VetoLimitException(step.index(), record.inARow, mostInARow, ranks, what);
        }
        if (step.rank() == 0) {
            out.accept(new RankMessage.Vetoed(step.epoch(), step.index(), record.steps, ranks, what));
        }
    }

    /**
     * Vetoed steps among those that were kept.
     *
     * @return steps
     */
    public long steps() {
        return record.steps;
    }

    /**
     * Vetoed steps since the last one that was not.
     *
     * @return steps
     */
    public int inARow() {
        return record.inARow;
    }

    /** Frees its few bytes. Idempotent. */
    void close() {
        check.close();
        if (mine != null) {
            mine.close();
            all.close();
            mine = null;
        }
    }

    /** What is rolled back with the state. */
    private static final class Record implements HostState {
        private long steps;
        private int inARow;

        @Override
        public long maxBytes() {
            return Long.BYTES + Integer.BYTES;
        }

        @Override
        public void save(ByteBuffer to) {
            to.putLong(steps).putInt(inARow);
        }

        @Override
        public void load(ByteBuffer from) {
            steps = from.getLong();
            inARow = from.getInt();
        }
    }
}
