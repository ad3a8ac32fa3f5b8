/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convoy.launcher.report.Json;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** On whatever machine this runs: the host runtime is there, and of all else either itself or the reason. */
class DiagnosisTest {
    private final Diagnosis diagnosis = Diagnosis.ofThisMachine();

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(Json.write(new DiagnosisJson(diagnosis)::write));
    }

    private static void saysWhy(JsonNode node) {
        assertThat(node.path("available").isBoolean()).isTrue();
        if (node.path("available").asBoolean()) {
            assertThat(node.path("reason").isNull()).isTrue();
        } else {
            assertThat(node.path("reason").asText()).isNotBlank();
            assertThat(node.path("reason").asText().lines()).hasSize(1);
        }
    }

    @Test
    void everythingIsThereOrHasAReason() throws IOException {
        JsonNode json = json();
        Set<String> names = new HashSet<>();
        for (JsonNode runtime : json.path("runtimes")) {
            names.add(runtime.path("name").asText());
            saysWhy(runtime);
            saysWhy(runtime.path("kernels"));
            boolean available = runtime.path("available").asBoolean();
            assertThat(runtime.path("library").isTextual()).isEqualTo(available);
            assertThat(runtime.path("version").isTextual()).isEqualTo(available);
            assertThat(runtime.path("capabilities").isEmpty()).isNotEqualTo(available);
        }
        assertThat(names).containsExactlyInAnyOrder("cuda", "host");
        saysWhy(json.path("driver"));
        saysWhy(json.path("ras"));
    }

    @Test
    void theHostRuntimeIsThere() throws IOException {
        assertThat(diagnosis.anyRuntime()).isTrue();
        for (JsonNode runtime : json().path("runtimes")) {
            if (runtime.path("name").asText().equals("host")) {
                assertThat(runtime.path("available").asBoolean()).isTrue();
                assertThat(runtime.path("kernels").path("available").asBoolean())
                        .isTrue();
                assertThat(runtime.path("cuda").asText()).isEqualTo("13.0");
            }
        }
        long hostDevices = 0;
        for (JsonNode device : json().path("devices")) {
            if (device.path("runtime").asText().equals("host")) {
                hostDevices++;
                assertThat(device.path("totalBytes").asLong()).isPositive();
            }
        }
        assertThat(hostDevices).isPositive();
    }

    @Test
    void aPersonIsToldTheSame() {
        assertThat(DiagnosisText.of(diagnosis))
                .startsWith("convoy ")
                .contains("\nhost: available, NCCL ABI 2.29.3, CUDA 13.0, ")
                .contains("\n  kernels available\n")
                .contains("\nRAS service: ");
    }

    @Test
    void aWrongRasAddressIsTheReason() {
        RasEndpoint ras = RasEndpoint.of(Map.of("NCCL_RAS_ADDR", "rubbish"));
        assertThat(ras.isAvailable()).isFalse();
        assertThat(ras.reason()).isEqualTo("NCCL_RAS_ADDR is 'rubbish'; it must be HOST:PORT");
    }
}
