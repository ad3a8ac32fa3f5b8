/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.JobOutcome;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/** Runs schedule after schedule, each from its own seed, and explains the first one that breaks an invariant. */
final class Schedules {
    private final Core.Maker maker;
    private final UnaryOperator<Scenario> variant;
    private final BiConsumer<Simulation, JobOutcome> ended;

    /**
     * Schedules of one kind.
     *
     * @param maker makes what is simulated
     * @param variant makes the scenario of what was drawn
     * @param ended told of every schedule that came to its end; called by any thread
     */
    Schedules(Core.Maker maker, UnaryOperator<Scenario> variant, BiConsumer<Simulation, JobOutcome> ended) {
        this.maker = maker;
        this.variant = variant;
        this.ended = ended;
    }

    /** A failing schedule, as it was drawn and as small as it can be. */
    record Finding(Scenario drawn, Scenario smallest, Violation violation) {}

    /** The lowest of these seeds that breaks an invariant; searched in parallel. */
    Optional<Finding> firstFinding(long fromSeed, int count) {
        return LongStream.range(fromSeed, fromSeed + count)
                .parallel()
                .filter(seed -> attempt(variant.apply(Scenario.of(seed))).isPresent())
                .findFirst()
                .stream()
                .mapToObj(seed -> explain(variant.apply(Scenario.of(seed))))
                .findFirst();
    }

    /** Shrinks a scenario that is known to fail and runs it once more, for its trace. */
    Finding explain(Scenario drawn) {
        Violation first = attempt(drawn).orElseThrow();
        Scenario smallest = new Shrinker(this::attempt).shrink(drawn, first.invariant());
        Simulation last = new Simulation(smallest, maker, true);
        Violation violation = violation(last).orElseThrow();
        String story = "drawn: " + drawn + "\nshrunk: " + smallest + "\n" + last.trace();
        return new Finding(drawn, smallest, violation.in(story));
    }

    private Optional<Violation> attempt(Scenario scenario) {
        return violation(new Simulation(scenario, maker, false));
    }

    private Optional<Violation> violation(Simulation simulation) {
        try {
            ended.accept(simulation, simulation.run());
            return Optional.empty();
        } catch (Violation violation) {
            return Optional.of(violation);
        } catch (RuntimeException bug) {
            return Optional.of(new Violation("no exception (" + bug.getClass().getSimpleName() + ")", bug.toString()));
        }
    }
}
