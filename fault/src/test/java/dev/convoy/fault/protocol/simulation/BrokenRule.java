/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.CoordinatorEvent.Received;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.CoordinatorMessage.EpochStart;
import dev.convoy.fault.protocol.CoordinatorRecord;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.Evidence;
import dev.convoy.fault.protocol.HeldParity;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.RestorePlan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Rules of the protocol, each broken, and the invariants by which the simulator must notice. */
enum BrokenRule {
    FORGETS_FENCING(
            (spec, left) -> new BrokenCore(Core.real(spec, left)) {
                @Override
                List<Decision> does(Decision decision, boolean ends) {
                    return decision instanceof Decision.Fence && !ends ? List.of() : List.of(decision);
                }

                @Override
                List<CoordinatorEvent> imagines(Decision decision, long nowNs) {
                    return decision instanceof Decision.Fence fence
                            ? List.of(new CoordinatorEvent.Fenced(nowNs, fence.member()))
                            : List.of();
                }
            },
            "epoch fencing",
            "nothing leaks"),

    LEAVES_PROCESSES_BEHIND(
            (spec, left) -> new BrokenCore(Core.real(spec, left)) {
                @Override
                List<Decision> does(Decision decision, boolean ends) {
                    return decision instanceof Decision.Fence && ends ? List.of() : List.of(decision);
                }
            },
            "nothing leaks"),

    TELLS_ONE_MEMBER_ANOTHER_ORDER(
            (spec, left) -> starts(spec, left, (start, to) -> {
                List<MemberId> members = new ArrayList<>(start.members());
                if (to.equals(members.getLast())) {
                    Collections.rotate(members, 1);
                }
                return new EpochStart(start.epoch(), members, start.uniqueId(), start.plan());
            }),
            "agreement"),

    GOES_BACK_TO_THE_BEGINNING(
            (spec, left) -> starts(
                    spec,
                    left,
                    (start, _) ->
                            new EpochStart(start.epoch(), start.members(), start.uniqueId(), RestorePlan.initial())),
            "no step is lost"),

    READS_EVERYTHING_FROM_RANK_0(
            (spec, left) -> starts(spec, left, (start, _) -> {
                RestorePlan plan = start.plan();
                RestorePlan wrong = new RestorePlan(
                        plan.version(),
                        plan.shardCount(),
                        new int[plan.shardCount()],
                        plan.replicatedSource(),
                        plan.holdsReplicated());
                return new EpochStart(start.epoch(), start.members(), start.uniqueId(), wrong);
            }),
            "restorable"),

    BELIEVES_IN_MORE_PARITY_THAN_THERE_IS(
            (spec, left) -> new BrokenCore(Core.real(spec, left)) {
                @Override
                List<CoordinatorEvent> hears(CoordinatorEvent event) {
                    return event instanceof Received(long nowNs, MemberId from, RankMessage.Aborted answer)
                            ? List.of(new Received(nowNs, from, withMoreParity(answer)))
                            : List.of(event);
                }
            },
            "restorable"),

    DOES_NOT_WAIT_FOR_THE_ABORT(
            (spec, left) -> new BrokenCore(Core.real(spec, left)) {
                private final Map<MemberId, RankMessage.Aborted> earlier = new HashMap<>();

                @Override
                List<CoordinatorEvent> hears(CoordinatorEvent event) {
                    if (event instanceof Received(long _, MemberId from, RankMessage.Aborted answer)) {
                        earlier.put(from, answer);
                    }
                    return List.of(event);
                }

                @Override
                List<CoordinatorEvent> imagines(Decision decision, long nowNs) {
                    if (decision instanceof Decision.Send(MemberId to, CoordinatorMessage.Revoke revoke)
                            && earlier.containsKey(to)) {
                        RankMessage.Aborted last = earlier.get(to);
                        byte[] id = revoke.makeUniqueId() ? uniqueId(to, revoke.epoch()) : new byte[0];
                        RankMessage.Aborted answer = new RankMessage.Aborted(
                                revoke.epoch(), nowNs, last.step(), last.inventory(), last.committed(), id);
                        return List.of(new Received(nowNs, to, answer));
                    }
                    return List.of();
                }
            },
            "minority never proceeds",
            "no step is lost"),

