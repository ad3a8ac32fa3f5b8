/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.Communicator;
import dev.convoy.ConvoyRuntime;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.fault.protocol.RunSummary;

/**
 * A group of processes that goes on when one of them is lost. A program of N equal processes, started by {@code convoy
 * run -n N -- java …}, looks like this:
 *
 * <pre>{@code
 * try (ElasticGroup group = ElasticGroup.join()) {
 *     DeviceBuffer weights = group.replicated("weights", DataType.FLOAT32, n); // fill it: the same on all ranks
 *     ShardedState moments = group.sharded("moments", DataType.FLOAT32, n);
 *     SampleLedger ledger = new SampleLedger(samples);
 *     group.replicated("ledger", ledger);
 *     group.run(steps, step -> {
 *         // gradients of [step.from(batch), step.to(batch)), step.communicator().allReduce(…), the update
 *     });
 *     group.finish(summary);
 * }
 * }</pre>
 *
 * <p>{@link #run} takes a snapshot of the declared states before each step, keeps a copy of every shard in another
 * rank's memory, and calls the step function. When a rank is lost the others abort their communicator, build a new one,
 * roll back to the newest snapshot that they hold together, and the step function is called again from there. What a
 * step does must therefore follow from the declared states and the step's number alone.
 *
 * <p><b>When the group forms.</b> {@link #join} prepares this process; the group itself forms at the first call that
 * needs it ({@link #rank}, {@link #communicator}, {@link #run}, …). Load data before that: a group that waits for a
 * replacement waits for its data, too. When a rank is lost between the forming of the group and {@link #run}, the
 * others form it anew at their next such call, so rank and world size may change until then; a collective of the
 * program's own that is under way fails with a {@link dev.convoy.CommunicatorException}, which is the program's to
 * handle. A program that fails by itself before {@link #run} has restored anything ends the job.
 *
 * <p><b>Spares.</b> A process that {@code --spares} keeps ready runs the same program: it waits at that first call
 * until it is given a lost rank's place. Until then it may go through what is slow the first time ({@link #isSpare}).
 *
 * <p><b>Threads.</b> All methods but {@link #launchRank}, {@link #isSpare} and {@link #leave} are for one thread, the
 * one that called {@link #join}.
 */
public final class ElasticGroup implements AutoCloseable {
    private final GroupMember member;

    private ElasticGroup(GroupMember member) {
        this.member = member;
    }

    /**
     * Prepares this process with the default options.
     *
     * @return the group, which forms at its first use
     * @throws NotLaunchedException if the process was not started by {@code convoy run}
     */
    public static ElasticGroup join() {
        return join(ElasticOptions.defaults());
    }

    /**
     * Prepares this process: reads the environment that the agent set, opens the runtime, links and rehearses the
     * native calls of a recovery.
     *
     * @param options the same on all ranks
     * @return the group, which forms at its first use
     * @throws NotLaunchedException if the process was not started by {@code convoy run}
     */
    public static ElasticGroup join(ElasticOptions options) {
        LaunchedProcess process = LaunchedProcess.prepare(options);
        ElasticGroup group = new ElasticGroup(new GroupMember(process));
        process.rehearse();
        return group;
    }

    /**
     * The runtime that this group uses.
     *
     * @return owned by the group; do not close
     */
    public ConvoyRuntime runtime() {
        return member.process().runtime();
    }

    /**
     * The device that this process uses.
     *
     * @return one device a process
     */
    public Device device() {
        return member.process().device();
    }

    /**
     * The stream on which snapshots are taken. Work on the declared buffers must be enqueued here, or be complete when
     * the step function returns.
     *
     * @return owned by the group; the same in all epochs; do not close
     */
    public Stream stream() {
        return member.process().stream();
    }

    /**
     * The present epoch's communicator. Forms the group at the first call.
     *
     * @return owned by the group; aborted and replaced in a recovery; do not close
     * @throws JoinRejectedException if the agent cannot be reached or refuses this process
     */
    public Communicator communicator() {
        return member.place().communicator();
    }

    /**
     * This process's rank in the present epoch. Forms the group at the first call.
     *
     * @return 0 to {@link #worldSize} − 1
     */
    public int rank() {
        return member.place().rank();
    }

    /**
     * Number of ranks in the present epoch. Forms the group at the first call.
     *
     * @return at least 1
     */
    public int worldSize() {
        return member.place().worldSize();
    }

    /**
     * The present epoch. Forms the group at the first call.
     *
     * @return 1 for the first formation, higher after each recovery
     */
    public long epoch() {
        return member.place().epoch();
    }

    /**
     * The rank that this process was launched with; a replacement has the launch rank of the process that it replaces.
     * Any thread may call it; forms nothing.
     *
     * @return 0 to N − 1 of {@code convoy run -n N}; N or more for a spare that has not been given a place yet
     */
    public int launchRank() {
        return member.launchRank();
    }

    /**
     * Whether this process is a spare without a place yet. What is slow the first time, a step's code among it, can be
     * gone through before {@link #run} while nobody waits for it. Any thread may call it; forms nothing.
     *
     * @return false for a process of the launch, and for a spare once it has been given a place
     */
    public boolean isSpare() {
        return member.isSpare();
    }

