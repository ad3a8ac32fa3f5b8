/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingOptionsTest {

    @Test
    void hasDefaults() {
        assertThat(TrainingOptions.parse()).isEqualTo(new TrainingOptions(400, 1, Optional.empty()));
    }

    @Test
    void readsWhatItWrites() {
        TrainingOptions options = new TrainingOptions(12, -7, Optional.of(Path.of("/some/where")));
        assertThat(TrainingOptions.parse(options.arguments().toArray(String[]::new)))
                .isEqualTo(options);
    }

    @ParameterizedTest
    @CsvSource({
        "--steps x, --steps x: must be a whole number",
        "--steps 0, --steps 0: must be 1 to 100000000",
        "--speed 1, --speed: not understood",
        "--seed, --seed: not understood"
    })
    void saysWhatIsWrong(String commandLine, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainingOptions.parse(commandLine.split(" ")))
                .withMessageStartingWith(message);
    }
}
