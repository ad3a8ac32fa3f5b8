/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.DataType;
import dev.convoy.ReduceOp;
import dev.convoy.RuntimeKind;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.Seconds;
import dev.convoy.launcher.UsageException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is to be measured, as nccl-tests' options say it. */
final class PlanOptions {
    /** Devices that the host runtime shows a process; each of its ranks needs one of its own. */
    private static final int MOST_THREADS = 64;

    private static final String ALL = "all";
    private static final String DEFAULT_SIZE = "32M";

    @Parameters(
            paramLabel = "OP",
            description = "all_reduce, all_gather, reduce_scatter, broadcast, reduce, alltoall, gather, scatter or "
                    + "sendrecv.")
    private String op;

    @Option(names = "--ranks", required = true, paramLabel = "N", description = "How many ranks take part.")
    private int ranks;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "T",
            description = "Ranks of one process, each a thread: --ranks is processes times T. Default: 1.")
    private int threads = 1;

    @Option(
            names = {"-b", "--minbytes"},
            paramLabel = "MIN",
            description = "Smallest size, such as 8, 64K or 1G (powers of 1024). Default: 32M.")
    private String minBytes = DEFAULT_SIZE;

    @Option(
            names = {"-e", "--maxbytes"},
            paramLabel = "MAX",
            description = "Largest size. Default: 32M, or MIN if that is more.")
    private String maxBytes;

    @Option(
            names = {"-f", "--stepfactor"},
            paramLabel = "FACTOR",
            description = "From one size to the next, multiply by this.")
    private Long factor;

    @Option(
            names = {"-i", "--stepbytes"},
            paramLabel = "STEP",
            description = "From one size to the next, add this, where there is no -f. Default: 1M.")
    private String step;

    @Option(
            names = {"-n", "--iters"},
            paramLabel = "ITERS",
            description = "Operations to time for each size. Default: as many as take 0.1 s.")
    private Long iterations;

    @Option(
            names = {"-w", "--warmup_iters"},
            paramLabel = "WARMUP",
            description = "Operations before. Default: 5.")
    private int warmup = 5;

    @Option(
            names = {"-d", "--datatype"},
            paramLabel = "TYPE",
            description = "int8, uint8, int32, uint32, int64, uint64, half, float, double, bfloat16, f8e4m3, f8e5m2, "
                    + "or all. Default: float.")
    private String type = "float";

    @Option(
            names = {"-o", "--op"},
            paramLabel = "REDOP",
            description = "sum, prod, max, min, avg, or all. Default: sum.")
    private String reduceOp = "sum";

    @Option(
            names = {"-r", "--root"},
            paramLabel = "ROOT",
            description = "Rank of the root, or all. Default: 0.")
    private String root = "0";

    @Option(
            names = {"-c", "--check"},
            paramLabel = "CHECK",
            description = "How often all elements of each result are checked; 0 for never. Default: 1.")
    private int checks = 1;

    @Option(
            names = {"-z", "--blocking"},
            paramLabel = "BLOCKING",
            description = "1 awaits each operation before the next; 0 all of them at the end. Default: 0.")
    private int blocking;

    @Option(
            names = "--deadline",
            paramLabel = "SECONDS",
            description = "Longest time an operation may take. Default: 30.")
    private double deadline = 30;

    @Option(
            names = "--runtime",
            paramLabel = "RUNTIME",
            description = "auto, host (CPU and shared memory) or cuda. Default: auto.")
    private String runtime = "auto";

    @Option(names = "--seed", paramLabel = "SEED", description = "Of the data. Default: 1.")
    private long seed = 1;

    PlanOptions() {}

    /** Which runtime was asked for. */
    String runtime() {
        return runtime;
    }

    /**
     * What the options say.
     *
     * @throws UsageException if they are wrong
     */
    Plan plan() {
        Collective collective = Collective.named(op)
                .orElseThrow(() -> new UsageException(op + ": must be one of " + Collective.titles()));
        require(
                ranks >= 1 && ranks <= JobRequest.MAX_RANKS,
                "--ranks " + ranks + ": one machine runs 1 to " + JobRequest.MAX_RANKS + " ranks");
        require(
                threads >= 1 && threads <= MOST_THREADS && ranks % threads == 0,
                "--threads " + threads + ": must divide the number of ranks, " + ranks + ", and be at most "
                        + MOST_THREADS);
        require(iterations == null || iterations >= 1, "--iters " + iterations + ": must be 1 or more");
        require(warmup >= 0, "--warmup_iters " + warmup + ": must be 0 or more");
        require(checks >= 0, "--check " + checks + ": must be 0 or more");
        require(blocking == 0 || blocking == 1, "--blocking " + blocking + ": must be 0 or 1");
        return new Plan(
                collective,
                ranks,
                threads,
                types(),
                collective.reduces() ? ops() : List.of(ReduceOp.SUM),
                collective.hasRoot() ? roots() : List.of(-1),
                sizes(),
                iterations == null ? 0 : iterations,
                warmup,
                checks,
                blocking == 1,
                runtimeKind(),
                Seconds.parse("--deadline", deadline),
                seed);
    }

    private Sizes sizes() {
        long from = SizeText.parse("--minbytes", minBytes);
        long to = maxBytes == null
                ? Math.max(from, SizeText.parse("--maxbytes", DEFAULT_SIZE))
                : SizeText.parse("--maxbytes", maxBytes);
        require(from <= to, "--minbytes " + minBytes + ": must not be more than --maxbytes " + maxBytes);
        require(factor == null || factor >= 1, "--stepfactor " + factor + ": must be 1 or more");
        long add = SizeText.parse("--stepbytes", step == null ? "1M" : step);
        require(add >= 1 || (factor != null && factor > 1), "--stepbytes " + step + ": must be 1 or more");
        Sizes sizes = new Sizes(from, to, factor == null ? 1 : factor, add);
        require(sizes.all().size() <= Sizes.MOST, "--stepbytes " + add + ": gives more than " + Sizes.MOST + " sizes");
        return sizes;
    }

    private List<DataType> types() {
        if (type.equals(ALL)) {
            return List.of(DataType.values());
        }
        return List.of(ElementTypes.named(type.toLowerCase(Locale.ROOT))
                .orElseThrow(() -> new UsageException(
                        "--datatype " + type + ": must be one of " + ElementTypes.names() + ", or all")));
    }

    private List<ReduceOp> ops() {
        if (reduceOp.equals(ALL)) {
            return List.of(ReduceOp.values());
        }
        return Arrays.stream(ReduceOp.values())
                .filter(each -> Table.opName(each).equals(reduceOp.toLowerCase(Locale.ROOT)))
                .findFirst()
                .map(List::of)
                .orElseThrow(() ->
                        new UsageException("--op " + reduceOp + ": must be one of sum, prod, max, min, avg, or all"));
    }

    private List<Integer> roots() {
        if (root.equals(ALL) || root.equals("-1")) {
            return IntStream.range(0, ranks).boxed().toList();
        }
        require(
                root.matches("\\d{1,9}") && Integer.parseInt(root) < ranks,
                "--root " + root + ": must be a rank, 0 to " + (ranks - 1) + ", or all");
        return List.of(Integer.parseInt(root));
    }

    private RuntimeKind runtimeKind() {
        return switch (runtime) {
            case "auto" -> RuntimeKind.AUTO;
            case "host" -> RuntimeKind.HOST;
            case "cuda" -> RuntimeKind.CUDA;
            default -> throw new UsageException("--runtime " + runtime + ": must be auto, host or cuda");
        };
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new UsageException(otherwise);
        }
    }
}
