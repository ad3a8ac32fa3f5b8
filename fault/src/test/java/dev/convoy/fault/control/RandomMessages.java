/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import dev.convoy.DataType;
import dev.convoy.Operation;
import dev.convoy.fault.detect.OperationRecord;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.Decoding;
import dev.convoy.fault.protocol.Evidence;
import dev.convoy.fault.protocol.FailureDomains;
import dev.convoy.fault.protocol.FailureHistory;
import dev.convoy.fault.protocol.HeldParity;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.Message;
import dev.convoy.fault.protocol.ParityRing;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.RunSummary;
import dev.convoy.fault.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Messages of every kind with random contents. */
final class RandomMessages {
    private static final String[] ALPHABET = {"a", "Z", "0", "/", "ü", "語", "😀", "\n", "\0", " "};

    private final Random random;
    private final List<Supplier<Message>> kinds = List.of(
            () -> new RankMessage.Hello(i32(), text(), member(), i64(), i64()),
            () -> new RankMessage.Standing(i64(), i64(), i64(), i64()),
            () -> new CoordinatorMessage.Pulse(),
            () -> new RankMessage.Heartbeat(i64(), i64(), i64(), i64()),
            () -> new RankMessage.FaultFired(text(), i64()),
            () -> new RankMessage.Suspect(i64(), evidence(), ints(), i64(), text(), i64(), i64()),
            () -> new RankMessage.Probed(i64(), i64(), i64(), i64()),
            () -> new RankMessage.Aborted(i64(), i64(), i64(), inventory(), maybe(this::version), bytes()),
            () -> new RankMessage.Rebuilt(i64(), i64()),
            () -> new RankMessage.Restored(i64(), i64()),
            () -> new RankMessage.Resumed(i64(), i64()),
            () -> new RankMessage.Progress(i64(), i64(), f64(), f64(), i32()),
            () -> new RankMessage.Warning(text()),
            () -> new RankMessage.Repaired(i64(), i64(), i64(), i64(), text()),
            () -> new RankMessage.Vetoed(i64(), i64(), i64(), ints(), text()),
            () -> new RankMessage.GivesUp(i64(), i64(), ints(), i64(), text()),
            () -> new RankMessage.Diverged(i64(), i64(), ints(), i64(), text()),
            () -> new RankMessage.Failing(i64(), text()),
            () -> new RankMessage.DurablePart(version(), text(), i64(), text(), flag()),
            () -> new RankMessage.DurableFailed(version(), text(), text()),
            () -> new RankMessage.Completed(i64()),
            () -> new RankMessage.Finished(i64(), maybe(this::summary)),
            () -> new RankMessage.Quiesced(i64(), i64(), i64()),
            () -> new RankMessage.Leaving(i64()),
            () -> new RankMessage.Pace(i64(), i64()),
            () -> new CoordinatorMessage.InReserve(text()),
            () -> new CoordinatorMessage.Assigned(member(), List.of(text(), text())),
            () -> new CoordinatorMessage.Quiesce(i64()),
            () -> new CoordinatorMessage.Dismissed(i64()),
            () -> new RankMessage.FlightRecord(i64(), i64(), i64(), list(this::operation)),
            () -> new RankMessage.Snapshots(holding(), i64(), i64(), i64(), i64(), i64(), i64()),
            () -> new CoordinatorMessage.Rejected(text()),
            () -> new CoordinatorMessage.Revoke(i64(), text(), flag()),
            () -> new CoordinatorMessage.EpochStart(
                    i64(), members(), bytes(), plan(), domains(), new FailureHistory(i32(), i64(), i64())),
            () -> new CoordinatorMessage.Probe(i64()),
            () -> new CoordinatorMessage.FaultRecorded(text()),
            () -> new CoordinatorMessage.Persist(version(), text(), text(), ints(), flag()),
            () -> new CoordinatorMessage.Release(i64()),
            () -> new CoordinatorMessage.Stop(i32(), text()));

    RandomMessages(long seed) {
        random = new Random(seed);
    }

    int kinds() {
        return kinds.size();
    }

