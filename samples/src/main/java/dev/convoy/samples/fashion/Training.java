/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import dev.convoy.Communicator;
import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import dev.convoy.Group;
import dev.convoy.ReduceOp;
import dev.convoy.Work;
import dev.convoy.fault.ElasticGroup;
import dev.convoy.fault.SampleLedger;
import dev.convoy.fault.ShardedState;
import dev.convoy.fault.Step;
import dev.convoy.fault.StepVeto;
import dev.convoy.fault.protocol.RunSummary;

/**
 * One rank's part in the training. Weights are the same on every rank; of the momentum each rank holds and updates its
 * shard only, and sends the weights that it updated to the others.
 */
final class Training implements AutoCloseable {

    private static final int GLOBAL_BATCH = 256;
    private static final float PEAK_RATE = 0.1f;
    private static final int MOST_VETOES_IN_A_ROW = 10;
    private static final int REHEARSED_STEPS = 20;
    private static final int REHEARSED_IMAGES = 64;

    private final ElasticGroup group;
    private final TrainingOptions options;
    private final FashionMnistData data;
    private final GlobalBatches batches;
    private final MomentumSgd optimizer;
    private final Network network;
    private final Pace pace;
    private final Linger linger;

    private final DeviceBuffer weights;
    private final ShardedState momentum;
    private final SampleLedger ledger;
    private final LossHistory losses;
    private final StepVeto veto;

    /** The gradient's sum and, as its last element, the loss's: one all-reduce for both. */
    private final DeviceBuffer gradient;

    private final float[] weightValues = new float[Parameters.COUNT];
    private final float[] gradientValues = new float[Parameters.COUNT + 1];

    /** Declares the state that a loss must not lose. */
    Training(ElasticGroup group, TrainingOptions options, FashionMnistData data) {
        this.group = group;
        this.options = options;
        this.data = data;
        this.batches = new GlobalBatches(data.train().size(), GLOBAL_BATCH, options.seed());
        this.optimizer = new MomentumSgd(PEAK_RATE, options.steps());
        this.pace = new Pace(options.steps());
        this.linger = new Linger(options.steps(), options.wholeGroup());
        this.network = Networks.of(group.device(), GLOBAL_BATCH);
        this.weights = group.replicated("weights", DataType.FLOAT32, Parameters.COUNT);
        this.momentum = group.sharded("momentum", DataType.FLOAT32, Parameters.COUNT);
        this.ledger = new SampleLedger(data.train().size());
        this.losses = new LossHistory(options.steps());
        group.replicated("ledger", ledger);
        group.replicated("losses", losses);
        this.veto = group.veto(MOST_VETOES_IN_A_ROW);
        this.gradient = group.device().allocate(DataType.FLOAT32, gradientValues.length);
        weights.copyFrom(Parameters.initial(options.seed()));
    }

    void run() throws Exception {
        if (group.isSpare()) {
            rehearse();
        }
        group.run(options.steps(), this::step);
        if (group.hasLeft()) {
            return;
        }
        group.finish(group.rank() == 0 ? summary() : null);
    }

    /** The first steps of a JVM take many times as long as later ones: a spare computes them before it is needed. */
    private void rehearse() {
        int[] batch = batches.batch(0);
        int images = Math.min(REHEARSED_IMAGES, batch.length);
        float[] scratch = new float[Parameters.COUNT];
        for (int i = 0; i < REHEARSED_STEPS; i++) {
            network.gradient(data.train(), batch, 0, images, weights, gradient);
            gradient.copyTo(gradientValues);
            weights.copyTo(weightValues);
            optimizer.update(0, weightValues, scratch, gradientValues, 0, batch.length);
        }
    }

    @Override
    public void close() {
        ledger.close();
        network.close();
        gradient.close();
    }

    private void step(Step step) {
        linger.before(step);
        int[] batch = batches.batch(step.index());
        int from = step.from(batch.length);
        int to = step.to(batch.length);
        network.gradient(data.train(), batch, from, to, weights, gradient);
        ledger.feed(step, batches.pass(step.index()), batch, from, to, batch.length);
        sumGradients(step).await();
        if (veto.stands(step)) {
            ledger.markVetoed();
            return;
        }
        gradient.copyTo(gradientValues);

        updateShard(step, batch.length);
        shareWeights(step);
        report(step, gradientValues[Parameters.COUNT] / batch.length, batch.length);
    }

    /** Tells the other ranks by the same stroke whether this one's gradient is fit to be used. */
    private Work sumGradients(Step step) {
        veto.requireFinite(step, "gradient", gradient);
        try (Group _ = step.communicator().group()) {
            veto.share(step);
            return step.communicator().allReduce(gradient, ReduceOp.SUM, step.stream());
        }
    }

    private void updateShard(Step step, int batchSize) {
        if (momentum.count() == 0) {
            return;
        }
        weights.copyTo(weightValues);
        float[] velocity = new float[(int) momentum.count()];
        momentum.buffer().copyTo(velocity);
        optimizer.update(step.index(), weightValues, velocity, gradientValues, (int) momentum.offset(), batchSize);
        momentum.buffer().copyFrom(velocity);
        weights.copyFrom(weightValues);
    }

    /**
     * Every rank sends its piece to all others; pieces differ in length where the world size does not divide the count.
     */
    private void shareWeights(Step step) {
        Communicator communicator = step.communicator();
        Work last = null;
        try (Group _ = communicator.group()) {
            for (int owner = 0; owner < step.worldSize(); owner++) {
                long from = (long) Parameters.COUNT * owner / step.worldSize();
                long to = (long) Parameters.COUNT * (owner + 1) / step.worldSize();
                last = communicator.broadcast(weights.slice(from, to - from), owner, step.stream());
            }
        }
        last.await();
    }

    private void report(Step step, float loss, int batchSize) {
        losses.record(step.index(), loss);
        if (pace.isDue(step.index(), batchSize) && step.rank() == 0) {
            group.progress(step.index(), loss, pace.samplesPerSecond());
        }
    }

    private RunSummary summary() {
        weights.copyTo(weightValues);
        return new RunSummary(
                        options.steps(),
                        group.worldSize(),
                        network.accuracy(data.test(), weights),
                        ParametersHash.sha256(weightValues),
                        losses.losses(),
                        ledger.consumed(),
                        ledger.skipped(),
                        ledger.duplicated(),
                        ledger.sha256())
                .withVetoes(veto.steps(), ledger.vetoed());
    }
}
