/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulator is no better than what it finds: each rule of the protocol, broken on purpose, must be noticed. */
class BrokenRuleTest {
    private static final int WITHIN_SEEDS = 500;
    private static final int READABLE_LINES = 190;

    private static Schedules.Finding find(BrokenRule rule) {
        return new Schedules(rule.maker(), UnaryOperator.identity(), (_, _) -> {})
                .firstFinding(1, WITHIN_SEEDS)
                .orElseThrow(() -> new AssertionError(rule + " was not noticed within " + WITHIN_SEEDS + " seeds"));
    }

    @ParameterizedTest
    @EnumSource(BrokenRule.class)
    void brokenRuleIsNoticedAndTheScheduleIsMadeSmall(BrokenRule rule) {
        Schedules.Finding finding = find(rule);
        assertThat(rule.noticedBy()).contains(finding.violation().invariant());
        assertThat(finding.smallest().disturbances())
                .hasSizeLessThanOrEqualTo(
                        Math.min(5, finding.drawn().disturbances().size()));
        assertThat(finding.smallest().spec().ranks())
                .isLessThanOrEqualTo(finding.drawn().spec().ranks());
        assertThat(finding.violation().getMessage().lines().count()).isLessThanOrEqualTo(READABLE_LINES);
    }

    @Test
    void shrunkScheduleSaysWhatHappenedAndNothingElse() {
        Schedules.Finding finding = find(BrokenRule.BLAMES_THE_NEIGHBOUR);
        Scenario smallest = finding.smallest();
        assertThat(smallest.disturbances()).hasSize(1);
        assertThat(smallest.noise().babble()).isFalse();
        assertThat(smallest.noise().duplicatePercent()).isZero();
        assertThat(smallest.noise()).isNotEqualTo(finding.drawn().noise());
        assertThat(finding.violation())
                .hasMessageStartingWith("only the culprit: ")
                .hasMessageContaining("seed " + finding.drawn().seed())
                .hasMessageContaining(smallest.disturbances().getFirst().toString())
                .hasMessageContaining("<- Fence");
    }

    @Test
    void soundCoordinatorPassesTheSchedulesThatFindBrokenOnes() {
        assertThat(new Schedules(Core::real, UnaryOperator.identity(), (_, _) -> {}).firstFinding(1, WITHIN_SEEDS))
                .isEmpty();
    }

    @Test
    void sameSeedGivesTheSameStory() {
        BrokenRule rule = BrokenRule.FORGETS_FENCING;
        assertThat(find(rule).violation()).hasMessage(find(rule).violation().getMessage());
    }
}
