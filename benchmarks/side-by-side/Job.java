/* SPDX-License-Identifier: Apache-2.0 */

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Programs that run at the same time, bounded: after the deadline, and when this JVM ends, they and all that they
 * started are killed. What they print goes to files, so that none of them waits for a reader.
 */
final class Job implements AutoCloseable {
    /** Everything that a run makes lies here: programs, output, figures. */
    static final Path FOLDER = Path.of("benchmarks", "side-by-side", "target").toAbsolutePath();

    private final List<String> what;
    private final List<Process> processes = new ArrayList<>();
    private final List<Path> outputs = new ArrayList<>();
    private final Thread atExit = new Thread(this::kill);

    private Job(List<String> what) {
        this.what = what;
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Runs one program to its end and returns the lines that it printed. */
    static List<String> run(Duration deadline, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        return runAll(deadline, environment, List.of(command));
    }

    static List<String> run(Duration deadline, String... command) throws IOException, InterruptedException {
        return run(deadline, Map.of(), List.of(command));
    }

    /** Runs programs side by side to their ends and returns what the first one printed. */
    static List<String> runAll(Duration deadline, Map<String, String> environment, List<List<String>> commands)
            throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        try (Job job = new Job(commands.getFirst())) {
            for (List<String> command : commands) {
                job.start(environment, command);
            }
            return job.await(deadline);
        }
    }

    private void start(Map<String, String> environment, List<String> command) throws IOException {
        Path output = Files.createTempFile(FOLDER, "output", ".txt");
        outputs.add(output);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        processes.add(builder.start());
    }

    private List<String> await(Duration deadline) throws IOException, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        for (int i = 0; i < processes.size(); i++) {
            Process process = processes.get(i);
            if (!process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw new IOException(name() + " took longer than " + deadline.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(name() + " ended with status " + process.exitValue() + ": "
                        + lastWords(Files.readAllLines(outputs.get(i))));
            }
        }
        return Files.readAllLines(outputs.getFirst());
    }

    private String name() {
        return String.join(" ", what);
    }

    private static String lastWords(List<String> lines) {
        List<String> said = lines.stream().filter(line -> !line.isBlank()).toList();
        return said.isEmpty()
                ? "it said nothing"
                : String.join(" | ", said.subList(Math.max(0, said.size() - 3), said.size()));
    }

    private void kill() {
        List<ProcessHandle> all = processes.stream()
                .flatMap(process -> Stream.concat(process.descendants(), Stream.of(process.toHandle())))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() throws IOException {
        kill();
        for (Path output : outputs) {
            Files.deleteIfExists(output);
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException ending) {
            // The hook is running already and does the same.
        }
    }

    /** Whether a program of this name is on PATH. */
    static boolean isOnPath(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** The first line, of many that a program prints about itself. */
    static String firstLine(Collection<String> lines) {
        return lines.stream()
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse("")
                .strip();
    }
}
