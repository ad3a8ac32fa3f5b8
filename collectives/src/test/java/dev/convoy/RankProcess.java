/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Posix;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A rank in a process of its own, which runs {@link RankProgram}; lines go both ways. */
final class RankProcess implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String END = "<end of output>";

    /** Which libraries a rank uses. */
    enum Runtime {
        HOST,
        /** The host library in place of NVIDIA's two: their functions, and none of the extensions. */
        STAND_IN_FOR_CUDA;

        List<String> arguments() {
            String library = ConvoyRuntime.open(RuntimeKind.HOST).library();
            return switch (this) {
                case HOST -> List.of("-Dconvoy.runtime=host");
                case STAND_IN_FOR_CUDA ->
                    List.of(
                            "-Dconvoy.runtime=cuda",
                            "-Dconvoy.nccl.library=" + library,
                            "-Dconvoy.cudart.library=" + library);
            };
        }
    }

    private final Process process;
    private final PrintStream input;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();

    private RankProcess(Process process) {
        this.process = process;
        this.input = new PrintStream(process.getOutputStream(), true);
        Thread.ofPlatform().daemon().start(this::read);
    }

    static RankProcess start(Runtime runtime, String scenario, int worldSize, int rank) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "--illegal-native-access=deny",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(runtime.arguments());
        command.addAll(List.of(RankProgram.class.getName(), scenario, String.valueOf(worldSize), String.valueOf(rank)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new RankProcess(process);
    }

    /** Starts all ranks; rank 0 makes the id. */
    static List<RankProcess> startAll(String scenario, int worldSize) throws Exception {
        return startAll(Runtime.HOST, scenario, worldSize);
    }

    static List<RankProcess> startAll(Runtime runtime, String scenario, int worldSize) throws Exception {
        List<RankProcess> ranks = new ArrayList<>();
        for (int rank = 0; rank < worldSize; rank++) {
            ranks.add(start(runtime, scenario, worldSize, rank));
        }
        String id = ranks.getFirst().expect("id ");
        for (RankProcess rank : ranks.subList(1, worldSize)) {
            rank.tell(id);
        }
        return ranks;
    }

    void tell(String line) {
        input.println(line);
    }

    /** The rest of the next line that begins so; fails when the process ends before or nothing comes in time. */
    String expect(String beginning) throws InterruptedException {
        while (true) {
            String line = lines.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (line == null || line.equals(END)) {
                throw new AssertionError("no line '" + beginning + "' but "
                        + (line == null ? "nothing more" : "the end") + " after:\n" + String.join("\n", seen));
            }
            seen.add(line);
            if (line.startsWith(beginning)) {
                return line.substring(beginning.length());
            }
        }
    }

    void signal(int signal) {
        int sent = Posix.kill((int) process.pid(), signal);
        if (sent != 0) {
            throw new AssertionError("no process " + process.pid());
        }
    }

    int exitStatus() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the process does not end; it said:\n" + String.join("\n", seen));
        }
        return process.exitValue();
    }

    private void read() {
        try (BufferedReader reader = process.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("cannot read: " + e);
        }
        lines.add(END);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
