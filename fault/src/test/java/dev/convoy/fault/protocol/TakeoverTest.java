/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.MS;
import static dev.convoy.fault.protocol.Harness.rank;
import static dev.convoy.fault.protocol.Harness.spec;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A coordinator is lost and another one goes on with what is on record. */
class TakeoverTest {
    private static final JobSpec SHRINKING = spec(4, RecoveryPolicy.SHRINK);

    private static void allBut(int missing, Harness heir, long epoch) {
        IntStream.range(0, 4).filter(rank -> rank != missing).forEach(rank -> heir.returnsFromStep(rank(rank), epoch));
    }

    private static List<CoordinatorMessage> sentBy(Harness harness) {
        return harness.decided(Decision.Send.class).stream()
                .map(Decision.Send::message)
                .toList();
    }

    @Test
    void nobodyIsStoppedWhereEverybodyComesBack() {
        Harness heir = Harness.recorded(SHRINKING).successor();
        allBut(-1, heir, 1);
        heir.advance(3_000);
        assertThat(sentBy(heir)).isEmpty();
        assertThat(heir.fenced()).isEmpty();
        assertThat(heir.spawned()).isEmpty();
        assertThat(heir.coordinator.epoch()).isEqualTo(1);
        assertThat(heir.coordinator.incidents()).isEmpty();
        assertThat(heir.coordinator.warnings()).singleElement().asString().contains("another one has taken over");
    }

    @Test
    void successorRunsTheJobToItsEnd() {
        Harness heir = Harness.recorded(SHRINKING).successor();
        allBut(-1, heir, 1);
        heir.all(member -> heir.says(member, new RankMessage.Completed(1)));
        assertThat(heir.decided(Decision.Record.class).getLast().record().released())
                .isTrue();
        assertThat(sentBy(heir)).hasSize(4).allMatch(CoordinatorMessage.Release.class::isInstance);
        heir.all(member -> heir.says(member, new RankMessage.Finished(1, null)));
        heir.all(member -> heir.exits(member, "exited with status 0", true));
        assertThat(heir.outcome().success()).isTrue();
        assertThat(heir.coordinator.warnings()).noneMatch(text -> text.contains("result"));
    }

    @Test
    void recoversAsTheNextEpochOnceAllOthersAreBack() {
        Harness heir = Harness.recorded(SHRINKING).successor();
        heir.on(new CoordinatorEvent.NodeLost(heir.nowNs(), 0, "was lost"));
        assertThat(heir.hasEnded()).isTrue();

        Harness other = Harness.recorded(SHRINKING).successor();
        other.dies(rank(2));
        other.returns(rank(0), 1);
        other.returns(rank(1), 1);
        assertThat(sentBy(other)).isEmpty();
        other.returns(rank(3), 1);
        assertThat(sentBy(other))
                .hasSize(3)
                .allSatisfy(sent ->
                        assertThat(((CoordinatorMessage.Revoke) sent).epoch()).isEqualTo(2));
        List.of(0, 1, 3).forEach(rank -> other.acknowledgesHolding(rank(rank), 2, 4, 5));
        assertThat(other.epochStart(rank(0)).members()).containsExactly(rank(0), rank(1), rank(3));
        assertThat(other.incident().ranks()).containsExactly(2);
    }

    @Test
    void whoDoesNotComeBackInTimeIsLost() {
        Harness heir = Harness.recorded(SHRINKING).successor();
        allBut(3, heir, 1);
        heir.advance(Coordinator.RETURN_BOUND_NS / MS - 100);
        assertThat(heir.fenced()).isEmpty();
        heir.advance(300);
        assertThat(heir.fenced()).containsExactly(rank(3));
        assertThat(heir.sent(rank(0), CoordinatorMessage.Revoke.class)).isPresent();
    }

