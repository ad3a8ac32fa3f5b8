/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.ranks;

import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.Child;
import dev.convoy.launcher.RankJvm;
import dev.convoy.launcher.SharedGpus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The processes of a scenario of {@link RankProgram}, in rank order. */
public final class Ranks implements AutoCloseable {
    /** The first use of a GPU by a process takes seconds. */
    public static final Duration PATIENCE = Duration.ofSeconds(90);

    private final List<Child> children = new ArrayList<>();

    private Ranks() {}

    /**
     * Starts ranks and waits until they have done an operation together.
     *
     * @param bench which runtime they use
     * @param scenario what they do
     * @param count how many
     * @return the ranks, to be closed
     * @throws IOException if a process cannot be started
     * @throws InterruptedException if this thread is interrupted
     * @throws AssertionError if they do not get there
     */
    public static Ranks start(Bench bench, String scenario, int count) throws IOException, InterruptedException {
        Ranks ranks = new Ranks();
        try {
            SharedGpus shared = SharedGpus.of(bench.runtimeName(), count);
            for (int rank = 0; rank < count; rank++) {
                List<String> arguments =
                        List.of(scenario, bench.kind().name(), Integer.toString(count), Integer.toString(rank));
                int self = rank;
                ranks.children.add(Child.start(
                        RankJvm.command(
                                List.of("-Xmx512m"), "dev.convoy.cudatests", RankProgram.class.getName(), arguments),
                        shared.variables(rank),
                        line -> show(bench, self, line)));
            }
            String id = ranks.of(0).expect("id ", PATIENCE);
            for (Child child : ranks.children.subList(1, count)) {
                child.tell(id);
            }
            for (Child child : ranks.children) {
                child.expect("joined", PATIENCE);
            }
            return ranks;
        } catch (IOException | InterruptedException | AssertionError e) {
            ranks.close();
            throw e;
        }
    }

    private static void show(Bench bench, int rank, String line) {
        if (!line.startsWith("id ")) {
            bench.say("rank %d: %s", rank, line);
        }
    }

    /**
     * A rank's process.
     *
     * @param rank from 0
     * @return the process
     */
    public Child of(int rank) {
        return children.get(rank);
    }

    @Override
    public void close() {
        children.forEach(Child::close);
    }
}
