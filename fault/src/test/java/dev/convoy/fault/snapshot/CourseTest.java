/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.convoy.DeviceBuffer;
import dev.convoy.fault.HostState;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.Version;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Snapshots that are taken bit by bit, and what goes wrong between two of the bits. */
class CourseTest {
    private static final int ODD = 1;
    private static final StateShape SHAPE = new StateShape(
            List.of(new StateShape.Vector("weights", "FLOAT32", 4, 1000)),
            List.of(),
            List.of(new StateShape.Vector("moments", "UINT8", 1, 3 * ChunkSums.CHUNK)));

    static Stream<Redundancy> redundancies() {
        return Stream.of(new Redundancy.Copies(1), new Redundancy.Parity(2, 1));
    }

    @Test
    void aSnapshotWhoseBuffersCouldNotBeCopiedIsNotCommitted() throws Exception {
        try (ThreadRanks all = new ThreadRanks(2, SHAPE)) {
            all.all(rank -> rank.snapshotter.take(rank.members, 0, Wishes.NONE));
            all.all(rank -> {
                try (Snapshotter snapshotter = snapshotter(rank, new FailingShards(rank))) {
                    Snapshotter.Course course = snapshotter.begin(rank.members, 1, Wishes.NONE);
                    Throwable copying = catchThrowable(() -> snapshotter.copy(course));
                    Throwable committing = catchThrowable(() -> snapshotter.commit(course));
                    // The other one waits for this rank.
                    all.ranks.forEach(each -> each.members.communicator().revoke("a copy failed"));

                    assertThat(committing).isNotNull();
                    if (rank.members.rank() == ODD) {
                        assertThat(copying).hasMessage("the device failed");
                        assertThat(committing).isSameAs(copying);
                    }
                }
            });
            requireOnlyTheFirst(all);
        }
    }

    @ParameterizedTest
    @MethodSource("redundancies")
    void whatIsDamagedBeforeTheExchangeIsNotCommitted(Redundancy redundancy) throws Exception {
        try (ThreadRanks all = new ThreadRanks(3, SHAPE, redundancy, true)) {
            all.all(rank -> rank.snapshotter.take(rank.members, 0, Wishes.NONE));
            all.all(rank -> {
                Snapshotter.Course course = rank.snapshotter.begin(rank.members, 1, Wishes.NONE);
                rank.snapshotter.copy(course);
                if (rank.members.rank() == ODD) {
                    flip(course);
                }
                assertThat(catchThrowable(() -> rank.snapshotter.commit(course)))
                        .isInstanceOf(DamagedTransferException.class)
                        .hasMessageContaining("step 1 of epoch 1");
            });
            requireOnlyTheFirst(all);
        }
    }

    @ParameterizedTest
    @MethodSource("redundancies")
    void whatWasOtherOnItsWayTravelsAgain(Redundancy redundancy) throws Exception {
        try (ThreadRanks all = new ThreadRanks(3, SHAPE, redundancy, true)) {
            all.all(rank -> rank.snapshotter.take(rank.members, 0, Wishes.NONE));
            all.all(rank -> {
                FlippingBack live = new FlippingBack(rank);
                try (Snapshotter snapshotter = snapshotter(rank, live)) {
                    Snapshotter.Course course = snapshotter.begin(rank.members, 1, Wishes.NONE);
                    snapshotter.copy(course);
                    if (rank.members.rank() == ODD) {
                        flip(course);
                        live.flipped = course;
                    }
                    snapshotter.commit(course);
                }
            });
            for (ThreadRanks.Rank rank : all.ranks) {
                Slot slot = rank.slots.find(new Version(1, 1));
                assertThat(slot.stage()).isEqualTo(Slot.Stage.COMMITTED);
                assertThat(slot.offer(true, damage -> {}))
                        .contains(slot.offer(false, damage -> {}).orElseThrow());
                assertThat(slot.shardBytes(0).get(ValueLayout.JAVA_BYTE, 5)).isZero();
            }
        }
    }

    private static void flip(Snapshotter.Course course) {
        MemorySegment own = course.slot.shardBytes(0);
        own.set(ValueLayout.JAVA_BYTE, 5, (byte) ~own.get(ValueLayout.JAVA_BYTE, 5));
    }

    private static void requireOnlyTheFirst(ThreadRanks all) {
        for (ThreadRanks.Rank rank : all.ranks) {
            assertThat(rank.slots.inventory(damage -> {}))
                    .extracting(Holding::version)
                    .containsExactly(new Version(1, 0));
        }
    }

    private static Snapshotter snapshotter(ThreadRanks.Rank rank, LiveState live) {
        return new Snapshotter(
                live, rank.slots, rank.stream.device(), rank.stream, ThreadRanks.BOUND, rank.members.worldSize(), 7);
    }

    /** The states of a rank. */
    private static class Seen implements LiveState {
        final ThreadRanks.Rank rank;

        Seen(ThreadRanks.Rank rank) {
            this.rank = rank;
        }

        @Override
        public StateShape shape() {
            return rank.shape();
        }

        @Override
        public List<DeviceBuffer> buffers() {
            return rank.buffers();
        }

        @Override
        public List<HostState> hosts() {
            return rank.hosts();
        }

        @Override
        public List<DeviceBuffer> shards() {
            return rank.shards();
        }

        @Override
        public void cut(int number, int worldSize) {
            rank.cut(number, worldSize);
        }
    }

    /** As a device that fails at one of the ranks. */
    private static final class FailingShards extends Seen {
        FailingShards(ThreadRanks.Rank rank) {
            super(rank);
        }

        @Override
        public List<DeviceBuffer> shards() {
            if (rank.members.rank() == ODD) {
                throw new IllegalStateException("the device failed");
            }
            return super.shards();
        }
    }

    /** Ends the damage when the first vote is counted, which asks for the shape. */
    private static final class FlippingBack extends Seen {
        private Snapshotter.Course flipped;

        FlippingBack(ThreadRanks.Rank rank) {
            super(rank);
        }

        @Override
        public StateShape shape() {
            if (flipped != null) {
                flip(flipped);
                flipped = null;
            }
            return super.shape();
        }
    }
}