    @Test
    void numberThatAnybodyHasHeardOfIsNotUsedAgain() {
        Harness heir = Harness.recorded(SHRINKING).successor();
        heir.returns(rank(0), 1, 1);
        heir.returns(rank(1), 1, 2);
        heir.returns(rank(2), 1, 3);
        heir.returns(rank(3), 1, 1);
        assertThat(heir.sent(rank(0), CoordinatorMessage.Revoke.class))
                .hasValueSatisfying(revoke -> assertThat(revoke.epoch()).isEqualTo(4));
        assertThat(heir.coordinator.incidents()).isEmpty();
        assertThat(heir.coordinator.changes()).hasSize(1);
    }

    @Test
    void epochThatNotAllHaveHeardOfIsFormedAnew() {
        Harness former = Harness.recorded(SHRINKING);
        former.dies(rank(3));
        List.of(0, 1, 2).forEach(rank -> former.acknowledgesHolding(rank(rank), 2, 4, 5));
        assertThat(former.coordinator.epoch()).isEqualTo(2);
        Harness heir = former.successor();
        heir.returns(rank(0), 2, 2);
        heir.returns(rank(1), 1, 2);
        heir.returns(rank(2), 2, 2);
        assertThat(heir.sent(rank(1), CoordinatorMessage.Revoke.class))
                .hasValueSatisfying(revoke -> assertThat(revoke.epoch()).isEqualTo(3));
        // What the former coordinator knew of the loss is not forgotten.
        assertThat(heir.coordinator.incidents().getFirst().ranks()).containsExactly(3);
        assertThat(heir.incident().cause()).isEqualTo(Incident.Cause.EXIT);
    }

    @Test
    void epochWhoseFormingIsUnderWayIsWatchedToItsEnd() {
        Harness former = Harness.recorded(SHRINKING);
        former.dies(rank(3));
        List.of(0, 1, 2).forEach(rank -> former.acknowledgesHolding(rank(rank), 2, 4, 5));
        Harness heir = former.successor();
        List.of(0, 1, 2).forEach(rank -> heir.returns(rank(rank), 2));
        heir.ready(2);
        heir.all(member -> heir.says(member, new RankMessage.Resumed(2, heir.nowNs())));
        assertThat(sentBy(heir)).isEmpty();
        assertThat(heir.coordinator.incidents()).singleElement().satisfies(incident -> {
            assertThat(incident.ranks()).containsExactly(3);
            assertThat(incident.resumedAtNs()).isNotNull();
        });
    }

    @Test
    void deathThatPeersSawMeanwhileIsALoss() {
        Harness heir = Harness.recorded(SHRINKING).successor();
        heir.returnsFromStep(rank(1), 1);
        heir.suspects(rank(1), 1, Evidence.PEER_DEATH, 0);
        heir.returns(rank(2), 1);
        heir.returns(rank(3), 1);
        assertThat(heir.fenced()).containsExactly(rank(0));
        assertThat(heir.sent(rank(3), CoordinatorMessage.Revoke.class)).isPresent();
        assertThat(heir.incident().detectedBy()).isEqualTo(Incident.DetectedBy.PEER_DEATH);
    }

    @Test
    void complaintOfSomebodyWhoStandsInTheEpochIsLookedInto() {
        Harness heir = Harness.recorded(SHRINKING).successor();
        heir.returns(rank(0), 1);
        heir.suspects(rank(0), 1, Evidence.DEADLINE);
        List.of(1, 2, 3).forEach(rank -> heir.returns(rank(rank), 1));
        assertThat(heir.sent(rank(2), CoordinatorMessage.Probe.class)).isPresent();
    }

    @Test
    void whoWaitsBecauseTheStateDiffersIsNotLeftWaiting() {
        RankMessage.Diverged diverged = new RankMessage.Diverged(1, 6, new int[] {2}, 5, "holds other bytes");
        Harness heir = Harness.recorded(SHRINKING).successor();
        allBut(-1, heir, 1);
        heir.says(rank(0), diverged);
        assertThat(heir.sent(rank(1), CoordinatorMessage.Revoke.class)).isPresent();
    }

