/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Operations made of grouped sends and receives: with varying counts, and those that older libraries lack. */
@Timeout(60)
class PartsTest {
    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);

    /**
     * Rank i sends (i + j) % 3 elements to rank j, with gaps between the parts; what is sent says from whom to whom.
     */
    @Test
    void partsOfAnySizeGoToTheirRanks() throws Exception {
        int n = 4;
        try (Ranks ranks = new Ranks(n)) {
            ranks.all((communicator, stream) -> {
                int self = communicator.rank();
                long[] counts = IntStream.range(0, n)
                        .mapToLong(peer -> (self + peer) % 3)
                        .toArray();
                long[] offsets =
                        IntStream.range(0, n).mapToLong(peer -> 3L * peer).toArray();
                Parts apart = Parts.of(counts, offsets);
                Parts dense = Parts.of(counts);
                int[] sent = new int[3 * n];
                int[] expected = new int[12];
                Arrays.fill(expected, -1);
                for (int peer = 0; peer < n; peer++) {
                    for (int i = 0; i < counts[peer]; i++) {
                        sent[3 * peer + i] = 100 * self + 10 * peer + i;
                        expected[(int) dense.offset(peer) + i] = 100 * peer + 10 * self + i;
                    }
                }
                try (DeviceBuffer send = device.allocate(DataType.INT32, sent.length);
                        DeviceBuffer recv = device.allocate(DataType.INT32, expected.length)) {
                    send.copyFrom(sent);
                    recv.fill((byte) -1, stream);
                    Work work = communicator.allToAllV(send, apart, recv, dense, stream);
                    work.await();
                    assertThat(work.operation()).isEqualTo(Operation.ALL_TO_ALL_V);
                    assertThat(communicator.enqueued()).isEqualTo(1);
                    int[] content = new int[expected.length];
                    recv.copyTo(content);
                    assertThat(content).isEqualTo(expected);
                }
                return null;
            });
        }
    }

    @Test
    void ranksOfDifferentCountsAreGathered() throws Exception {
        int n = 4;
        Parts parts = Parts.of(2, 0, 3, 1);
        for (boolean inPlace : new boolean[] {false, true}) {
            try (Ranks ranks = new Ranks(n)) {
                ranks.all((communicator, stream) -> {
                    int self = communicator.rank();
                    try (DeviceBuffer recv = device.allocate(DataType.INT32, 6);
                            DeviceBuffer own = device.allocate(DataType.INT32, parts.count(self))) {
                        recv.fill((byte) -1, stream);
                        DeviceBuffer send = inPlace ? recv.slice(parts.offset(self), parts.count(self)) : own;
                        communicator.synchronize(stream);
                        send.copyFrom(IntStream.range(0, (int) parts.count(self))
                                .map(i -> 10 * self + i)
                                .toArray());
                        communicator.allGatherV(send, recv, parts, stream).await();
                        int[] content = new int[6];
                        recv.copyTo(content);
                        assertThat(content).containsExactly(0, 1, 20, 21, 22, 30);
                    }
                    return null;
                });
            }
        }
    }

    /** They count as one operation, also where the caller's own group is around them. */
    @Test
    void areOneOperationOfAnOpenGroup() {
        try (Ranks ranks = new Ranks(2);
                Stream stream = device.newStream();
                DeviceBuffer send = device.allocate(DataType.INT32, 2);
                DeviceBuffer recv = device.allocate(DataType.INT32, 6)) {
            send.copyFrom(new int[] {5, 6});
            Parts parts = Parts.of(1, 2);
            List<Work> works = new ArrayList<>();
            ranks.runtime().group(() -> {
                works.add(ranks.communicators().get(0).allGatherV(send.slice(0, 1), recv.slice(0, 3), parts, stream));
                works.add(ranks.communicators().get(1).allGatherV(send, recv.slice(3, 3), parts, stream));
            });
            works.forEach(Work::await);
            assertThat(works).extracting(Work::sequence).containsOnly(1L);
            int[] content = new int[6];
            recv.copyTo(content);
            assertThat(content).containsExactly(5, 5, 6, 5, 5, 6);
        }
    }

    @Test
    void olderLibrariesDoTheSameByGroups() throws Exception {
        Instrumented old = Instrumented.hostWithout("ncclAlltoAll", "ncclGather", "ncclScatter");
        assertThat(old.runtime().capabilities())
                .doesNotContain(Capability.ALL_TO_ALL, Capability.GATHER, Capability.SCATTER);
        List<int[]> byGroups = moves(old.device());
        assertThat(old.functions())
                .contains("send", "recv", "groupStart")
                .doesNotContain("alltoAll", "gather", "scatter");
        assertThat(byGroups).usingRecursiveComparison().isEqualTo(moves(device));
        assertThat(byGroups.getFirst()).startsWith(0, 1, 100, 101, 200, 201);
    }

    /** What all three leave on every rank, in and out of place. */
    private static List<int[]> moves(Device device) throws Exception {
        int n = 3;
        try (Ranks ranks = new Ranks(Collections.nCopies(n, device), Ranks.OPTIONS)) {
            return ranks.all((communicator, stream) -> {
                int self = communicator.rank();
                boolean isRoot = self == 1;
                try (DeviceBuffer all = device.allocate(DataType.INT32, 5 * 2 * n);
                        DeviceBuffer mine = device.allocate(DataType.INT32, 2 * n)) {
                    all.zero(stream);
                    communicator.synchronize(stream);
                    mine.copyFrom(
                            IntStream.range(0, 2 * n).map(i -> 100 * self + i).toArray());
                    communicator.allToAll(mine, all.slice(0, 2 * n), stream).await();
                    DeviceBuffer gathered = all.slice(2 * n, 2 * n);
                    communicator
                            .gather(mine.slice(0, 2), isRoot ? gathered : null, 1, stream)
                            .await();
                    DeviceBuffer inPlace = all.slice(4 * n, 2 * n);
                    DeviceBuffer part = inPlace.slice(2L * self, 2);
                    part.copyFrom(new int[] {self, self});
                    communicator
                            .gather(part, isRoot ? inPlace : null, 1, stream)
                            .await();
                    communicator
                            .scatter(isRoot ? mine : null, all.slice(6 * n, 2), 1, stream)
                            .await();
                    DeviceBuffer scattered = all.slice(8 * n, 2 * n);
                    scattered.copyFrom(IntStream.range(0, 2 * n).map(i -> -i).toArray());
                    communicator
                            .scatter(isRoot ? scattered : null, scattered.slice(2L * self, 2), 1, stream)
                            .await();
                    int[] content = new int[(int) all.count()];
                    all.copyTo(content);
                    return content;
                }
            });
        }
    }

    @Test
    void mistakesAreNamed() {
        refused("1 counts and 2 offsets", () -> Parts.of(new long[1], new long[2]));
        refused("rank 1 has -1 elements", () -> Parts.of(0, -1));
        refused("from -1 on", () -> Parts.of(new long[] {1}, new long[] {-1}));
        refused("rank 1 has", () -> Parts.of(Long.MAX_VALUE, 1));
        try (Ranks ranks = new Ranks(2);
                Stream stream = device.newStream();
                DeviceBuffer four = device.allocate(DataType.INT32, 4);
                DeviceBuffer more = device.allocate(DataType.INT32, 4);
                DeviceBuffer longs = device.allocate(DataType.INT64, 4)) {
            Communicator communicator = ranks.communicators().getFirst();
            Parts fit = Parts.of(2, 2);
            Parts large = Parts.of(2, 3);
            refused("3 send parts", () -> communicator.allToAllV(four, Parts.of(1, 1, 1), more, fit, stream));
            refused("3 elements from 2 on", () -> communicator.allToAllV(four, fit, more, large, stream));
            refused("in place", () -> communicator.allToAllV(four, fit, four, fit, stream));
            refused("in place", () -> communicator.allToAll(four, four, stream));
            refused("types must be the same", () -> communicator.allToAllV(four, fit, longs, fit, stream));
            refused("this rank's part has 2", () -> communicator.allGatherV(four, more, fit, stream));
            refused("3 elements from 2 on", () -> communicator.allGatherV(four.slice(0, 2), more, large, stream));
            assertThat(communicator.enqueued()).isZero();
        }
    }

    private static void refused(String why, Runnable call) {
        assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining(why);
    }
}
