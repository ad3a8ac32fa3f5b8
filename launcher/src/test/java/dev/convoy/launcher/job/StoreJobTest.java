/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.convoy.bindings.Posix;
import dev.convoy.store.etcd.EtcdServer;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.options.GetOption;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent that leads is killed or stopped, or the store is lost, in the middle of training. */
@Tag("slow")
@Timeout(180)
class StoreJobTest {
    private static final int SIGCONT = 18;

    @TempDir
    Path folder;

    private EtcdServer etcd;
    private StoreJob job;

    @BeforeEach
    void prepare() {
        etcd = EtcdServer.start(folder);
        job = new StoreJob(folder, etcd);
    }

    @AfterEach
    void end() {
        if (etcd != null) {
            job.close();
            etcd.close();
        }
    }

    @Test
    void anotherAgentTakesOverWhenTheLeadingOneIsKilledAndReplacesWhatWasLostMeanwhile() throws Exception {
        long steps = 400;
        // Two losses at once: two copies of each shard.
        job.start(3, steps, 20, "--recover", "replace", "--replicas", "2", "--tls");
        long rank = job.rankOn(2);
        job.agent(0).destroyForcibly();
        Posix.kill((int) rank, Posix.SIGKILL);
        int successor = job.awaitSuccessor();
        assertThat(job.exitStatus(1)).as(job.toString()).isZero();
        assertThat(job.exitStatus(2)).as(job.toString()).isZero();
        JsonNode report = job.readReport(successor);
        assertThat(report.at("/final/parametersSha256").asText()).isEqualTo(CountingProgram.reference(steps));
        assertThat(report.at("/final/worldSize").asInt()).isEqualTo(3);
        assertThat(report.at("/incidents/0/ranks").toString()).contains("0");
        assertThat(report.at("/incidents/0/diagnosis").asText()).contains("rank 0");
        assertThat(report.at("/incidents"))
                .allSatisfy(incident ->
                        assertThat(incident.at("/lostSteps").asInt()).isLessThanOrEqualTo(1));
        assertThat(job.report(3 - successor)).doesNotExist();
        job.assertNothingLeft();
    }

    /**
     * Two coordinators at once: the older one wakes up and changes nothing; nor does rubbish, or an etcd that restarts.
     */
    @Test
    void quorumSplitBrainStopsNoRankThatNeedNotStop() throws Exception {
        long steps = 900;
        job.start(3, steps, 20, "--fault", "kill:0@5");
        job.awaitSaid("2 ranks from step");
        Posix.kill((int) job.agent(0).pid(), Posix.SIGSTOP);
        int successor = job.awaitSuccessor();
        job.awaitSaid("none was stopped");
        Posix.kill((int) job.agent(0).pid(), SIGCONT);
        assertThat(job.exitStatus(0)).as(job.toString()).isEqualTo(1);
        assertThat(job.output(0)).contains("this agent could not renew its leadership");
        assertThat(job.report(0)).doesNotExist();
        List<KeyValue> before = scribbleOverEverything();
        assertThat(before).hasSizeGreaterThanOrEqualTo(2);
        assertThat(before).noneMatch(pair -> pair.getValue().toString().contains(StoreJob.SECRET));
        etcd.kill();
        etcd.startAgain();
        assertThat(job.exitStatus(1)).as(job.toString()).isZero();
        assertThat(job.exitStatus(2)).as(job.toString()).isZero();
        JsonNode report = job.readReport(successor);
        // The rehearsed loss, which the former leader recovered from, and nothing else.
        assertThat(report.at("/incidents")).as(report.toPrettyString()).hasSize(1);
        assertThat(report.at("/incidents/0/ranks").toString()).isEqualTo("[0]");
        assertThat(report.at("/final/parametersSha256").asText()).isEqualTo(CountingProgram.reference(steps));
        job.assertNothingLeft();
    }

    @Test
    void aStoreThatIsLostForGoodEndsTheJobWithItsStateOnDisk() throws Exception {
        job.start(3, 100_000, 20);
        job.awaitDurable();
        etcd.kill();
        for (int node = 0; node < StoreJob.NODES; node++) {
            assertThat(job.exitStatus(node)).as(job.toString()).isEqualTo(1);
        }
        assertThat(job.output(0)).contains("this agent could not renew its leadership");
        assertThat(job.output(1)).contains("this node's ranks were ended; the newest durable version is in ");
        job.assertNothingLeft();
    }

    /** It renews leases as before, so that nobody is ever deposed, and takes no record. */
    @Test
    void aStoreThatIsFullEndsTheJobWithItsStateOnDiskWhenARecordMustBeWritten() throws Exception {
        job.start(3, 100_000, 20);
        job.awaitDurable();
        etcd.fill();
        Posix.kill((int) job.rankOn(2), Posix.SIGKILL);
        for (int node = 0; node < StoreJob.NODES; node++) {
            assertThat(job.exitStatus(node)).as(job.toString()).isEqualTo(1);
        }
        // All ended together, when the leader gave up; nobody was left to find out alone.
        assertThat(job.toString()).doesNotContain("no sign of it");
        job.awaitDurable();
        job.assertNothingLeft();
    }

    /** No record names them: versions are written without one. */
    @Test
    void theFormerLeadersDurableVersionsOutliveASuccessorThatLosesEverything() throws Exception {
        job.start(3, 100_000, 20);
        job.awaitDurable();
        List<Long> ranks = List.of(job.rankOn(1), job.rankOn(2));
        job.agent(0).destroyForcibly();
        int successor = job.awaitSuccessor();
        ranks.forEach(rank -> Posix.kill(rank.intValue(), Posix.SIGKILL));
        assertThat(job.exitStatus(successor)).as(job.toString()).isEqualTo(1);
        assertThat(job.output(successor)).containsPattern("step [0-9]+ is in ");
        job.awaitDurable();
    }

    /** Returns what was there. */
    private List<KeyValue> scribbleOverEverything() throws Exception {
        try (Client client = Client.builder()
                .endpoints(etcd.address().toString().replace("etcd:", "http:"))
                .build()) {
            ByteSequence root = bytes("/convoy/jobs/" + job.rendezvous());
            List<KeyValue> found = client.getKVClient()
                    .get(root, GetOption.builder().isPrefix(true).build())
                    .get()
                    .getKvs();
            for (KeyValue pair : found) {
                client.getKVClient().put(pair.getKey(), bytes("rubbish")).get();
            }
            for (KeyValue pair : found) {
                if (pair.getKey().toString().endsWith("/leader")) {
                    String epitaph = pair.getKey().toString().replace("/leader", "/epitaph");
                    client.getKVClient()
                            .put(bytes(epitaph), bytes("it is over"))
                            .get();
                }
            }
            return found;
        }
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