    private static final Version DIFFERING = new Version(1, 6);

    private static RankMessage.Diverged diverged(Version version, int... ranks) {
        return new RankMessage.Diverged(version.epoch(), version.step(), ranks, 5, "holds other bytes");
    }

    /** All go back to the version of step 5, although all hold that of step 6. */
    private static void goBack(Harness harness, long epoch) {
        for (int rank = 0; rank < 4; rank++) {
            int[] shards = GroupPlacement.of(4).shardsHeldBy(rank);
            harness.acknowledges(
                    rank(rank),
                    epoch,
                    6,
                    new Version(1, 5),
                    new Holding(DIFFERING, 4, shards, true),
                    new Holding(new Version(1, 5), 4, shards, true));
        }
        assertThat(harness.epochStart(rank(0)).plan().version()).isEqualTo(new Version(1, 5));
    }

    @Test
    void versionThatDiffersIsNotRestoredBySuccessorsEither() {
        Harness former = Harness.recorded(SHRINKING);
        former.says(rank(0), diverged(DIFFERING, 2));
        goBack(former, 2);
        // Before a step is done in it: what they hold is what they held.
        Harness heir = former.successor();
        allBut(-1, heir, 2);
        heir.dies(rank(3));
        goBack(heir, 3);
        assertThat(heir.onRecord().distrust().refused()).containsExactly(DIFFERING);
    }

    @Test
    void whoDiffersAgainUnderTheSuccessorIsExcluded() {
        Harness former = Harness.recorded(SHRINKING);
        former.says(rank(0), diverged(DIFFERING, 2));
        goBack(former, 2);
        Harness heir = former.successor();
        allBut(-1, heir, 2);
        heir.says(rank(1), diverged(new Version(2, 9), 2));
        assertThat(heir.fenced()).containsExactly(rank(2));
        assertThat(heir.incident().cause()).isEqualTo(Incident.Cause.CORRUPTION);
    }

    @Test
    void divergenceThatIsRepeatedToTheSuccessorIsTheSameOne() {
        Harness former = Harness.recorded(SHRINKING);
        former.says(rank(0), diverged(DIFFERING, 2));
        assertThat(former.sent(rank(0), CoordinatorMessage.Revoke.class)).isPresent();
        // Nobody has heard of it.
        Harness heir = former.successor();
        allBut(-1, heir, 1);
        heir.says(rank(1), diverged(DIFFERING, 2));
        assertThat(heir.sent(rank(0), CoordinatorMessage.Revoke.class)).isPresent();
        assertThat(heir.fenced()).isEmpty();
    }

    @Test
    void divergenceHeardByTheSuccessorAloneIsRememberedToo() {
        Harness heir = Harness.recorded(SHRINKING).successor();
        heir.returns(rank(0), 1, 1);
        heir.says(rank(0), diverged(DIFFERING, 2));
        List.of(1, 2, 3).forEach(rank -> heir.returns(rank(rank), 1, 2));
        assertThat(heir.fenced()).isEmpty();
        goBack(heir, 3);
        assertThat(heir.onRecord().distrust().divergences())
                .containsExactly(new Distrust.Divergence(rank(2), DIFFERING));
    }

    @Test
    void withoutAMajorityTheSecondTimeEndsTheJobUnderTheSuccessorToo() {
        Harness former = Harness.recorded(SHRINKING);
        former.says(rank(0), diverged(DIFFERING));
        goBack(former, 2);
        Harness heir = former.successor();
        allBut(-1, heir, 2);
        heir.says(rank(1), diverged(new Version(2, 9)));
        assertThat(heir.decided(Decision.Announce.class).getLast().text()).contains("the job ends");
    }