    TAKES_ANSWERS_OF_ANY_EPOCH(
            (spec, left) -> new BrokenCore(Core.real(spec, left)) {
                private long forming;

                @Override
                List<CoordinatorEvent> hears(CoordinatorEvent event) {
                    return event instanceof Received(long nowNs, MemberId from, RankMessage.Aborted answer)
                            ? List.of(new Received(nowNs, from, inEpoch(answer, forming)))
                            : List.of(event);
                }

                @Override
                List<Decision> does(Decision decision, boolean ends) {
                    if (decision instanceof Decision.Send(MemberId _, CoordinatorMessage.Revoke revoke)) {
                        forming = revoke.epoch();
                    }
                    return List.of(decision);
                }
            },
            "minority never proceeds",
            "no step is lost",
            "agreement",
            "does not give up without need"),

    BLAMES_THE_NEIGHBOUR(
            (spec, left) -> new BrokenCore(Core.real(spec, left)) {
                @Override
                List<CoordinatorEvent> hears(CoordinatorEvent event) {
                    return event instanceof Received(long nowNs, MemberId from, RankMessage.Suspect suspect)
                                    && suspect.evidence() == Evidence.PEER_DEATH
                            ? List.of(new Received(nowNs, from, ofNeighbour(suspect)))
                            : List.of(event);
                }
            },
            "only the culprit"),

    FORGETS_THAT_IT_WAS_LATE_ITSELF(
            (spec, left) -> new BrokenCore(Core.real(spec, left)) {
                private static final long STEP_NS = 100_000_000L;
                private long lastNs = Long.MAX_VALUE;

                @Override
                List<CoordinatorEvent> hears(CoordinatorEvent event) {
                    List<CoordinatorEvent> heard = new ArrayList<>();
                    for (long at = lastNs; at < event.nowNs() - STEP_NS; at += STEP_NS) {
                        heard.add(new CoordinatorEvent.Tick(at));
                    }
                    lastNs = event.nowNs();
                    heard.add(event);
                    return heard;
                }
            },
            "only the culprit"),

    NEVER_LOOKS_AT_THE_CLOCK(
            (spec, left) -> new BrokenCore(Core.real(spec, left)) {
                @Override
                List<CoordinatorEvent> hears(CoordinatorEvent event) {
                    return event instanceof CoordinatorEvent.Tick ? List.of() : List.of(event);
                }
            },
            "recovery of recovery"),

    COMMITS_BEFORE_ALL_IS_WRITTEN(
            (spec, left) -> new BrokenCore(Core.real(spec, left)) {
                private final Map<MemberId, CoordinatorMessage.Persist> asked = new HashMap<>();

                @Override
                List<CoordinatorEvent> hears(CoordinatorEvent event) {
                    List<CoordinatorEvent> heard = new ArrayList<>(List.of(event));
                    if (event instanceof Received(long nowNs, MemberId from, RankMessage.DurablePart _)) {
                        asked.remove(from);
                        asked.forEach((other, request) -> heard.add(new Received(
                                nowNs,
                                other,
                                new RankMessage.DurablePart(request.version(), request.file(), 1, "beef", true))));
                    }
                    return heard;
                }

                @Override
                List<Decision> does(Decision decision, boolean ends) {
                    if (decision instanceof Decision.Send(MemberId to, CoordinatorMessage.Persist request)) {
                        asked.put(to, request);
                    }
                    return List.of(decision);
                }
            },
            "durable versions are whole"),

    RECOVERS_WITHOUT_LIMIT(
            (spec, left) -> Core.real(
                    new JobSpec(
                                    spec.ranks(),
                                    spec.policy(),
                                    spec.minRanks(),
                                    1_000,
                                    spec.deadlineNs(),
                                    spec.startBoundNs(),
                                    spec.stateDirectory())
                            .withSpares(spec.spares()),
                    left),
            "recovery of recovery"),

    GIVES_UP_AT_THE_FIRST_LOSS(
            (spec, left) -> Core.real(
                    new JobSpec(
                                    spec.ranks(),
                                    spec.policy(),
                                    spec.ranks(),
                                    spec.maxRecoveries(),
                                    spec.deadlineNs(),
                                    spec.startBoundNs(),
                                    spec.stateDirectory())
                            .withSpares(spec.spares()),
                    left),
            "does not give up without need"),

    SUCCESSOR_FORGETS_THE_LAST_EPOCH(
            (spec, left) -> Core.real(spec, left == null ? null : withoutLastEpoch(left)),
            "agreement",
            "no step is lost",
            "does not give up without need",
            "nobody is stopped without need",
            "nothing leaks"),

    SUCCESSOR_USES_NUMBERS_AGAIN(
            (spec, left) -> new BrokenCore(Core.real(spec, left)) {
                @Override
                List<CoordinatorEvent> hears(CoordinatorEvent event) {
                    return event instanceof Received(long nowNs, MemberId from, RankMessage.Standing standing)
                            ? List.of(new Received(
                                    nowNs,
                                    from,
                                    new RankMessage.Standing(standing.started(), standing.started(), 0, 0)))
                            : List.of(event);
                }
            },
            "only the culprit",
            "no false alarm",
            "does not give up without need"),

