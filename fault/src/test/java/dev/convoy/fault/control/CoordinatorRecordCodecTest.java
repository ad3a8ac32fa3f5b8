/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.convoy.fault.protocol.CoordinatorRecord;
import dev.convoy.fault.protocol.CoordinatorRecord.FiredFault;
import dev.convoy.fault.protocol.CoordinatorRecord.KnownProcess;
import dev.convoy.fault.protocol.CoordinatorRecord.PublishedEpoch;
import dev.convoy.fault.protocol.CoordinatorRecord.Role;
import dev.convoy.fault.protocol.Distrust;
import dev.convoy.fault.protocol.Distrust.Conduct;
import dev.convoy.fault.protocol.Distrust.Divergence;
import dev.convoy.fault.protocol.Distrust.NodeConduct;
import dev.convoy.fault.protocol.FailureDomains;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.MembershipChange;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.RunSummary;
import dev.convoy.fault.protocol.Version;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CoordinatorRecordCodecTest {
    private static final Version COMMITTED = new Version(2, 17);

    private static List<MemberId> members(int count) {
        return IntStream.range(0, count).mapToObj(rank -> new MemberId(rank, 0)).toList();
    }

    private static Incident incident() {
        return new Incident(
                2,
                Incident.Cause.HANG,
                List.of(1, 3),
                Incident.DetectedBy.DEADLINE,
                10,
                11,
                12L,
                13L,
                14L,
                null,
                null,
                15L,
                1L,
                RecoveryPolicy.REGROW,
                3);
    }

    /** More of everything than is kept. */
    private static Distrust distrust() {
        int most = Distrust.MOST + 10;
        List<Version> versions =
                IntStream.range(0, most).mapToObj(step -> new Version(1, step)).toList();
        return new Distrust(
                versions,
                versions.stream()
                        .map(version -> new Divergence(new MemberId((int) version.step(), 3), version))
                        .toList(),
                new Version(1, 4),
                IntStream.range(0, most).boxed().toList(),
                IntStream.range(0, most)
                        .mapToObj(node -> new NodeConduct(node, new Conduct(List.of(200L, 100L), 7, 2)))
                        .toList());
    }

    private static CoordinatorRecord record(List<PublishedEpoch> epochs, double[] losses, String warning) {
        MemberId place = new MemberId(1, 1);
        return new CoordinatorRecord(
                epochs,
                true,
                true,
                false,
                false,
                COMMITTED,
                null,
                List.of(
                        new KnownProcess(place, new MemberId(4, 0), 1, Role.CURRENT, true),
                        new KnownProcess(new MemberId(5, 0), new MemberId(5, 0), 0, Role.RESERVE, false)),
                List.of(place, new MemberId(4, 1)),
                3,
                Collections.nCopies(600, incident()),
                List.of(new MembershipChange(3, List.of(1), List.of(), 1, 2, 3L, 4L, null, null, 9L, 4)),
                List.of(new FiredFault("kill:1@5", 77L), new FiredFault("stop:2@6", null)),
                Collections.nCopies(300, warning),
                new RunSummary(40, 3, 0.9, "f00d", losses, 1, 2, 3, null),
                distrust());
    }

    private static CoordinatorRecord ordinary() {
        return record(
                List.of(
                        new PublishedEpoch(1, members(4), FailureDomains.of(new int[] {0, 0, 1, 1})),
                        new PublishedEpoch(2, members(3), FailureDomains.ONE)),
                new double[] {3, 2, 1},
                "rank 2 is slow");
    }

    /** The most that there can be in every respect. */
    private static CoordinatorRecord largest() {
        List<PublishedEpoch> epochs = LongStream.rangeClosed(1, 60)
                .mapToObj(epoch -> new PublishedEpoch(epoch, members(16_384), FailureDomains.ONE))
                .toList();
        return record(epochs, new double[CoordinatorRecord.MAX_LOSSES + 1], "ü".repeat(10_000));
    }

    @Test
    void readsBackWhatWasWritten() throws ProtocolException {
        CoordinatorRecord record = ordinary();
        assertThat(CoordinatorRecordCodec.decode(CoordinatorRecordCodec.encode(record)))
                .isEqualTo(record);
        assertThat(record.epoch()).isEqualTo(2);
        assertThat(record.incidents()).hasSize(CoordinatorRecord.MAX_HISTORY);
        assertThat(record.distrust().refused()).hasSize(Distrust.MOST).contains(new Version(1, Distrust.MOST + 9));
        assertThat(record.distrust().divergences()).hasSize(Distrust.MOST);
    }

    @Test
    void staysWithinItsBoundAndKeepsWhatMayBeRestored() {
        CoordinatorRecord record = largest();
        assertThat(CoordinatorRecordCodec.encode(record)).hasSizeLessThan(CoordinatorRecordCodec.MAX_BYTES);
        assertThat(record.epochs().stream().map(PublishedEpoch::epoch)).containsExactly(2L, 59L, 60L);
        assertThat(record.summary().lossHistory()).isNull();
    }

    @Test
    void everyTruncationAndEveryTailIsRefused() {
        byte[] whole = CoordinatorRecordCodec.encode(ordinary());
        for (int length = 0; length < whole.length; length += 1 + length / 50) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> CoordinatorRecordCodec.decode(part)).isInstanceOf(ProtocolException.class);
        }
        byte[] longer = Arrays.copyOf(whole, whole.length + 1);
        assertThatThrownBy(() -> CoordinatorRecordCodec.decode(longer)).isInstanceOf(ProtocolException.class);
        byte[] huge = new byte[CoordinatorRecordCodec.MAX_BYTES + 1];
        assertThatThrownBy(() -> CoordinatorRecordCodec.decode(huge)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void rubbishIsNeverAnotherException() {
        byte[] whole = CoordinatorRecordCodec.encode(ordinary());
        long seed = System.nanoTime();
        System.out.println("rubbish seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 3_000; i++) {
            byte[] damaged = whole.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                int place = random.nextInt(200);
                damaged[random.nextBoolean() ? place : damaged.length - 1 - place] = (byte) random.nextInt();
            }
            try {
                CoordinatorRecordCodec.encode(CoordinatorRecordCodec.decode(damaged));
            } catch (ProtocolException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            }
        }
    }
}