    @Test
    void nodeThatHasLostTooManyIsLeftAloneByTheSuccessor() {
        JobSpec replacing = spec(4, RecoveryPolicy.REPLACE).withNodes(2);
        Harness former = Harness.recorded(replacing);
        former.dies(rank(2));
        former.dies(rank(3));
        former.dies(new MemberId(2, 1));
        Harness heir = former.successor();
        heir.returns(rank(0), 1, 2);
        heir.returns(rank(1), 1, 2);
        heir.exits(new MemberId(3, 1), "was never started", false);
        assertThat(heir.decided(Decision.Spawn.class))
                .filteredOn(spawn -> spawn.member().equals(new MemberId(3, 2)))
                .singleElement()
                .satisfies(spawn -> assertThat(spawn.node()).isZero());
    }

    @Test
    void whatWasAskedOfTheBoundaryByTheFormerIsHeardByTheSuccessor() {
        Harness heir = Harness.recorded(SHRINKING).successor();
        allBut(-1, heir, 1);
        heir.says(rank(2), new RankMessage.Leaving(1));
        heir.all(member -> heir.says(member, new RankMessage.Quiesced(1, 5, heir.nowNs())));
        assertThat(heir.sent(rank(0), CoordinatorMessage.Revoke.class)).isPresent();
        List.of(0, 1, 2, 3).forEach(rank -> heir.acknowledgesHolding(rank(rank), 2, 4, 5));
        assertThat(heir.sent(rank(2), CoordinatorMessage.Dismissed.class)).isPresent();
        assertThat(heir.epochStart(rank(0)).members()).containsExactly(rank(0), rank(1), rank(3));
    }

    @Test
    void whoWasLetGoWithoutHearingOfItIsToldAgain() {
        Harness former = Harness.recorded(SHRINKING);
        former.says(rank(2), new RankMessage.Leaving(1));
        former.advance(20);
        former.all(member -> former.says(member, new RankMessage.Quiesced(1, 5, former.nowNs())));
        List.of(0, 1, 2, 3).forEach(rank -> former.acknowledgesHolding(rank(rank), 2, 4, 5));
        assertThat(former.sent(rank(2), CoordinatorMessage.Dismissed.class)).isPresent();
        Harness heir = former.successor();
        heir.returns(rank(2), 1, 2);
        assertThat(heir.sent(rank(2), CoordinatorMessage.Dismissed.class))
                .contains(new CoordinatorMessage.Dismissed(2));
        assertThat(heir.sent(rank(2), CoordinatorMessage.Rejected.class)).isEmpty();
        heir.exits(rank(2), "exited with status 143", false);
        List.of(0, 1, 3).forEach(rank -> heir.returnsFromStep(rank(rank), 2));
        assertThat(heir.coordinator.incidents()).isEmpty();
        assertThat(heir.coordinator.changes())
                .singleElement()
                .satisfies(change -> assertThat(change.resumedAtNs()).isNotNull());
    }

    @Test
    void takingOverIsNoMoreWorkForEachOfManyRanks() {
        int ranks = 1_024;
        JobSpec large = spec(ranks, RecoveryPolicy.SHRINK);
        Harness heir = Harness.recorded(large).successor();
        for (int rank = 0; rank < ranks; rank++) {
            assertThat(heir.coordinator.warnings()).hasSize(1);
            heir.returnsFromStep(rank(rank), 1);
        }
        assertThat(sentBy(heir)).isEmpty();
        heir.all(member -> heir.says(member, new RankMessage.Completed(1)));
        assertThat(sentBy(heir)).hasSize(ranks).allMatch(CoordinatorMessage.Release.class::isInstance);
    }

    @Test
    void identitiesAreNotGivenAwayTwice() {
        JobSpec replacing = spec(3, RecoveryPolicy.REPLACE);
        Harness former = Harness.recorded(replacing);
        former.dies(rank(1));
        assertThat(former.spawned()).contains(new MemberId(1, 1));
        Harness heir = former.successor();
        heir.returns(rank(0), 1, 2);
        heir.returns(rank(2), 1, 2);
        heir.exits(new MemberId(1, 1), "was never started", false);
        assertThat(heir.spawned()).containsExactly(new MemberId(1, 2));
    }

