/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every test that {@code docs/FAULT_SCENARIOS.md} names is there. */
class FaultScenariosTest {
    private static final Pattern LINK = Pattern.compile("\\[(\\w+)\\.(\\w+)]\\(\\.\\./([^)]+)\\)");
    private static final int FEWEST = 30;

    @Test
    void everyNamedTestExists() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        String page = Files.readString(root.resolve("docs/FAULT_SCENARIOS.md"));
        Matcher links = LINK.matcher(page);
        int found = 0;
        while (links.find()) {
            Path file = root.resolve(links.group(3));
            assertThat(file).exists().hasFileName(links.group(1) + ".java");
            assertThat(file).content().containsPattern(" void " + links.group(2) + "\\(");
            found++;
        }
        assertThat(found).isGreaterThan(FEWEST);
        assertThat(page.lines()
                        .filter(line ->
                                line.startsWith("| ") && !line.startsWith("| scenario") && !line.startsWith("| ---")))
                .allSatisfy(
                        line -> assertThat(line).as("a scenario without a test").containsPattern(LINK));
    }
}
