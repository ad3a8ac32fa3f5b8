/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.Work;
import dev.convoy.fault.ElasticGroup;
import dev.convoy.fault.SampleLedger;
import dev.convoy.fault.Step;
import dev.convoy.fault.StepVeto;
import dev.convoy.fault.protocol.RunSummary;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A training program whose gradients go wrong where it is told. They are small whole numbers, so that sums are exact
 * and {@link #reference} can compute the result without a group.
 */
public final class VetoProgram {
    static final int SAMPLES = 48;
    static final int BATCH = 12;
    private static final int LENGTH = 1_000;

    private final ElasticGroup group;
    private final long steps;
    private final Map<Long, String> wrongs;
    private final StepVeto veto;
    private final DeviceBuffer weights;
    private final DeviceBuffer gradient;
    private final SampleLedger ledger = new SampleLedger(SAMPLES);
    private final float[] here = new float[LENGTH];
    private final float[] gradientHere = new float[LENGTH];

    private VetoProgram(ElasticGroup group, long steps, int mostInARow, String wrongs) {
        this.group = group;
        this.steps = steps;
        this.wrongs = parse(wrongs);
        veto = group.veto(mostInARow);
        weights = group.replicated("weights", DataType.FLOAT32, LENGTH);
        group.replicated("ledger", ledger);
        gradient = group.device().allocate(DataType.FLOAT32, LENGTH);
        weights.copyFrom(here);
    }

    /** Arguments: steps, vetoed steps in a row that are put up with, and what goes wrong: RANK@STEP:HOW,… */
    public static void main(String[] arguments) throws Exception {
        try (ElasticGroup group = ElasticGroup.join()) {
            VetoProgram program =
                    new VetoProgram(group, Long.parseLong(arguments[0]), Integer.parseInt(arguments[1]), arguments[2]);
            program.train();
        }
    }

    /** By step: the communicator rank that it happens to, a colon, and how. */
    private static Map<Long, String> parse(String wrongs) {
        return Arrays.stream(wrongs.split(","))
                .filter(each -> !each.isEmpty())
                .map(each -> each.split("[@:]"))
                .collect(Collectors.toMap(
                        parts -> Long.parseLong(parts[1]),
                        parts -> parts[0] + ":" + parts[2],
                        (a, b) -> a,
                        TreeMap::new));
    }

    private void train() throws Exception {
        group.run(steps, this::step);
        weights.copyTo(here);
        RunSummary summary = new RunSummary(
                        steps,
                        group.worldSize(),
                        null,
                        hex(here),
                        null,
                        ledger.consumed(),
                        ledger.skipped(),
                        ledger.duplicated(),
                        ledger.sha256())
                .withVetoes(veto.steps(), ledger.vetoed());
        group.finish(group.rank() == 0 ? summary : null);
        ledger.close();
        gradient.close();
    }

    private void step(Step step) {
        int[] batch = batch(step.index());
        int from = step.from(batch.length);
        int to = step.to(batch.length);
        Arrays.fill(gradientHere, 0);
        for (int i = from; i < to; i++) {
            addGradient(gradientHere, batch[i]);
        }
        String wrong = wrongs.getOrDefault(step.index(), "");
        boolean isWrongHere = wrong.startsWith(step.rank() + ":");
        if (isWrongHere && wrong.endsWith("nan")) {
            gradientHere[LENGTH - 1] = Float.NaN;
        } else if (isWrongHere && wrong.endsWith("infinite")) {
            gradientHere[0] = Float.NEGATIVE_INFINITY;
            gradientHere[1] = Float.POSITIVE_INFINITY;
        } else if (wrong.endsWith("overflow")) {
            gradientHere[7] = Float.MAX_VALUE;
        }
        gradient.copyFrom(gradientHere);
        veto.requireFinite(step, "gradient", gradient);
        if (isWrongHere && wrong.endsWith("cast")) {
            veto.cast(step);
        }
        Work reduced;
        if (step.index() % 2 == 0) {
            try (var _ = step.communicator().group()) {
                veto.share(step);
                reduced = step.communicator().allReduce(gradient, ReduceOp.SUM, step.stream());
            }
        } else {
            reduced = step.communicator().allReduce(gradient, ReduceOp.SUM, step.stream());
            veto.requireFinite(step, "sum", gradient);
        }
        reduced.await();
        ledger.feed(step, pass(step.index()), batch, from, to, batch.length);
        if (veto.stands(step)) {
            ledger.markVetoed();
            return;
        }
        gradient.copyTo(gradientHere);
        weights.copyTo(here);
        for (int j = 0; j < LENGTH; j++) {
            here[j] += gradientHere[j];
        }
        weights.copyFrom(here);
    }

    /** The result without a group, in which these steps are left out. */
    static RunSummary reference(long steps, Set<Long> vetoed) {
        float[] weights = new float[LENGTH];
        SampleLedger ledger = new SampleLedger(SAMPLES);
        for (long step = 0; step < steps; step++) {
            int[] batch = batch(step);
            ledger.record(pass(step), batch, 0, batch.length);
            if (vetoed.contains(step)) {
                continue;
            }
            float[] gradient = new float[LENGTH];
            for (int id : batch) {
                addGradient(gradient, id);
            }
            for (int j = 0; j < LENGTH; j++) {
                weights[j] += gradient[j];
            }
        }
        return new RunSummary(
                        steps,
                        0,
                        null,
                        hex(weights),
                        null,
                        ledger.consumed(),
                        ledger.skipped(),
                        ledger.duplicated(),
                        ledger.sha256())
                .withVetoes(vetoed.size(), (long) vetoed.size() * BATCH);
    }

    private static void addGradient(float[] gradient, int id) {
        for (int j = 0; j < gradient.length; j++) {
            gradient[j] += (id * 31 + j * 7) % 13 - 6;
        }
    }

    private static int[] batch(long step) {
        int[] ids = new int[BATCH];
        for (int i = 0; i < BATCH; i++) {
            ids[i] = (int) ((step % (SAMPLES / BATCH) * BATCH + i) * 5 + pass(step)) % SAMPLES;
        }
        return ids;
    }

    private static long pass(long step) {
        return step / (SAMPLES / BATCH);
    }

    private static String hex(float[] values) {
        StringBuilder text = new StringBuilder();
        for (int j = 0; j < values.length; j += values.length / 20) {
            text.append(HexFormat.of().toHexDigits(Float.floatToRawIntBits(values[j])));
        }
        return text.append(Arrays.hashCode(values)).toString();
    }
}
