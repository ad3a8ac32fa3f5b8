/* SPDX-License-Identifier: Apache-2.0 */

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Measures Convoy beside other systems on the same machine: everybody in turn, several rounds, so that a noisy period
 * hits all of them. Run by {@code benchmarks/side-by-side/run}.
 */
public final class SideBySide {
    private static final Duration INSTALL = Duration.ofMinutes(10);
    private static final Path EVERYTHING = Job.FOLDER.resolve("figures.csv");

    private final Options options;
    private final Plan plan;
    private final Measurements measured = new Measurements();
    private final List<Contestant> present = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final CoreDistance cores = new CoreDistance();
    private boolean convoyFailed;

    private SideBySide(Options options) {
        this.options = options;
        this.plan = options.plan();
    }

    public static void main(String[] arguments) throws Exception {
        if (List.of(arguments).contains("--help")) {
            System.out.println(Options.USAGE);
            return;
        }
        try {
            System.exit(new SideBySide(Options.parse(arguments)).run() ? 0 : 1);
        } catch (IllegalArgumentException e) {
            System.err.println("side-by-side: " + e.getMessage());
            System.exit(2);
        } catch (IOException e) {
            System.err.println("side-by-side: " + e.getMessage());
            System.exit(1);
        }
    }

    private boolean run() throws IOException, InterruptedException {
        if (options.write()) {
            ResultsFile.check();
        }
        Files.createDirectories(Job.FOLDER);
        prepare();
        for (int round = 1; round <= plan.rounds(); round++) {
            for (int ranks : plan.ranks()) {
                measure(round, ranks);
            }
        }
        measured.write(EVERYTHING);
        List<String> wrong = measured.wrong();
        notes.addAll(wrong);
        String tables = new Tables(measured, plan).markdown(preamble());
        System.out.println(tables);
        System.out.println("Every single measurement: " + EVERYTHING);
        if (options.write()) {
            ResultsFile.write(tables);
        }
        return wrong.isEmpty() && !convoyFailed;
    }

    private static List<Contestant> contestants() {
        return Stream.of(
                        List.<Contestant>of(new MemoryLimit()),
                        Mpi.all(),
                        List.<Contestant>of(new Gloo(), new ConvoyPerf()))
                .flatMap(Collection::stream)
                .toList();
    }

    private void prepare() throws IOException, InterruptedException {
        if (options.install()) {
            install();
        }
        if (Job.isOnPath("gcc")) {
            cores.build();
        }
        Set<String> missing = new LinkedHashSet<>();
        for (Contestant contestant : contestants()) {
            if (contestant.isInstalled()) {
                build(contestant);
            } else {
                missing.add(contestant.system() + " is not installed and was skipped: apt-get install "
                        + String.join(" ", contestant.packages()) + ", or --install as root");
            }
        }
        missing.forEach(this::note);
    }

    private void build(Contestant contestant) throws InterruptedException {
        try {
            contestant.build();
            present.add(contestant);
        } catch (IOException e) {
            note(contestant.column() + " was skipped: " + e.getMessage());
        }
    }

    private void install() throws IOException, InterruptedException {
        List<String> missing = contestants().stream()
                .filter(contestant -> !contestant.isInstalled())
                .flatMap(contestant -> contestant.packages().stream())
                .distinct()
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("apt-get", "install", "-y", "--no-install-recommends"));
        command.addAll(missing);
        System.out.println(String.join(" ", command));
        Job.run(INSTALL, Map.of("DEBIAN_FRONTEND", "noninteractive"), command);
    }

    private void measure(int round, int ranks) throws IOException, InterruptedException {
        for (Contestant contestant : present) {
            if (contestant.runsWith(ranks)) {
                long start = System.nanoTime();
                for (String part : contestant.parts()) {
                    measure(round, ranks, contestant, part);
                }
                System.out.printf(
                        "round %d of %d, %d ranks: %s, %.1f s%n",
                        round, plan.rounds(), ranks, contestant.column(), (System.nanoTime() - start) / 1e9);
            }
        }
    }

    private void measure(int round, int ranks, Contestant contestant, String part)
            throws IOException, InterruptedException {
        double before = cores.measure();
        try {
            List<Sample> samples = contestant.measure(plan, ranks, part);
            measured.add(round, contestant.column(), samples, Math.max(before, cores.measure()));
        } catch (IOException e) {
            convoyFailed |= contestant instanceof ConvoyPerf;
            note(contestant.column() + ", " + ranks + " ranks, round " + round + ", " + part + ": " + e.getMessage());
        }
    }

    /** Said at once, and again in the results. */
    private void note(String text) {
        System.out.println("side-by-side: " + text);
        notes.add(text);
    }

    private List<String> preamble() throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        lines.add("`benchmarks/side-by-side/run --rounds " + plan.rounds() + (options.quick() ? " --quick" : "")
                + "` on "
                + Machine.describe() + ". Each operation is awaited before the next; in place, all-to-all out of place;"
                + " sizes and bus bandwidth as nccl-tests define them.");
        lines.add("");
        lines.add("Before and after each run stands a measurement of the distance between the cores, which on a virtual"
                + " machine changes by itself; where it was more than three times the shortest, the figures are left"
                + " out as long as others remain: " + measured.leftOut() + ".");
        lines.add("");
        lines.add("| column | version | settings |");
        lines.add("| --- | --- | --- |");
        for (Contestant contestant : present) {
            lines.add("| " + contestant.column() + " | " + contestant.version() + " | " + contestant.settings() + " |");
        }
        if (!notes.isEmpty()) {
            lines.add("");
            notes.forEach(note -> lines.add("- " + note));
        }
        return lines;
    }
}
