/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process comes while a group shrinks: in each phase it is taken into an epoch from its beginning, or waits for the
 * next, and is never half in one.
 */
class JoinDuringShrinkTest {
    private static final MemberId SPARE = new MemberId(4, 0);
    private static final MemberId PLACE = new MemberId(1, 1);

    private final Harness job =
            Harness.running(Harness.spec(4, RecoveryPolicy.REGROW).withSpares(1));
    private final Map<Long, Set<MemberId>> started = new HashMap<>();
    private boolean arrived;

    /** When it comes: before the survivors say so, each in its turn. */
    enum Moment {
        BEFORE_THE_LOSS,
        BEFORE_THE_FIRST_ABORTED,
        BEFORE_THE_LAST_ABORTED,
        BEFORE_THE_FIRST_REBUILT,
        BEFORE_THE_LAST_REBUILT,
        BEFORE_THE_FIRST_RESTORED,
        BEFORE_THE_LAST_RESTORED,
        BEFORE_THE_FIRST_RESUMED,
        BEFORE_THE_LAST_RESUMED,
        AFTERWARDS
    }

    private void arrive() {
        if (!arrived) {
            arrived = true;
            job.connect(SPARE);
        }
    }

    private void arriveAt(Moment present, Moment wanted) {
        if (present == wanted) {
            arrive();
        }
    }

    private long revoked(MemberId member) {
        return job.sent(member, CoordinatorMessage.Revoke.class)
                .map(CoordinatorMessage.Revoke::epoch)
                .orElse(0L);
    }

    /** The members of the present epoch answer what they are asked, in two halves. */
    private void answer(Moment wanted, Moment first, Moment last, List<MemberId> members, Answer answer) {
        arriveAt(first, wanted);
        for (int i = 0; i < members.size(); i++) {
            if (i == members.size() - 1) {
                arriveAt(last, wanted);
            }
            answer.by(members.get(i));
        }
    }

    private interface Answer {
        void by(MemberId member);
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void itIsTakenInWhole(Moment moment) {
        arriveAt(Moment.BEFORE_THE_LOSS, moment);
        job.dies(rank(1));
        List<MemberId> survivors = List.of(rank(0), rank(2), rank(3));
        answer(
                moment,
                Moment.BEFORE_THE_FIRST_ABORTED,
                Moment.BEFORE_THE_LAST_ABORTED,
                survivors,
                member -> job.acknowledgesHolding(member, 2, 4, 7));
        if (revoked(SPARE) == 2 || revoked(PLACE) == 2) {
            job.acknowledges(arrivedAs(), 2);
        }
        assertThat(job.published(2)).isTrue();
        work(2, moment);
        arriveAt(Moment.AFTERWARDS, moment);
        job.advance(50);
        if (job.coordinator.members().size() == 3) {
            takeInAtTheBoundary();
        }
        assertThat(job.coordinator.members()).containsExactly(rank(0), PLACE, rank(2), rank(3));
        assertThat(job.coordinator.incidents()).hasSize(1);
        assertThat(job.incident().ranks()).containsExactly(1);
        assertThat(job.fenced()).doesNotContain(SPARE, PLACE);
        theMembersOfEachEpochWereStartedInIt();
    }

    /** A spare has another name once it has been given a place; its connection goes on under it. */
    private MemberId arrivedAs() {
        return job.decided(Decision.Promote.class).isEmpty() ? SPARE : PLACE;
    }

    private void work(long epoch, Moment moment) {
        List<MemberId> members = job.coordinator.members();
        answer(
                moment,
                Moment.BEFORE_THE_FIRST_REBUILT,
                Moment.BEFORE_THE_LAST_REBUILT,
                members,
                member -> job.says(member, new RankMessage.Rebuilt(epoch, job.nowNs())));
        answer(
                moment,
                Moment.BEFORE_THE_FIRST_RESTORED,
                Moment.BEFORE_THE_LAST_RESTORED,
                members,
                member -> job.says(member, new RankMessage.Restored(epoch, job.nowNs())));
        answer(
                moment,
                Moment.BEFORE_THE_FIRST_RESUMED,
                Moment.BEFORE_THE_LAST_RESUMED,
                members,
                member -> job.says(member, new RankMessage.Resumed(epoch, job.nowNs())));
    }

    private void takeInAtTheBoundary() {
        List<MemberId> members = job.coordinator.members();
        assertThat(members)
                .allSatisfy(member -> assertThat(job.sent(member, CoordinatorMessage.Quiesce.class))
                        .hasValueSatisfying(asked -> assertThat(asked.epoch()).isEqualTo(2)));
        members.forEach(member -> job.says(member, new RankMessage.Quiesced(2, 30, job.nowNs())));
        Version version = new Version(2, 30);
        for (int place = 0; place < members.size(); place++) {
            int[] shards = GroupPlacement.of(3).shardsHeldBy(place);
            job.acknowledges(members.get(place), 3, 30, version, new Holding(version, 3, shards, true));
        }
        job.acknowledges(arrivedAs(), 3);
        assertThat(job.published(3)).isTrue();
        work(3, null);
    }

    private void theMembersOfEachEpochWereStartedInIt() {
        for (Decision.Send send : job.decided(Decision.Send.class)) {
            if (send.message() instanceof CoordinatorMessage.EpochStart start) {
                started.computeIfAbsent(start.epoch(), _ -> new HashSet<>()).add(send.member());
                assertThat(start.members()).contains(send.member());
                assertThat(started.get(start.epoch())).isSubsetOf(start.members());
            }
        }
        assertThat(started.get(job.coordinator.epoch())).containsExactlyInAnyOrderElementsOf(job.coordinator.members());
    }
}