    @Test
    void recordComesBeforeWhateverDependsOnIt() {
        Harness harness = Harness.recorded(spec(3, RecoveryPolicy.REPLACE));
        harness.forget();
        harness.says(rank(1), new RankMessage.FaultFired("kill:1@5", harness.nowNs()));
        assertThat(harness.decisions())
                .satisfiesExactly(
                        record -> assertThat(record).isInstanceOf(Decision.Record.class),
                        sent -> assertThat(((Decision.Send) sent).message())
                                .isInstanceOf(CoordinatorMessage.FaultRecorded.class));
        assertThat(harness.onRecord().faults())
                .singleElement()
                .satisfies(fault -> assertThat(fault.spec()).isEqualTo("kill:1@5"));
        harness.forget();
        harness.dies(rank(1));
        List<Class<?>> kinds = harness.decisions().stream()
                .<Class<?>>map(Object::getClass)
                .filter(kind -> kind == Decision.Record.class || kind == Decision.Spawn.class)
                .toList();
        assertThat(kinds).containsExactly(Decision.Record.class, Decision.Spawn.class);
    }

    @Test
    void withoutASuccessorNothingIsRecorded() {
        Harness harness = Harness.running(spec(3, RecoveryPolicy.REPLACE));
        harness.dies(rank(1));
        assertThat(harness.decided(Decision.Record.class)).isEmpty();
    }

    @Test
    void promotedSpareIsKnownByBothOfItsNames() {
        JobSpec replacing = spec(2, RecoveryPolicy.REPLACE).withSpares(1);
        Harness former = Harness.recorded(replacing);
        MemberId spare = new MemberId(2, 0);
        former.connect(spare);
        former.dies(rank(1));
        MemberId place = new MemberId(1, 1);
        former.acknowledgesHolding(rank(0), 2, 2, 5);
        former.acknowledges(spare, 2);
        assertThat(former.coordinator.members()).containsExactly(rank(0), place);
        Harness heir = former.successor();
        assertThat(heir.decided(Decision.Promote.class)).containsExactly(new Decision.Promote(spare, place));
        heir.returns(rank(0), 2);
        heir.returns(spare, 2);
        assertThat(heir.sent(rank(0), CoordinatorMessage.Revoke.class)).isEmpty();
        assertThat(heir.coordinator.members()).containsExactly(rank(0), place);
    }

    @Test
    void groupThatHasNotFormedYetFormsUnderTheSuccessor() {
        JobSpec two = spec(2, RecoveryPolicy.SHRINK);
        Harness former = Harness.unformed(two);
        former.connect(rank(0));
        Harness heir = former.successor();
        heir.returns(rank(0), 0, 1);
        heir.returns(rank(1), 0, 0);
        assertThat(heir.sent(rank(0), CoordinatorMessage.Revoke.class))
                .hasValueSatisfying(revoke -> assertThat(revoke.epoch()).isEqualTo(2));
    }

    private static Harness formingOnceMore() {
        Harness former = Harness.unformed(SHRINKING);
        IntStream.range(0, 4).forEach(rank -> former.connect(rank(rank)));
        IntStream.range(0, 4).forEach(rank -> former.acknowledges(rank(rank), 1));
        assertThat(former.published(1)).isTrue();
        Harness heir = former.successor();
        List.of(0, 1, 2).forEach(rank -> heir.returns(rank(rank), 1));
        heir.returns(rank(3), 0, 1);
        assertThat(heir.sent(rank(3), CoordinatorMessage.Revoke.class)).isPresent();
        return heir;
    }

