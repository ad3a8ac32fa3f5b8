/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.runs;

import dev.convoy.Communicator;
import dev.convoy.CommunicatorOptions;
import dev.convoy.ConvoyRuntime;
import dev.convoy.RuntimeKind;
import dev.convoy.UniqueId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.HexFormat;

/** A rank that is a process: {@code RankMain PROGRAM WORLD_SIZE RANK [ARGUMENT…]}; {@link RankProcesses} starts it. */
final class RankMain {
    private final BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    private final ConvoyRuntime runtime = ConvoyRuntime.open(RuntimeKind.HOST);
    private final int worldSize;
    private final int rank;

    private RankMain(int worldSize, int rank) {
        this.worldSize = worldSize;
        this.rank = rank;
    }

    public static void main(String[] arguments) throws IOException {
        RankMain self = new RankMain(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        int count = Integer.parseInt(arguments[3]);
        switch (arguments[0]) {
            case GrowthCommand.PROGRAM -> new GrowthRank(self).run(count);
            case StartupCommand.PROGRAM -> new StartupRank(self).run(count, Boolean.parseBoolean(arguments[4]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** The id of the next communicator: rank 0 makes it, and the parent hands it round. */
    UniqueId nextId() throws IOException {
        if (rank == 0) {
            say("id " + HexFormat.of().formatHex(UniqueId.create(runtime).bytes()));
        }
        return new UniqueId(HexFormat.of().parseHex(input.readLine()));
    }

    /** Forms a communicator of this rank alone and does away with it, as {@code ElasticGroup} does before it joins. */
    void rehearse() {
        Communicator.init(runtime.device(0), UniqueId.create(runtime), 1, 0, CommunicatorOptions.defaults())
                .close();
    }

    /** Joins a communicator of all. */
    Communicator join(UniqueId id) {
        return Communicator.init(runtime.device(0), id, worldSize, rank, CommunicatorOptions.defaults());
    }

    /** Tells the parent a line. */
    void say(String line) {
        System.out.println(line);
    }

    /** Waits for the parent's next line. */
    void await() throws IOException {
        if (input.readLine() == null) {
            throw new IOException("the parent is gone");
        }
    }
}
