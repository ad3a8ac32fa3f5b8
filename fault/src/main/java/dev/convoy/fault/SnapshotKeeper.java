/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.Communicator;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.fault.protocol.FailureHistory;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.Version;
import dev.convoy.fault.snapshot.DeclarationCheck;
import dev.convoy.fault.snapshot.DurableParts;
import dev.convoy.fault.snapshot.DurableVersion;
import dev.convoy.fault.snapshot.Membership;
import dev.convoy.fault.snapshot.Region;
import dev.convoy.fault.snapshot.Restorer;
import dev.convoy.fault.snapshot.Scrubber;
import dev.convoy.fault.snapshot.SlotPair;
import dev.convoy.fault.snapshot.Snapshotter;
import dev.convoy.fault.snapshot.Wishes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** When snapshots are taken and which of them go to disk. Used by the user's thread. */
final class SnapshotKeeper implements AutoCloseable {
    private final LaunchEnvironment environment;
    private final StateRegistry states;
    private final Stream stream;
    private final SlotPair slots;
    private final DeclarationCheck declarations;
    private final Snapshotter snapshotter;
    private final Restorer restorer;
    private final Scrubber scrubber;
    private final Consumer<RankMessage> out;
    private final DurableParts durable;
    private final BackgroundSnapshots background;
    private final SnapshotInterval interval;
    private final long steps;
    private final SnapshotOverlap overlap;
    private SnapshotNews news = new SnapshotNews();
    private boolean first = true;
    private long durableAtNs;
    private long announced;
    private long lastStep;
    private long lastNs;

    /**
     * Sets the memory of this rank's snapshots up.
     *
     * @param environment bounds and folders
     * @param options when snapshots are taken, and what of them goes on during steps
     * @param steps steps of the whole job, equal on all ranks
     * @param states the declared states
     * @param device where they are
     * @param stream stream of all copies
     * @param out tells the coordinator of parts on disk and of damage
     * @param failed told of failures of communicators while a step goes on
     */
    SnapshotKeeper(
            LaunchEnvironment environment,
            ElasticOptions options,
            long steps,
            StateRegistry states,
            Device device,
            Stream stream,
            Consumer<RankMessage> out,
            BiConsumer<Long, Throwable> failed) {
        this.environment = environment;
        this.stream = stream;
        interval = new SnapshotInterval(options.snapshotEvery(), options.meanTimeBetweenFailures());
        this.steps = steps;
        this.overlap = options.overlap();
        this.states = states;
        long declaration = declaration(options);
        slots = new SlotPair(states.shape(), options.redundancy(), bytes -> pinned(device, bytes));
        declarations = new DeclarationCheck(device, stream, environment.launchSize(), declaration);
        snapshotter = new Snapshotter(
                states, slots, device, stream, environment.deadline(), environment.launchSize(), declaration);
        background = overlap == SnapshotOverlap.NONE ? null : inBackground(device, declaration, failed);
        scrubber = new Scrubber(slots, device, stream, environment.launchSize());
        this.out = out;
        restorer = new Restorer(states, slots, device, stream, environment.deadline(), environment.launchSize());
        durable = new DurableParts(slots, states.shape(), out);
    }

    private long declaration(ElasticOptions options) {
        long[] redundancy = switch (options.redundancy()) {
            case Redundancy.Copies copies -> new long[] {0, copies.replicas()};
            case Redundancy.Parity parity -> new long[] {parity.data(), parity.parity()};
        };
        return states.freeze()
                .declarationHash(steps, options.snapshotEvery(), overlap.ordinal(), redundancy[0], redundancy[1]);
    }

    private BackgroundSnapshots inBackground(Device device, long declaration, BiConsumer<Long, Throwable> failed) {
        Stream side = device.newStream();
        Duration bound = environment.deadline();
        return new BackgroundSnapshots(
                new Snapshotter(states, slots, device, side, bound, environment.launchSize(), declaration),
                side,
                bound,
                failed);
    }

    private static Region pinned(Device device, long bytes) {
        DeviceBuffer buffer = device.allocatePinned(DataType.UINT8, bytes);
        return new Region(
                buffer,
                buffer.hostView()
                        .orElseThrow(() -> new IllegalStateException("pinned memory must be visible to the host")));
    }

    /** Makes the memory that this rank's first step needs if the group forms as it was launched. */
    void reserve() {
        int size = environment.launchSize();
        int rank = likelyRank(size);
        states.reserve(rank, size);
        slots.reserve(rank, size);
        announce(new Membership(0, rank, size, null), RestorePlan.initial());
    }

    /** What this rank's snapshots need in the largest of the cuts so far, and what they have now; bytes. */
    SnapshotMemory memory() {
        return new SnapshotMemory(announced, slots.usedBytes());
    }

    private void announce(Membership members, RestorePlan plan) {
        announced = Math.max(announced, slots.announcedBytes(members, plan));
    }

    // A spare may take any place; those of two places differ by one element at most.
    private int likelyRank(int size) {
        return environment.self().launchRank() % size;
    }

    /** Names who tells others of what is committed. */
    void tell(SnapshotNews teller) {
        news = teller;
    }

    SlotPair slots() {
        return slots;
    }

    DurableParts durable() {
        return durable;
    }

