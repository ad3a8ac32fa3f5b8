/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.javacpp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Convoy and JavaCPP as modules, in a JVM of their own: tests are on the class path, where any package is open. */
@Timeout(120)
class ModulePathTest {
    private static final String PROGRAM = """
            import dev.convoy.*;
            import dev.convoy.javacpp.DevicePointers;
            import org.bytedeco.javacpp.FloatPointer;

            void main() {
                Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
                try (DeviceBuffer buffer = device.allocate(DataType.FLOAT32, 2);
                        Stream stream = device.newStream();
                        Communicator communicator = Communicator.initAll(
                                        java.util.List.of(device), CommunicatorOptions.defaults())
                                .getFirst()) {
                    FloatPointer floats = (FloatPointer) DevicePointers.pointer(buffer);
                    floats.put(new float[] {3, 4});
                    communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
                    System.out.println("sum " + floats.get(1));
                }
                for (Class<?> type : java.util.List.of(Device.class, DevicePointers.class, FloatPointer.class)) {
                    System.out.println(type.getModule());
                }
            }
            """;

    @TempDir
    Path folder;

    @Test
    void runsOnTheModulePath() throws Exception {
        Path program = Files.writeString(folder.resolve("Program.java"), PROGRAM);
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-UsePerfData",
                        "--illegal-native-access=deny",
                        "--enable-native-access=dev.convoy.bindings,org.bytedeco.javacpp,org.bytedeco.cuda",
                        "-Dconvoy.runtime=host",
                        "-Dconvoy.bindings=javacpp",
                        "-p",
                        modulePath(),
                        "--add-modules",
                        "ALL-MODULE-PATH",
                        program.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
        assertThat(lines.stream().map(line -> line.replaceFirst("@.*", "")))
                .containsExactly(
                        "sum 4.0",
                        "module dev.convoy",
                        "module dev.convoy.bindings.javacpp",
                        "module org.bytedeco.javacpp");
        assertThat(process.exitValue()).isZero();
    }

    /** What is there beside the tests and their libraries. */
    private static String modulePath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("test"))
                .filter(entry -> entry.endsWith("classes") || entry.contains("convoy-") || entry.contains("bytedeco"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
