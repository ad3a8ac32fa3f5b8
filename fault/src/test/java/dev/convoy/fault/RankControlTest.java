/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RankControlTest {
    private final List<RankMessage> sent = Collections.synchronizedList(new ArrayList<>());
    private final List<String> ended = Collections.synchronizedList(new ArrayList<>());
    private final List<String> revoked = Collections.synchronizedList(new ArrayList<>());
    private final RankStatus status = new RankStatus();
    private final RankControl control = new RankControl(
            status, sent::add, (exitStatus, reason) -> ended.add(exitStatus + " " + reason), Duration.ofSeconds(10));

    @Test
    void aRevocationReachesTheGuardedCommunicatorOnce() {
        control.guard(1, revoked::add);
        control.receive(revoke(2, "rank 3 died"));
        control.receive(revoke(2, "again"));

        assertThat(revoked).containsExactly("rank 3 died");
        assertThat(control.awaitRevoke(1).epoch()).isEqualTo(2);
    }

    @Test
    void aCommunicatorThatIsGuardedTooLateIsRevokedAtOnce() {
        control.receive(revoke(3, "overtaken"));
        control.guard(2, revoked::add);
        control.guard(3, revoked::add);

        assertThat(revoked).containsExactly("overtaken");
    }

    @Test
    void anOlderRevocationIsIgnored() {
        control.receive(revoke(5, "newer"));
        control.receive(revoke(4, "older"));

        assertThat(control.awaitRevoke(3).epoch()).isEqualTo(5);
        assertThat(control.revoked(4)).isTrue();
        assertThat(control.revoked(5)).isFalse();
    }

    @Test
    void onlyTheStartOfTheAcknowledgedEpochCounts() throws Exception {
        control.receive(revoke(4, ""));
        control.receive(start(3));
        CompletableFuture<CoordinatorMessage> waiting = waitingFor(() -> control.awaitAgreement(4));
        assertThat(waiting).isNotDone();
        control.receive(start(4));

        assertThat(waiting.get(5, TimeUnit.SECONDS)).isEqualTo(start(4));
    }

    @Test
    void aNewerRevocationOvertakesAStart() {
        control.receive(revoke(4, ""));
        control.receive(start(4));
        control.receive(revoke(5, ""));

        assertThat(control.awaitAgreement(4)).isEqualTo(revoke(5, ""));
    }

    @Test
    void everyRequestToPersistIsHandedOutOnce() throws Exception {
        CoordinatorMessage first =
                new CoordinatorMessage.Persist(new Version(1, 2), "/state/e1-s2", "a.bin", new int[] {0}, true);
        CoordinatorMessage second =
                new CoordinatorMessage.Persist(new Version(1, 2), "/state/e1-s2", "b.bin", new int[] {1}, false);
        control.receive(revoke(4, ""));
        control.receive(first);
        control.receive(second);
        assertThat(control.awaitAgreement(4)).isEqualTo(first);
        assertThat(control.awaitAgreement(4)).isEqualTo(second);

        CompletableFuture<CoordinatorMessage> waiting = waitingFor(() -> control.awaitAgreement(4));
        control.receive(start(4));
        assertThat(waiting.get(5, TimeUnit.SECONDS)).isEqualTo(start(4));
    }

    @Test
    void aCompletedRankWaitsForReleaseOrRevocation() throws Exception {
        CompletableFuture<Boolean> released = waitingFor(() -> control.awaitRelease(1));
        control.receive(new CoordinatorMessage.Release(1));
        assertThat(released.get(5, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<Boolean> overtaken = waitingFor(() -> control.awaitRelease(2));
        control.receive(revoke(3, ""));
        assertThat(overtaken.get(5, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void aProbeIsAnsweredWithoutTheUsersThread() {
        status.enterStep(12);
        control.receive(new CoordinatorMessage.Probe(0));

        assertThat(sent).containsExactly(new RankMessage.Probed(0, 12, 0, 0));
    }

    @Test
    void aStopOrALostAgentEndsTheProcess() {
        control.receive(new CoordinatorMessage.Stop(1, "too few ranks"));
        control.lost("closed");

        assertThat(ended).hasSize(2).first().isEqualTo("1 ");
        assertThat(ended.getLast()).startsWith("1 the agent is gone");
    }

    @Test
    void aRefusedProcessIsToldWhyAndNotEnded() {
        control.receive(new CoordinatorMessage.Rejected("no such member"));
        control.lost("closed");

        assertThatThrownBy(() -> control.awaitRevoke(0))
                .isInstanceOf(JoinRejectedException.class)
                .hasMessageContaining("no such member");
        assertThat(ended).isEmpty();
    }

    @Test
    void anAgentThatSaysNothingIsNotWaitedForForEver() {
        RankControl impatient = new RankControl(status, sent::add, (s, r) -> {}, Duration.ofMillis(50));

        assertThatThrownBy(() -> impatient.awaitRevoke(0))
                .isInstanceOf(ElasticException.class)
                .hasMessageContaining("a new epoch");
    }

    @Test
    void aFaultIsAwaitedUntilItIsOnRecordOrTheBound() {
        control.receive(new CoordinatorMessage.FaultRecorded("kill:1@2"));
        control.awaitFaultRecorded("kill:1@2", Duration.ofSeconds(15));

        long begin = System.nanoTime();
        control.awaitFaultRecorded("kill:1@3", Duration.ofMillis(50));
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(50_000_000);
    }

    private static <T> CompletableFuture<T> waitingFor(Supplier<T> wait) {
        return CompletableFuture.supplyAsync(wait);
    }

    private static CoordinatorMessage.Revoke revoke(long epoch, String reason) {
        return new CoordinatorMessage.Revoke(epoch, reason, false);
    }

    private static CoordinatorMessage.EpochStart start(long epoch) {
        return new CoordinatorMessage.EpochStart(
                epoch, List.of(new MemberId(0, 0)), new byte[128], RestorePlan.initial());
    }
}
