/* SPDX-License-Identifier: Apache-2.0 */

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An implementation of MPI, with settings. */
final class Mpi implements Contestant {
    /**
     * What tells one implementation from another.
     *
     * @param name for people
     * @param compiler its wrapper of gcc
     * @param launcher starts the ranks
     * @param versioning prints the version
     * @param packages Debian's
     */
    private record Implementation(
            String name, String compiler, String launcher, List<String> versioning, List<String> packages) {}

    private static final Implementation OPEN_MPI = new Implementation(
            "Open MPI",
            "mpicc.openmpi",
            "mpirun.openmpi",
            List.of("mpirun.openmpi", "--version"),
            List.of("openmpi-bin", "libopenmpi-dev", "gcc"));
    private static final Implementation MPICH = new Implementation(
            "MPICH", "mpicc.mpich", "mpiexec.mpich", List.of("mpichversion"), List.of("mpich", "libmpich-dev", "gcc"));

    static final String TUNED = ", tuned";
    static final String HUGE = ", huge pages";
    private static final String CORE = "core";
    private static final Duration DEADLINE = Duration.ofSeconds(100);
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private final Implementation implementation;
    private final String variant;
    private final List<String> options;
    private final Map<String, String> environment;
    private final PeerProgram program;

    private Mpi(Implementation implementation, String variant, List<String> options, Map<String, String> environment) {
        this.implementation = implementation;
        this.variant = variant;
        this.options = options;
        this.environment = new TreeMap<>(environment);
        this.program = new PeerProgram("mpi_collectives.c", implementation.compiler());
    }

    /** Both, each with every set of settings that was the best at something; docs/RESULTS.md says what was tried. */
    static List<Contestant> all() {
        // Temporary buffers of the library are kept instead of mapped, faulted in and unmapped in every operation.
        Map<String, String> keep = Map.of("MALLOC_MMAP_MAX_", "0", "MALLOC_TRIM_THRESHOLD_", "8589934592");
        Map<String, String> huge = with(keep, "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
        List<String> rules = List.of(
                "--mca",
                "coll_tuned_use_dynamic_rules",
                "1",
                "--mca",
                "coll_tuned_dynamic_rules_filename",
                "benchmarks/side-by-side/peers/openmpi-rules.conf");
        List<String> copy = new ArrayList<>(rules);
        copy.addAll(List.of("--mca", "pml", "ob1", "--mca", "btl", "vader,self"));
        copy.addAll(List.of("--mca", "btl_vader_single_copy_mechanism", "none"));
        copy.addAll(List.of("--bind-to", CORE));
        List<String> bound = new ArrayList<>(rules);
        bound.addAll(List.of("--bind-to", CORE));
        return List.of(
                new Mpi(OPEN_MPI, "", List.of(), Map.of()),
                new Mpi(OPEN_MPI, TUNED, copy, keep),
                new Mpi(OPEN_MPI, HUGE, bound, huge),
                new Mpi(MPICH, "", List.of(), Map.of()),
                new Mpi(MPICH, TUNED, List.of("-bind-to", "core"), with(keep, "UCX_TLS", "posix,self")),
                new Mpi(MPICH, HUGE, List.of("-bind-to", "core"), huge));
    }

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> more = new TreeMap<>(map);
        more.put(key, value);
        return more;
    }

    @Override
    public String column() {
        return implementation.name() + variant;
    }

    @Override
    public String settings() {
        List<String> words = new ArrayList<>();
        environment.forEach((key, value) -> words.add(key + "=" + value));
        words.addAll(options);
        return words.isEmpty() ? "as installed" : "`" + String.join(" ", words) + "`";
    }

    @Override
    public String version() throws IOException, InterruptedException {
        String first =
                Job.firstLine(Job.run(DEADLINE, implementation.versioning().toArray(String[]::new)));
        return implementation.name() + " " + first.replaceFirst(".*\\s(?=\\d)", "");
    }

    @Override
    public List<String> packages() {
        return implementation.packages();
    }

    @Override
    public boolean isInstalled() {
        return Job.isOnPath(implementation.compiler())
                && Job.isOnPath(implementation.launcher())
                && Job.isOnPath("gcc");
    }

    /** One program for all settings, made by the first. */
    @Override
    public void build() throws IOException, InterruptedException {
        if (!variant.isEmpty()) {
            return;
        }
        program.compile(implementation.compiler(), "gnu17");
    }

    /** MPICH waits without yielding: with more ranks than cores its settings make no difference. */
    @Override
    public boolean runsWith(int ranks) {
        return ranks <= CORES || implementation == OPEN_MPI || variant.isEmpty();
    }

    @Override
    public List<Sample> measure(Plan plan, int ranks, String part) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(implementation.launcher()));
        if (implementation == OPEN_MPI && ranks > CORES) {
            command.add("--oversubscribe");
        }
        for (String option : options) {
            command.add(option.equals(CORE) && ranks > CORES ? CORE + ":overload-allowed" : option);
        }
        command.addAll(List.of("-n", String.valueOf(ranks), program.path()));
        command.addAll(PeerProgram.arguments(plan, plan.allSizes()));
        return PeerProgram.parse(Job.run(DEADLINE, ranksEnvironment(), command), plan, ranks);
    }

    private Map<String, String> ranksEnvironment() {
        Map<String, String> all = new TreeMap<>(environment);
        all.put("OMPI_ALLOW_RUN_AS_ROOT", "1");
        all.put("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
        return all;
    }
}
