/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.DataType;
import dev.convoy.ReduceOp;
import dev.convoy.RuntimeKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All that is measured, and how. The same on all ranks, so that they make the same calls without asking each other.
 *
 * @param collective what is measured
 * @param ranks how many take part
 * @param threads ranks of one process
 * @param types types of the elements, one after the other
 * @param ops reductions, one after the other
 * @param roots roots, one after the other; -1 for none
 * @param sizes sizes in bytes
 * @param iterations operations to time; 0 to choose for each size
 * @param warmup operations before
 * @param checks how often a result is checked
 * @param blocking whether each operation is awaited before the next
 * @param runtime which runtime
 * @param deadline bound of a wait for one operation
 * @param seed of the data
 */
record Plan(
        Collective collective,
        int ranks,
        int threads,
        List<DataType> types,
        List<ReduceOp> ops,
        List<Integer> roots,
        Sizes sizes,
        long iterations,
        int warmup,
        int checks,
        boolean blocking,
        RuntimeKind runtime,
        Duration deadline,
        long seed) {
    private static final String SEPARATOR = ",";

    Plan {
        types = List.copyOf(types);
        ops = List.copyOf(ops);
        roots = List.copyOf(roots);
    }

    int processes() {
        return ranks / threads;
    }

    /** The rows in the order of nccl-tests: sizes fastest, then roots, operators, types. */
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (DataType type : types) {
            for (ReduceOp op : ops) {
                for (int root : roots) {
                    for (long bytes : sizes.all()) {
                        cases.add(new Case(cases.size(), collective, type, op, root, bytes));
                    }
                }
            }
        }
        return cases;
    }

    /** Bytes that the largest buffer needs. */
    long largestBuffer() {
        return sizes.largest();
    }

    /** As arguments of a rank's process. */
    List<String> toArguments() {
        return List.of(
                collective.name(),
                Integer.toString(ranks),
                Integer.toString(threads),
                join(types, DataType::name),
                join(ops, ReduceOp::name),
                join(roots, String::valueOf),
                sizes.toArgument(),
                Long.toString(iterations),
                Integer.toString(warmup),
                Integer.toString(checks),
                Boolean.toString(blocking),
                runtime.name(),
                Long.toString(deadline.toMillis()),
                Long.toString(seed));
    }

    /** What {@link #toArguments()} made. */
    static Plan parse(List<String> arguments) {
        return new Plan(
                Collective.valueOf(arguments.get(0)),
                Integer.parseInt(arguments.get(1)),
                Integer.parseInt(arguments.get(2)),
                split(arguments.get(3), DataType::valueOf),
                split(arguments.get(4), ReduceOp::valueOf),
                split(arguments.get(5), Integer::valueOf),
                Sizes.parse(arguments.get(6)),
                Long.parseLong(arguments.get(7)),
                Integer.parseInt(arguments.get(8)),
                Integer.parseInt(arguments.get(9)),
                Boolean.parseBoolean(arguments.get(10)),
                RuntimeKind.valueOf(arguments.get(11)),
                Duration.ofMillis(Long.parseLong(arguments.get(12))),
                Long.parseLong(arguments.get(13)));
    }

    private static <T> String join(List<T> values, Function<T, String> name) {
        return values.stream().map(name).collect(Collectors.joining(SEPARATOR));
    }

    private static <T> List<T> split(String text, Function<String, T> value) {
        return Arrays.stream(text.split(SEPARATOR)).map(value).toList();
    }
}
