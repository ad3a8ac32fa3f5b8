/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Communicators made of others: split, shrunk, grown, and formed by several ids. */
@Timeout(60)
class OffspringTest {
    private final ConvoyRuntime runtime = ConvoyRuntime.open(RuntimeKind.HOST);
    private final Device device = runtime.device(0);

    /** What a communicator's sum of all ranks' numbers is. */
    private static double sum(Communicator communicator, double mine) {
        try (Stream stream = communicator.device().newStream();
                DeviceBuffer buffer = communicator.device().allocate(DataType.FLOAT64, 1)) {
            buffer.copyFrom(new double[] {mine});
            communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
            double[] sum = new double[1];
            buffer.copyTo(sum);
            return sum[0];
        }
    }

    @Test
    void splitPutsRanksOfOneColourTogetherInTheOrderOfTheirKeys() throws Exception {
        try (Ranks ranks = new Ranks(5)) {
            List<String> places = ranks.all((parent, _) -> {
                int color = parent.rank() % 2;
                CommunicatorOptions options = Ranks.OPTIONS.withName("color " + color);
                try (Communicator child =
                        parent.split(color, -parent.rank(), options).orElseThrow()) {
                    assertThat(child.name()).isEqualTo("color " + color);
                    double sum = sum(child, parent.rank());
                    assertThat(sum(parent, 1)).as("the parent goes on").isEqualTo(5);
                    return child.rank() + " of " + child.worldSize() + ": " + sum;
                }
            });
            assertThat(places)
                    .containsExactly("2 of 3: 6.0", "1 of 2: 4.0", "1 of 3: 6.0", "0 of 2: 4.0", "0 of 3: 6.0");
        }
    }

    @Test
    void rankWithoutColourGetsNothing() throws Exception {
        try (Ranks ranks = new Ranks(3)) {
            List<Optional<Double>> sums = ranks.all((parent, _) -> {
                int color = parent.rank() == 1 ? Communicator.NO_COLOR : 7;
                Optional<Communicator> child = parent.split(color, 0, Ranks.OPTIONS);
                Optional<Double> sum = child.map(c -> sum(c, 10 + parent.rank()));
                child.ifPresent(Communicator::close);
                return sum;
            });
            assertThat(sums).containsExactly(Optional.of(22.0), Optional.empty(), Optional.of(22.0));
        }
    }

    @Test
    void splitThatOneRankMissesEndsAtItsDeadline() {
        try (Ranks ranks = new Ranks(2)) {
            Communicator alone = ranks.communicators().getFirst();
            assertThatExceptionOfType(CollectiveTimeoutException.class)
                    .isThrownBy(() -> alone.split(0, 0, Ranks.OPTIONS.withInitDeadline(Duration.ofMillis(100))))
                    .withMessageContaining("SPLIT");
            alone.abort();
        }
    }

    @Test
    void secondShrinkOfOneParentIsRefused() throws Exception {
        try (Ranks ranks = new Ranks(3)) {
            ranks.all((parent, _) -> {
                if (parent.rank() < 2) {
                    try (Communicator rest = parent.shrink(new int[] {2}, false, Ranks.OPTIONS)) {
                        assertThat(sum(rest, 1)).isEqualTo(2);
                    }
                    assertThatExceptionOfType(InvalidUsageException.class)
                            .isThrownBy(() -> parent.shrink(new int[] {2}, false, Ranks.OPTIONS))
                            .withMessageContaining("shrunk once")
                            .withMessageContaining("SHRINK");
                }
                return null;
            });
        }
    }

    @Test
    void stoppedCommunicatorTakesNothingMoreButIsShrunkOrSplit() throws Exception {
        try (Ranks ranks = new Ranks(3)) {
            ranks.all((parent, stream) -> {
                if (parent.rank() == 2) {
                    return null;
                }
                try (DeviceBuffer buffer = device.allocate(DataType.INT32, 1)) {
                    Work never = parent.allReduce(buffer, ReduceOp.SUM, stream);
                    parent.stopOperations();
                    parent.stopOperations();
                    assertThatExceptionOfType(CommunicatorFailedException.class)
                            .isThrownBy(never::await)
                            .withMessageContaining("ncclCommRevoke");
                    assertThatExceptionOfType(CommunicatorFailedException.class)
                            .isThrownBy(() -> parent.allReduce(buffer, ReduceOp.SUM, stream));
                }
                try (Communicator rest = parent.shrink(new int[] {2}, false, Ranks.OPTIONS)) {
                    assertThat(sum(rest, 1)).isEqualTo(2);
                }
                parent.close();
                return null;
            });
        }
    }