    @Test
    void killedWhileTheGroupFormsOnceMoreIsALoss() {
        Harness heir = formingOnceMore();
        heir.dies(rank(3));
        assertThat(heir.hasEnded()).isFalse();
        assertThat(heir.incident().ranks()).containsExactly(3);
        List.of(0, 1, 2).forEach(rank -> heir.acknowledges(rank(rank), 3));
        assertThat(heir.epochStart(rank(0)).members()).containsExactly(rank(0), rank(1), rank(2));
        assertThat(heir.epochStart(rank(0)).plan().isInitial()).isTrue();
    }

    @Test
    void silentWhileTheGroupFormsOnceMoreIsALoss() {
        Harness heir = formingOnceMore();
        heir.on(new CoordinatorEvent.Disconnected(heir.nowNs(), rank(3)));
        assertThat(heir.hasEnded()).isFalse();
        assertThat(heir.incident().ranks()).containsExactly(3);
    }

    @Test
    void programThatFailsWhileTheGroupFormsOnceMoreEndsTheJob() {
        Harness heir = formingOnceMore();
        heir.exits(rank(3), "exited with status 1", false);
        assertThat(heir.outcome().message()).isEqualTo("rank 3 exited with status 1 before the group was formed");
    }

    @Test
    void whoWaitsForItsReleaseGetsItFromTheSuccessor() {
        Harness former = Harness.recorded(SHRINKING);
        former.all(member -> former.says(member, new RankMessage.Completed(1)));
        former.says(rank(0), new RankMessage.Finished(1, new RunSummary(9, 4, null, "f00d", null, -1, -1, -1, null)));
        former.exits(rank(0), "exited with status 0", true);
        former.says(rank(1), new RankMessage.Finished(1, null));
        Harness heir = former.successor();
        heir.exits(rank(0), "exited with status 0", true);
        heir.exits(rank(1), "exited with status 0", true);
        List.of(2, 3).forEach(rank -> {
            heir.returns(rank(rank), 1);
            assertThat(heir.sent(rank(rank), CoordinatorMessage.Release.class)).isPresent();
            heir.says(rank(rank), new RankMessage.Finished(1, null));
            heir.exits(rank(rank), "exited with status 0", true);
        });
        assertThat(heir.outcome().success()).isTrue();
        assertThat(heir.outcome().summary().parametersSha256()).isEqualTo("f00d");
    }

    @Test
    void aResultThatOnlyTheFormerHeardIsMissed() {
        Harness former = Harness.recorded(SHRINKING);
        former.all(member -> former.says(member, new RankMessage.Completed(1)));
        Harness heir = former.successor();
        heir.all(member -> heir.exits(member, "exited with status 0", true));
        assertThat(heir.outcome().success()).isTrue();
        assertThat(heir.outcome().summary()).isNull();
        assertThat(heir.coordinator.warnings())
                .last()
                .asString()
                .isEqualTo("if the program told a result, it was lost with the former coordinator");
    }

    @Test
    void successorOfASuccessorKnowsEverything() {
        Harness former = Harness.recorded(SHRINKING);
        former.dies(rank(3));
        List.of(0, 1, 2).forEach(rank -> former.acknowledgesHolding(rank(rank), 2, 4, 5));
        Harness heir = former.successor();
        List.of(0, 1, 2).forEach(rank -> heir.returns(rank(rank), 2));
        heir.ready(2);
        heir.all(member -> heir.says(member, new RankMessage.Resumed(2, heir.nowNs())));
        Harness second = heir.successor();
        List.of(0, 1, 2).forEach(rank -> second.returns(rank(rank), 2));
        assertThat(second.coordinator.epoch()).isEqualTo(2);
        assertThat(second.coordinator.incidents())
                .isEqualTo(heir.coordinator.incidents())
                .hasSize(1);
        assertThat(second.coordinator.warnings()).hasSize(2);
        assertThat(sentBy(second)).isEmpty();
    }
}
