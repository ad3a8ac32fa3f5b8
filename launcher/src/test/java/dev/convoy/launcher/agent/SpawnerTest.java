/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.convoy.fault.protocol.MemberId;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.RankOutput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SpawnerTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Map<MemberId, String> failures = new ConcurrentHashMap<>();

    // The system would kill whatever the thread has started, as if the agent had ended.
    @Test
    void aStartThatBreaksDoesNotEndTheOthers() throws InterruptedException {
        RankProcess first = new RankProcess(new MemberId(0, 0));
        RankProcess broken = new RankProcess(new MemberId(1, 0));
        RankProcess last = new RankProcess(new MemberId(2, 0));
        broken.kill();
        try (Spawner spawner = spawner()) {
            for (RankProcess process : List.of(first, broken, last)) {
                spawner.spawn(process, Map.of());
            }
            await().atMost(SOON).until(() -> last.state() != '?');
            assertThat(failures).containsOnlyKeys(broken.member());
            assertThat(failures.get(broken.member())).contains("no thread left");
            await().during(Duration.ofMillis(300)).atMost(SOON).until(() -> first.mayLive() && last.mayLive());
        } finally {
            for (RankProcess process : List.of(first, last)) {
                process.kill();
                assertThat(process.awaitEnd(SOON)).isTrue();
            }
        }
    }

    /** Told at once of a process that was killed before its start, it breaks as a machine without threads would. */
    private Spawner spawner() {
        JobRequest request = JobRequest.builder(List.of("sleep", "100"))
                .ranks(3)
                .output(RankOutput.ERRORS)
                .build();
        return new Spawner(
                request,
                Path.of("/bin/sleep"),
                JobRun.execHelper(),
                (member, status) -> {
                    if (member.launchRank() == 1) {
                        throw new OutOfMemoryError("no thread left");
                    }
                },
                failures::put);
    }
}
