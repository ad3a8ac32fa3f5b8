/* SPDX-License-Identifier: Apache-2.0 */

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the machine's memory allows for an all-reduce. */
final class MemoryLimit implements Contestant {
    static final String COLUMN = "limit";
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final PeerProgram program = new PeerProgram("memory_limit.c", "memory_limit");

    @Override
    public String column() {
        return COLUMN;
    }

    @Override
    public String settings() {
        return "two threads that add in place what lies in one memory; regular or non-temporal stores, the better";
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Job.firstLine(Job.run(DEADLINE, "gcc", "--version"));
    }

    @Override
    public List<String> packages() {
        return List.of("gcc");
    }

    @Override
    public boolean isInstalled() {
        return Job.isOnPath("gcc");
    }

    @Override
    public void build() throws IOException, InterruptedException {
        program.compile("gcc", "gnu17");
    }

    @Override
    public List<Sample> measure(Plan plan, int ranks, String part) throws IOException, InterruptedException {
        List<Long> large = plan.sizes().stream().filter(size -> size >= 1 << 20).toList();
        List<String> command = new ArrayList<>(List.of(program.path(), String.valueOf(ranks)));
        command.addAll(PeerProgram.arguments(plan, large));
        return PeerProgram.parse(Job.run(DEADLINE, Map.of(), command), plan, ranks);
    }
}
