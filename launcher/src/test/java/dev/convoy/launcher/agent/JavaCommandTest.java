/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JavaCommandTest {
    private static final String OURS = "/convoy/a.jar:/convoy/b.jar";

    @Test
    void anotherProgramIsLeftAsItIs() {
        List<String> command = List.of("/usr/bin/python3", "-cp", "x", "train.py");
        assertThat(JavaCommand.complete(command, OURS)).isEqualTo(command);
    }

    @Test
    void aSourceFileGetsTheFlagsOnly() {
        assertThat(JavaCommand.complete(List.of("/jdk/bin/java", "Train.java", "-cp", "an argument"), OURS))
                .containsExactly(
                        "/jdk/bin/java",
                        "-XX:-UsePerfData",
                        "--enable-native-access=ALL-UNNAMED",
                        "Train.java",
                        "-cp",
                        "an argument");
    }

    @Test
    void everyFormOfTheClassPathIsExtended() {
        assertThat(JavaCommand.complete(List.of("java", "-Xmx1g", "-cp", "app.jar", "Main"), OURS))
                .endsWith("-Xmx1g", "-cp", "app.jar:" + OURS, "Main");
        assertThat(JavaCommand.complete(List.of("java", "-classpath", "app.jar", "Main"), OURS))
                .endsWith("-classpath", "app.jar:" + OURS, "Main");
        assertThat(JavaCommand.complete(List.of("java", "--class-path=app.jar", "Main"), OURS))
                .endsWith("--class-path=app.jar:" + OURS, "Main");
    }

    @Test
    void optionsWithAValueAreNotTakenForTheProgram() {
        assertThat(JavaCommand.complete(List.of("java", "--add-modules", "x", "-cp", "a", "Main", "-cp", "b"), OURS))
                .endsWith("--add-modules", "x", "-cp", "a:" + OURS, "Main", "-cp", "b");
    }

    @Test
    void argumentsOfAJarOrModuleAreItsOwn() {
        assertThat(JavaCommand.complete(List.of("java", "-jar", "x.jar", "-cp", "b"), OURS))
                .endsWith("-jar", "x.jar", "-cp", "b");
        assertThat(JavaCommand.complete(List.of("java", "-p", "mods", "-m", "m/Main", "-cp", "b"), OURS))
                .endsWith("-p", "mods", "-m", "m/Main", "-cp", "b");
    }

    @Test
    void aTruncatedOptionIsLeftToTheJvmToRefuse() {
        assertThat(JavaCommand.complete(List.of("java", "-cp"), OURS)).endsWith("-cp");
    }
}