    @Test
    void growsByRanksThatJoinBehindTheOldOnes() throws Exception {
        for (int before : new int[] {1, 3}) {
            int after = before + 2;
            try (Ranks old = new Ranks(before)) {
                Communicator coordinator = old.communicators().getLast();
                UniqueId id = coordinator.newGrowthId();
                List<CompletableFuture<Double>> joining = new ArrayList<>();
                for (int rank = before; rank < after; rank++) {
                    int place = rank;
                    joining.add(inThread(() -> {
                        try (Communicator grown = Communicator.joinGrowth(device, id, after, place, Ranks.OPTIONS)) {
                            assertThat(grown.rank()).isEqualTo(place);
                            return sum(grown, grown.rank());
                        }
                    }));
                }
                List<Double> sums = old.all((parent, _) -> {
                    UniqueId known = parent == coordinator ? id : null;
                    try (Communicator grown = parent.grow(after, known, Ranks.OPTIONS)) {
                        assertThat(grown.rank()).isEqualTo(parent.rank());
                        assertThat(grown.worldSize()).isEqualTo(after);
                        return sum(grown, grown.rank());
                    }
                });
                double expected = after * (after - 1) / 2.0;
                assertThat(sums).containsOnly(expected);
                for (CompletableFuture<Double> joined : joining) {
                    assertThat(joined.get(20, TimeUnit.SECONDS)).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void joinsBySeveralIds() throws Exception {
        List<UniqueId> ids = List.of(UniqueId.create(runtime), UniqueId.create(runtime), UniqueId.create(runtime));
        IntFunction<CompletableFuture<Double>> rank = place -> inThread(() -> {
            try (Communicator communicator = Communicator.init(device, ids, 5, place, Ranks.OPTIONS)) {
                return sum(communicator, 1);
            }
        });
        List<CompletableFuture<Double>> all = new ArrayList<>();
        for (int place = 0; place < 5; place++) {
            all.add(rank.apply(place));
        }
        for (CompletableFuture<Double> each : all) {
            assertThat(each.get(20, TimeUnit.SECONDS)).isEqualTo(5);
        }
    }

    @Test
    void mistakesAreNamed() {
        try (Ranks ranks = new Ranks(2)) {
            Communicator communicator = ranks.communicators().getFirst();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> communicator.split(-2, 0, Ranks.OPTIONS))
                    .withMessageContaining("colour -2");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> communicator.grow(2, null, Ranks.OPTIONS))
                    .withMessageContaining("there must be more");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Communicator.init(device, List.of(), 2, 0, Ranks.OPTIONS))
                    .withMessageContaining("0 ids for 2 ranks");
            try (Group _ = communicator.group()) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> communicator.split(0, 0, Ranks.OPTIONS))
                        .withMessageContaining("cannot do in a group");
            }
            communicator.abort();
            assertThatExceptionOfType(CommunicatorClosedException.class)
                    .isThrownBy(() -> communicator.split(0, 0, Ranks.OPTIONS));
            assertThatExceptionOfType(CommunicatorClosedException.class).isThrownBy(communicator::newGrowthId);
            assertThatExceptionOfType(CommunicatorClosedException.class).isThrownBy(communicator::stopOperations);
        }
    }

    @Test
    void olderLibraryIsNamed() {
        Instrumented old = Instrumented.hostWithout(
                "ncclCommSplit", "ncclCommGrow", "ncclCommRevoke", "ncclCommInitRankScalable", "ncclCommShrink");
        List<UniqueId> ids = Collections.nCopies(2, UniqueId.create(old.runtime()));
        try (Communicator communicator =
                Communicator.initAll(List.of(old.device()), Ranks.OPTIONS).getFirst()) {
            List<Runnable> calls = List.of(
                    () -> communicator.split(0, 0, Ranks.OPTIONS),
                    () -> communicator.grow(2, null, Ranks.OPTIONS),
                    communicator::newGrowthId,
                    communicator::stopOperations,
                    () -> communicator.shrink(new int[0], false, Ranks.OPTIONS),
                    () -> Communicator.init(old.device(), ids, 2, 0, Ranks.OPTIONS));
            for (Runnable call : calls) {
                assertThatExceptionOfType(UnsupportedOperationException.class)
                        .isThrownBy(call::run)
                        .withMessageMatching("ncclComm.*: not all in .*libconvoy_host.so, which is NCCL 2\\.29\\.3");
            }
        }
    }

    private static <T> CompletableFuture<T> inThread(Supplier<T> body) {
        return CompletableFuture.supplyAsync(body, task -> Thread.ofPlatform().start(task));
    }
}