    Message ofKind(int kind) {
        return kinds.get(kind).get();
    }

    Message any() {
        return ofKind(random.nextInt(kinds.size()));
    }

    private int i32() {
        return random.nextInt();
    }

    private long i64() {
        return random.nextBoolean() ? random.nextLong() : random.nextInt(100);
    }

    private double f64() {
        double[] special = {0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE, random.nextDouble()};
        return special[random.nextInt(special.length)];
    }

    private boolean flag() {
        return random.nextBoolean();
    }

    private Evidence evidence() {
        return Evidence.values()[random.nextInt(Evidence.values().length)];
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            text.append(ALPHABET[random.nextInt(ALPHABET.length)]);
        }
        return text.toString();
    }

    private int[] ints() {
        return random.ints(random.nextInt(6)).toArray();
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(130)];
        random.nextBytes(bytes);
        return bytes;
    }

    private <T> T maybe(Supplier<T> value) {
        return random.nextBoolean() ? value.get() : null;
    }

    private MemberId member() {
        return new MemberId(random.nextInt(1000), random.nextInt(5));
    }

    private List<MemberId> members() {
        return list(this::member);
    }

    private <T> List<T> list(Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            list.add(element.get());
        }
        return list;
    }

    private Version version() {
        return new Version(1 + random.nextInt(1 << 20), random.nextInt(1 << 30));
    }

    private List<Holding> inventory() {
        return list(this::holding);
    }

    private Holding holding() {
        int count = random.nextInt(5);
        int[] shards =
                IntStream.range(0, count).filter(shard -> random.nextBoolean()).toArray();
        return new Holding(version(), count, shards, flag(), maybe(this::heldParity));
    }

    private HeldParity heldParity() {
        Redundancy.Parity code = new Redundancy.Parity(1 + random.nextInt(16), 1 + random.nextInt(7));
        return new HeldParity(
                code,
                IntStream.range(0, code.parity())
                        .filter(index -> random.nextBoolean())
                        .toArray());
    }

    private FailureDomains domains() {
        return FailureDomains.of(random.ints(1 + random.nextInt(6), 0, 3).toArray());
    }

    private OperationRecord operation() {
        return new OperationRecord(
                i64(),
                i64(),
                random.nextInt(1 << 20),
                random.nextInt(1 << 20),
                Operation.values()[random.nextInt(Operation.values().length)],
                maybe(() -> DataType.values()[random.nextInt(DataType.values().length)]),
                random.nextInt(1 << 30),
                i64(),
                i64());
    }

    private RestorePlan plan() {
        if (flag()) {
            return RestorePlan.initial();
        }
        if (flag()) {
            return computedPlan();
        }
        int worldSize = 1 + random.nextInt(5);
        boolean[] holds = new boolean[worldSize];
        int source = random.nextInt(worldSize);
        holds[source] = true;
        int[] sources = random.ints(random.nextInt(6), 0, worldSize).toArray();
        return new RestorePlan(version(), sources.length, sources, source, holds);
    }

    /** One rank is lost; all else is at whoever had it. */
    private RestorePlan computedPlan() {
        int data = 1 + random.nextInt(4);
        int worldSize = data + 1 + random.nextInt(2);
        int lost = random.nextInt(worldSize);
        boolean[] holds = new boolean[worldSize];
        int[] sources = IntStream.range(0, worldSize)
                .map(shard -> shard == lost ? -1 : shard)
                .toArray();
        int source = (lost + 1) % worldSize;
        holds[source] = true;
        ParityRing ring = new ParityRing(IntStream.range(0, worldSize).toArray(), data, 1);
        Decoding decoding = new Decoding(ring, sources);
        return new RestorePlan(version(), worldSize, sources, source, holds, List.of(decoding));
    }

    private RunSummary summary() {
        return new RunSummary(
                i64(),
                i32(),
                maybe(this::f64),
                maybe(this::text),
                maybe(() -> random.doubles(random.nextInt(9)).toArray()),
                i64(),
                i64(),
                i64(),
                maybe(this::text),
                i64(),
                i64());
    }
}