    /**
     * Brings the states to what the plan of a new epoch says. A collective call.
     *
     * @return the step that comes first
     */
    long restore(Membership members, RestorePlan plan, FailureHistory failures) {
        interval.epochBegins(failures, System.nanoTime());
        declarations.requireEqual(members, plan);
        announce(members, plan);
        long step = plan.step();
        if (!plan.isInitial()) {
            restorer.restore(members, plan);
        } else if (environment.resumedFrom() != null) {
            step = resume(members, environment.resumedFrom());
        } else {
            initialize(members);
        }
        first = true;
        return step;
    }

    // Until this job has a version of its own, that is what it starts from, in whatever epoch.
    private long resume(Membership members, Path folder) {
        slots.agree(null);
        try (DurableVersion earlier = DurableVersion.open(folder, states.shape())) {
            if (earlier.step() > steps) {
                throw new StateMismatchException(folder + " holds the state before step " + earlier.step()
                        + ", and there are " + steps + " steps to be done");
            }
            RestorePlan plan = earlier.load(slots, members);
            restorer.restore(members, plan);
            slots.discard(plan.version());
            return earlier.step();
        } catch (IOException e) {
            throw new ElasticException("the durable state of the earlier job cannot be read: " + e.getMessage(), e);
        }
    }

    // No rank has carried out a step yet, so all states still are what the program filled in.
    private void initialize(Membership members) {
        slots.agree(null);
        states.initializeShards(members);
    }

    /** Whether one is due: regularly, and before an epoch's first step, so that every shard has its copies again. */
    boolean isDue(long step) {
        return first || interval.isDue(step);
    }

    /**
     * Takes a snapshot of the state before a step, or begins one that goes on during the step. The first of an epoch is
     * committed at once: before the first step after a restore every shard has its copies again. A collective call.
     *
     * @param members the epoch
     * @param step the step that has not begun
     * @param wantsBoundary whether this rank has been asked to stop at a step boundary
     * @return whether all ranks stop at this one
     */
    boolean take(Membership members, long step, boolean wantsBoundary) {
        long beganNs = System.nanoTime();
        if (!first) {
            interval.stepsTook(step - lastStep, beganNs - lastNs);
        }
        boolean isTypical = !first;
        boolean stops = takeNow(members, step, wantsBoundary);
        lastStep = step;
        lastNs = System.nanoTime();
        // The first one of an epoch has more to copy than the others.
        if (isTypical) {
            interval.took(lastNs - beganNs);
        }
        return stops;
    }

    private boolean takeNow(Membership members, long step, boolean wantsBoundary) {
        boolean mustStop = settle(members);
        if (!first) {
            scrub(members);
        }
        news.began();
        long nowNs = System.nanoTime();
        Wishes wishes = new Wishes(
                members.rank() == 0 && wantsDurable(step), durable.isBusy(), wantsBoundary, interval.wish(nowNs));
        if (first || background == null || mustStop) {
            Wishes agreed = snapshotter.take(members, step, wishes);
            first = false;
            committed(members, new Version(members.epoch(), step), agreed);
            return mustStop || agreed.boundary();
        }
        members.communicator().synchronize(stream);
        interval.began(step);
        background.start(members, step, wishes, overlap == SnapshotOverlap.EXCHANGE);
        return false;
    }

    /** Takes the snapshot behind the last step; nothing goes on afterwards. A collective call. */
    void takeLast(Membership members, long steps) {
        take(members, steps, false);
        settle(members);
    }

    /** Waits until the declared buffers may be changed. */
    void awaitCopied() {
        if (background != null) {
            background.awaitCopied();
        }
    }

    private void scrub(Membership members) {
        for (Scrubber.Repair repair : scrubber.run(members)) {
            out.accept(
                    repair.isDone()
                            ? new RankMessage.Repaired(
                                    members.epoch(),
                                    repair.version().step(),
                                    repair.foundNs(),
                                    repair.repairedNs(),
                                    repair.what() + " was brought back from " + repair.origin())
                            : new RankMessage.Warning("memory was damaged: " + repair.what()
                                    + " does not have its checksum, and nobody else has it"));
        }
    }

    // What the ranks agreed on by the snapshot that went on meanwhile, they do at the present boundary.
    private boolean settle(Membership members) {
        BackgroundSnapshots.Settled settled = background == null ? null : background.settle();
        if (settled == null) {
            return false;
        }
        committed(members, settled.version(), settled.agreed());
        return settled.agreed().boundary();
    }

    private void committed(Membership members, Version version, Wishes agreed) {
        interval.agreed(version.step(), agreed.interval());
        news.committed(version, slots, memory(), interval.present());
        if (agreed.durable()) {
            durableAtNs = System.nanoTime();
            if (environment.stateDirectory() != null) {
                durable.startWriting(version, members.rank(), environment.stateDirectory());
            }
        }
    }

    /** Aborts an epoch's communicator and whatever goes on beside it. */
    void abort(Communicator communicator) {
        if (background == null) {
            communicator.abort();
        } else {
            background.abort(communicator);
        }
    }

    private boolean wantsDurable(long step) {
        if (environment.stateDirectory() == null || durable.isBusy()) {
            return false;
        }
        long elapsed = System.nanoTime() - durableAtNs;
        return step == 0 || elapsed >= environment.durableEvery().toNanos();
    }

    @Override
    public void close() {
        if (background != null) {
            background.close();
        }
        durable.close();
        restorer.close();
        scrubber.close();
        snapshotter.close();
        declarations.close();
        slots.close();
    }
}
