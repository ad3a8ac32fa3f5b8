/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.convoy.RuntimeKind;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.Redundancy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchEnvironmentTest {
    @Test
    void readsWhatTheAgentSets() {
        LaunchEnvironment read = LaunchEnvironment.read(complete());

        assertThat(read.host()).isEqualTo("127.0.0.1");
        assertThat(read.port()).isEqualTo(4711);
        assertThat(read.token()).isEqualTo("feed");
        assertThat(read.self()).isEqualTo(new MemberId(2, 1));
        assertThat(read.launchSize()).isEqualTo(4);
        assertThat(read.runtime()).isEqualTo("host");
        assertThat(read.deadline()).isEqualTo(Duration.ofSeconds(5));
        assertThat(read.faults()).isEqualTo(List.of(FaultSpec.parse("kill:2@200"), FaultSpec.parse("stop:1@3")));
        assertThat(read.stateDirectory()).isEqualTo(Path.of("/state"));
        assertThat(read.durableEvery()).isEqualTo(Duration.ofMillis(2_500));
        assertThat(read.overrides())
                .isEqualTo(new OptionOverrides(
                        new Redundancy.Copies(3), OnDivergence.ROLL_BACK, ElasticOptions.AUTO, Duration.ofHours(6)));
        assertThat(read.agentPid()).isEqualTo(77);
    }

    @Test
    void parityIsInsteadOfCopies() {
        Map<String, String> environment = complete();
        environment.put("CONVOY_PARITY", "4+2");
        assertThat(LaunchEnvironment.read(environment).overrides().redundancy()).isEqualTo(new Redundancy.Parity(4, 2));
    }

    @ParameterizedTest
    @CsvSource({"auto,AUTO", "host,HOST", "cuda,CUDA"})
    void theRuntimeIsOneThatThereIs(String name, RuntimeKind kind) {
        Map<String, String> environment = complete();
        environment.put("CONVOY_RUNTIME", name);
        assertThat(LaunchEnvironment.read(environment).runtimeKind()).isEqualTo(kind);
    }

    @Test
    void anUnknownRuntimeIsNamedWithThoseThatThereAre() {
        Map<String, String> environment = complete();
        environment.put("CONVOY_RUNTIME", "rocm");
        assertThatThrownBy(() -> LaunchEnvironment.read(environment).runtimeKind())
                .isInstanceOf(NotLaunchedException.class)
                .hasMessage("the environment has CONVOY_RUNTIME=rocm; it must be auto, cuda or host");
    }

    @Test
    void whatIsOptionalHasDefaults() {
        Map<String, String> environment = complete();
        List.of(
                        "RUNTIME",
                        "DEADLINE_MS",
                        "FAULTS",
                        "STATE_DIR",
                        "DURABLE_EVERY_MS",
                        "REPLICAS",
                        "ON_DIVERGENCE",
                        "SNAPSHOT_EVERY",
                        "MTBF_MS",
                        "AGENT_PID")
                .forEach(name -> environment.remove("CONVOY_" + name));
        LaunchEnvironment read = LaunchEnvironment.read(environment);

        assertThat(read.runtime()).isEqualTo("auto");
        assertThat(read.deadline()).isEqualTo(Duration.ofSeconds(30));
        assertThat(read.faults()).isEmpty();
        assertThat(read.overrides()).isEqualTo(new OptionOverrides(null, null, null, null));
        assertThat(read.overrides().applyTo(ElasticOptions.defaults())).isEqualTo(ElasticOptions.defaults());
        assertThat(read.stateDirectory()).isNull();
        assertThat(read.durableEvery()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void aProgramStartedByHandIsToldHowToStartIt() {
        assertThatThrownBy(() -> LaunchEnvironment.read(Map.of()))
                .isInstanceOf(NotLaunchedException.class)
                .hasMessageContaining("start this program with: convoy run -n N -- java");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TOKEN", "RANK", "WORLD_SIZE", "INCARNATION"})
    void whatIsMissingIsNamed(String name) {
        Map<String, String> environment = complete();
        environment.remove("CONVOY_" + name);

        assertThatThrownBy(() -> LaunchEnvironment.read(environment))
                .isInstanceOf(NotLaunchedException.class)
                .hasMessageContaining("CONVOY_" + name);
    }

    @ParameterizedTest
    @CsvSource({
        "AGENT,127.0.0.1",
        "AGENT,127.0.0.1:0",
        "AGENT,127.0.0.1:99999",
        "AGENT,127.0.0.1:x",
        "TOKEN,' '",
        "RANK,-1",
        "RANK,x",
        "WORLD_SIZE,0",
        "INCARNATION,-1",
        "DEADLINE_MS,0",
        "FAULTS,kill:",
        "REPLICAS,8",
        "PARITY,2",
        "PARITY,2+8",
        "ON_DIVERGENCE,shrug",
        "SNAPSHOT_EVERY,0",
        "SNAPSHOT_EVERY,often",
        "MTBF_MS,-1",
        "AGENT_PID,-3"
    })
    void whatIsDamagedIsNamed(String name, String value) {
        Map<String, String> environment = complete();
        environment.put("CONVOY_" + name, value);

        assertThatThrownBy(() -> LaunchEnvironment.read(environment))
                .isInstanceOf(NotLaunchedException.class)
                .hasMessageContaining("CONVOY_" + name);
    }

    @Test
    void placeOnTheMachineIsTheRankWhereNobodySaysOtherwise() {
        Map<String, String> environment = complete();
        assertThat(LaunchEnvironment.read(environment).localRank()).isEqualTo(2);
        environment.put("CONVOY_LOCAL_RANK", "0");
        assertThat(LaunchEnvironment.read(environment).localRank()).isZero();
        environment.put("CONVOY_LOCAL_RANK", "-1");
        assertThatThrownBy(() -> LaunchEnvironment.read(environment))
                .isInstanceOf(NotLaunchedException.class)
                .hasMessageContaining("CONVOY_LOCAL_RANK");
    }

    private static Map<String, String> complete() {
        Map<String, String> environment = new HashMap<>();
        environment.put("CONVOY_AGENT", "127.0.0.1:4711");
        environment.put("CONVOY_TOKEN", "feed");
        environment.put("CONVOY_RANK", "2");
        environment.put("CONVOY_INCARNATION", "1");
        environment.put("CONVOY_WORLD_SIZE", "4");
        environment.put("CONVOY_RUNTIME", "host");
        environment.put("CONVOY_DEADLINE_MS", "5000");
        environment.put("CONVOY_FAULTS", "kill:2@200,stop:1@3");
        environment.put("CONVOY_STATE_DIR", "/state");
        environment.put("CONVOY_DURABLE_EVERY_MS", "2500");
        environment.put("CONVOY_REPLICAS", "3");
        environment.put("CONVOY_ON_DIVERGENCE", "rollback");
        environment.put("CONVOY_SNAPSHOT_EVERY", "auto");
        environment.put("CONVOY_MTBF_MS", "21600000");
        environment.put("CONVOY_AGENT_PID", "77");
        return environment;
    }
}
