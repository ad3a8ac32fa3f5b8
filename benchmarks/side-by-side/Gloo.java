/* SPDX-License-Identifier: Apache-2.0 */

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Gloo, over loopback TCP. */
final class Gloo implements Contestant {
    static final String COLUMN = "Gloo";
    private static final Duration DEADLINE = Duration.ofSeconds(150);
    private static final String PACKAGE = "libgloo-dev";

    private final PeerProgram program = new PeerProgram("gloo_collectives.cc", "gloo_collectives");

    @Override
    public String column() {
        return COLUMN;
    }

    @Override
    public String settings() {
        return "loopback TCP, its only transport within a machine; default algorithms";
    }

    @Override
    public String version() {
        try {
            return "Gloo " + Job.firstLine(Job.run(DEADLINE, "dpkg-query", "-W", "-f", "${Version}", PACKAGE));
        } catch (IOException notFromDebian) {
            return "Gloo";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "Gloo";
        }
    }

    @Override
    public List<String> packages() {
        return List.of(PACKAGE, "g++");
    }

    @Override
    public boolean isInstalled() {
        return Job.isOnPath("g++") && Files.exists(Path.of("/usr/include/gloo/allreduce.h"));
    }

    @Override
    public void build() throws IOException, InterruptedException {
        program.compile("g++", "gnu++17", "-lgloo");
    }

    @Override
    public List<Sample> measure(Plan plan, int ranks, String part) throws IOException, InterruptedException {
        Path rendezvous = Files.createTempDirectory(Job.FOLDER, "gloo");
        try {
            List<List<String>> commands = new ArrayList<>();
            for (int rank = 0; rank < ranks; rank++) {
                List<String> command = new ArrayList<>(
                        List.of(program.path(), String.valueOf(rank), String.valueOf(ranks), rendezvous.toString()));
                command.addAll(PeerProgram.arguments(plan, plan.allSizes()));
                commands.add(command);
            }
            return PeerProgram.parse(Job.runAll(DEADLINE, Map.of(), commands), plan, ranks);
        } finally {
            delete(rendezvous);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
