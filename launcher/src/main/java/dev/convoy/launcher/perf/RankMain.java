/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.CollectiveTimeoutException;
import dev.convoy.ConvoyRuntime;
import dev.convoy.Device;
import dev.convoy.RemoteRankException;
import dev.convoy.UniqueId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * A process of {@code convoy perf} with one rank or several: {@code RankMain FIRST_RANK PLAN…}. Rank 0 makes the unique
 * id and writes it; the other processes read it from standard input.
 */
final class RankMain {
    /** Kinds of failure, for the command to tell the cause from its consequences. */
    static final String OWN = "own";

    static final String CONSEQUENCE = "consequence";
    static final String LATE = "late";

    private RankMain() {}

    /**
     * Runs the ranks of this process and ends it: with 0 if all of them measured everything.
     *
     * @param arguments the first rank, then the plan's
     */
    public static void main(String[] arguments) throws InterruptedException {
        int first = Integer.parseInt(arguments[0]);
        RankOutput output = new RankOutput(System.out);
        boolean good;
        try {
            Plan plan = Plan.parse(List.of(arguments).subList(1, arguments.length));
            good = run(plan, first, output);
        } catch (IOException | RuntimeException | LinkageError e) {
            output.failed(first, OWN, describe(e));
            good = false;
        }
        // Threads of a library must not hold the process up.
        System.out.flush();
        Runtime.getRuntime().halt(good ? 0 : 1);
    }

    private static boolean run(Plan plan, int first, RankOutput output) throws IOException, InterruptedException {
        ConvoyRuntime runtime = ConvoyRuntime.open(plan.runtime());
        String kind = runtime.kind().name().toLowerCase(Locale.ROOT);
        for (int rank = first; rank < first + plan.threads(); rank++) {
            output.ready(rank, ProcessHandle.current().pid(), deviceOf(runtime, rank), kind, runtime.version());
        }
        UniqueId id = first == 0 ? makeId(runtime, output) : readId();
        List<RankThread> threads = new ArrayList<>();
        for (int rank = first; rank < first + plan.threads(); rank++) {
            Device device = runtime.device(deviceOf(runtime, rank));
            threads.add(new RankThread(new RankRun(plan, rank, device, output), rank, id, output));
        }
        boolean good = true;
        for (RankThread thread : threads) {
            thread.start();
        }
        for (RankThread thread : threads) {
            thread.join();
            good &= thread.good;
        }
        return good;
    }

    private static int deviceOf(ConvoyRuntime runtime, int rank) {
        return rank % runtime.deviceCount();
    }

    private static UniqueId makeId(ConvoyRuntime runtime, RankOutput output) {
        UniqueId id = UniqueId.create(runtime);
        output.id(HexFormat.of().formatHex(id.bytes()));
        return id;
    }

    private static UniqueId readId() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        String line = in.readLine();
        if (line == null) {
            throw new IOException("standard input ended before the unique id came");
        }
        return new UniqueId(HexFormat.of().parseHex(line));
    }

    private static String describe(Throwable problem) {
        String message = problem.getMessage();
        return message == null || message.isBlank() ? problem.toString() : message;
    }

    /** A rank. */
    private static final class RankThread extends Thread {
        private final RankRun run;
        private final int rank;
        private final UniqueId id;
        private final RankOutput output;
        private volatile boolean good;

        RankThread(RankRun run, int rank, UniqueId id, RankOutput output) {
            super("rank-" + rank);
            this.run = run;
            this.rank = rank;
            this.id = id;
            this.output = output;
        }

        @Override
        public void run() {
            try {
                run.run(id);
                output.done(rank);
                good = true;
            } catch (RemoteRankException e) {
                output.failed(rank, CONSEQUENCE, describe(e));
            } catch (CollectiveTimeoutException e) {
                output.failed(rank, LATE, describe(e));
            } catch (RuntimeException | Error e) {
                output.failed(rank, OWN, describe(e));
            }
        }
    }
}