    /**
     * Declares a buffer whose content is equal on every rank. Fill it before {@link #run}, the same way on every rank:
     * that is the initial state. Declare before {@link #run}, in the same order on all ranks.
     *
     * @param name unique within the group
     * @param type type of the elements
     * @param count elements, at least 1
     * @return zeroed; owned by the group; the same buffer in all epochs
     * @throws IllegalArgumentException if the name is taken or the count below 1
     * @throws IllegalStateException if {@link #run} was called already
     */
    public DeviceBuffer replicated(String name, DataType type, long count) {
        return member.states().addBuffer(name, type, count);
    }

    /**
     * Declares state on the heap that is equal on every rank. Declare before {@link #run}, in the same order on all
     * ranks.
     *
     * @param name unique within the group
     * @param state saved before each snapshot, loaded in a restore
     * @throws IllegalArgumentException if the name is taken
     * @throws IllegalStateException if {@link #run} was called already
     */
    public void replicated(String name, HostState state) {
        member.states().addHost(name, state);
    }

    /**
     * Declares a vector that is cut into one shard a rank, zero at first. Declare before {@link #run}, in the same
     * order on all ranks.
     *
     * @param name unique within the group
     * @param type type of the elements
     * @param totalCount length of the whole vector, at least 1
     * @return this rank's view
     * @throws IllegalArgumentException if the name is taken or the length below 1
     * @throws IllegalStateException if {@link #run} was called already
     */
    public ShardedState sharded(String name, DataType type, long totalCount) {
        return sharded(name, type, totalCount, (offset, shard) -> {});
    }

    /**
     * Declares a vector that is cut into one shard a rank.
     *
     * @param name unique within the group
     * @param type type of the elements
     * @param totalCount length of the whole vector, at least 1
     * @param initializer fills a zeroed shard; not called for content that comes from a snapshot
     * @return this rank's view
     * @throws IllegalArgumentException if the name is taken or the length below 1
     * @throws IllegalStateException if {@link #run} was called already
     */
    public ShardedState sharded(String name, DataType type, long totalCount, ShardInitializer initializer) {
        return member.states().addShard(name, type, totalCount, initializer);
    }

    /**
     * Declares that steps may be vetoed, for instance because gradients are not finite. How many were is replicated
     * state, named {@code vetoes}. Call it once, before {@link #run}, on all ranks.
     *
     * @param mostInARow vetoed steps in a row that are put up with, at least 0; one more ends the job, with the newest
     *     snapshot on disk
     * @return owned by the group; the same in all epochs
     * @throws IllegalArgumentException if {@code mostInARow} is negative, or this was called before
     * @throws IllegalStateException if {@link #run} was called already
     */
    public StepVeto veto(int mostInARow) {
        return member.declareVeto(mostInARow);
    }

    /**
     * Carries out the steps 0 to {@code steps} − 1 and returns once every rank has. A process that joins a running job
     * starts at the restored step. May be called once.
     *
     * <p>On return the states are those after the last step on every rank; the communicator is ready for use, but a
     * loss from here on is not recovered from. A process that has left the group ({@link #leave}) returns earlier, with
     * {@link #hasLeft} true and nothing to do but to end.
     *
     * @param steps number of steps; the same on all ranks
     * @param function called for each step
     * @throws Exception what the step function threw, after the agent was told; the process should end then
     * @throws StateMismatchException if the ranks' states differ
     */
    public void run(long steps, StepFunction function) throws Exception {
        member.training().run(steps, function);
    }

    /**
     * Waits until the declared buffers may be changed in this step; returns at once unless {@link SnapshotOverlap#COPY}
     * was chosen. Call it in each step before the first change.
     */
    public void awaitCopied() {
        member.snapshots().awaitCopied();
    }

    /**
     * Memory that this rank's snapshots need and have.
     *
     * @return bytes
     * @throws IllegalStateException before {@link #run}, since states may still be declared
     */
    public SnapshotMemory snapshotMemory() {
        return member.snapshots().memory();
    }

    /**
     * Asks to leave the group: at one of the next step boundaries the others go on without this process, which loses
     * them no step, and {@link #run} returns here. What takes its place, if anything, {@code --recover} says; under
     * {@code replace} it stays until its successor is ready. SIGTERM does the same, and ends this process then.
     *
     * <p>Any thread may call it, the step function included; returns at once. The wish is refused, with a warning,
     * where fewer than {@code --min-ranks} would be left.
     *
     * @throws IllegalStateException if {@link #run} is not under way
     */
    public void leave() {
        member.training().leave();
    }

    /**
     * Whether this process has left the group.
     *
     * @return true after a {@link #run} that ended because of {@link #leave}
     */
    public boolean hasLeft() {
        return member.training().wasLeft();
    }

    /**
     * Tells the agent how training goes, for the person who watches. Cheap; call it on one rank, every few steps.
     *
     * @param step the step just done
     * @param loss its loss
     * @param samplesPerSecond throughput of the whole group
     */
    public void progress(long step, double loss, double samplesPerSecond) {
        member.plane().progress(member.place(), step, loss, samplesPerSecond);
    }

    /**
     * Tells the agent the run's result, and that this process ends soon: save what is to be saved before. Call it after
     * {@link #run}, with a summary on one rank and null on the others; without a call {@link #close} says that there is
     * none.
     *
     * @param summary the result, or null
     * @throws IllegalStateException if {@link #run} has not returned
     */
    public void finish(RunSummary summary) {
        member.training().finish(summary);
    }

    /** Leaves the group and frees everything that it owns. Idempotent. */
    @Override
    public void close() {
        member.close();
    }
}