    RANKS_LISTEN_TO_AN_OLDER_TERM(
            (spec, left) -> new BrokenCore(Core.real(spec, left)) {
                @Override
                public boolean ranksHeedTerms() {
                    return false;
                }
            },
            "term fencing"),

    GOES_ON_THOUGH_DEPOSED(
            (spec, left) -> new BrokenCore(Core.real(spec, left)) {
                @Override
                public boolean heedsRefusals() {
                    return false;
                }
            },
            "term fencing"),

    RECORDS_TOO_LATE(
            (spec, left) -> new BrokenCore(Core.real(spec, left)) {
                private Decision late;

                @Override
                List<Decision> does(Decision decision, boolean ends) {
                    if (decision instanceof Decision.Record) {
                        Decision before = late;
                        late = decision;
                        return before == null ? List.of() : List.of(before);
                    }
                    return List.of(decision);
                }
            },
            "agreement",
            "identities are unique",
            "no step is lost",
            "nothing leaks",
            "no exception (NullPointerException)",
            "does not give up without need");

    private final Core.Maker maker;
    private final Set<String> noticedBy;

    BrokenRule(Core.Maker maker, String... noticedBy) {
        this.maker = maker;
        this.noticedBy = Set.of(noticedBy);
    }

    Core.Maker maker() {
        return maker;
    }

    Set<String> noticedBy() {
        return noticedBy;
    }

    private static CoordinatorRecord withoutLastEpoch(CoordinatorRecord left) {
        List<CoordinatorRecord.PublishedEpoch> epochs = left.epochs();
        return new CoordinatorRecord(
                epochs.subList(0, Math.max(0, epochs.size() - 1)),
                left.joined(),
                left.formed(),
                left.stepped(),
                left.released(),
                left.committed(),
                left.durable(),
                left.processes(),
                left.nextIncarnations(),
                left.recoveries(),
                left.incidents(),
                left.changes(),
                left.faults(),
                left.warnings(),
                left.summary(),
                left.distrust());
    }

    private interface Rewrite {
        EpochStart of(EpochStart start, MemberId to);
    }

    private static Core starts(JobSpec spec, CoordinatorRecord left, Rewrite rewrite) {
        return new BrokenCore(Core.real(spec, left)) {
            @Override
            List<Decision> does(Decision decision, boolean ends) {
                return decision instanceof Decision.Send(MemberId to, EpochStart start)
                        ? List.of(new Decision.Send(to, rewrite.of(start, to)))
                        : List.of(decision);
            }
        };
    }

    private static byte[] uniqueId(MemberId maker, long epoch) {
        return ByteBuffer.allocate(16)
                .putInt(maker.launchRank())
                .putInt(maker.incarnation())
                .putLong(epoch)
                .array();
    }

    private static RankMessage.Aborted inEpoch(RankMessage.Aborted answer, long epoch) {
        return new RankMessage.Aborted(
                epoch, answer.atNs(), answer.step(), answer.inventory(), answer.committed(), answer.uniqueId());
    }

    private static RankMessage.Aborted withMoreParity(RankMessage.Aborted answer) {
        List<Holding> more =
                answer.inventory().stream().map(BrokenRule::withMoreParity).toList();
        return new RankMessage.Aborted(
                answer.epoch(), answer.atNs(), answer.step(), more, answer.committed(), answer.uniqueId());
    }

    // Of a stripe as long as it is, one piece more is taken for parity: so one rank more might be lost.
    private static Holding withMoreParity(Holding holding) {
        if (holding.parity() == null || holding.parity().code().data() == 1) {
            return holding;
        }
        Redundancy.Parity code = holding.parity().code();
        HeldParity more = new HeldParity(
                new Redundancy.Parity(code.data() - 1, code.parity() + 1),
                IntStream.rangeClosed(0, code.parity()).toArray());
        return new Holding(holding.version(), holding.shardCount(), holding.shards(), holding.replicated(), more);
    }

    private static RankMessage.Suspect ofNeighbour(RankMessage.Suspect suspect) {
        int[] neighbours = suspect.communicatorRanks();
        for (int i = 0; i < neighbours.length; i++) {
            neighbours[i]++;
        }
        return new RankMessage.Suspect(
                suspect.epoch(),
                suspect.evidence(),
                neighbours,
                suspect.atNs(),
                suspect.detail(),
                suspect.enqueued(),
                suspect.completed());
    }
}
