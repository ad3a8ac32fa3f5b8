/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.FaultSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultInjectorTest {
    private final List<String> effects = new ArrayList<>();

    @Test
    void eachKindHasItsEffectAfterItIsOnRecord() {
        FaultInjector injector = injector("kill:1@1,stop:1@2,slow:1@3:70,throw:1@4,corrupt:1@5");
        for (int step = 0; step < 6; step++) {
            injector.atStep(step);
        }

        assertThat(effects)
                .containsExactly(
                        "record kill:1@1",
                        "fires kill:1@1",
                        "raise 9",
                        "record stop:1@2",
                        "fires stop:1@2",
                        "raise 19",
                        "record slow:1@3:70",
                        "fires slow:1@3:70",
                        "sleep 70",
                        "record throw:1@4",
                        "fires throw:1@4",
                        "fail throw:1@4",
                        "record corrupt:1@5",
                        "fires corrupt:1@5",
                        "corrupt");
    }

    @Test
    void aFaultFiresOnceThoughItsStepIsReplayed() {
        FaultInjector injector = injector("slow:1@3:70");
        injector.atStep(3);
        injector.atStep(3);

        assertThat(effects).hasSize(3);
    }

    @Test
    void faultsOfOtherRanksAndPhasesDoNotFire() {
        FaultInjector injector = injector("kill:0@3,kill:1@recovery:agree");
        injector.atStep(3);
        injector.atPhase(FaultSpec.Phase.ABORT);
        assertThat(effects).isEmpty();

        injector.atPhase(FaultSpec.Phase.AGREE);
        assertThat(effects).containsExactly("record kill:1@recovery:agree", "fires kill:1@recovery:agree", "raise 9");
    }

    private FaultInjector injector(String faults) {
        return new FaultInjector(1, FaultSpec.parseList(faults), new FaultInjector.Effects() {
            @Override
            public void record(FaultSpec fault, long atNs) {
                effects.add("record " + fault.format());
            }

            @Override
            public void fires(FaultSpec fault, long atNs) {
                effects.add("fires " + fault.format());
            }

            @Override
            public void raise(int signal) {
                effects.add("raise " + signal);
            }

            @Override
            public void sleep(long millis) {
                effects.add("sleep " + millis);
            }

            @Override
            public void fail(FaultSpec fault) {
                effects.add("fail " + fault.format());
            }

            @Override
            public void corrupt() {
                effects.add("corrupt");
            }
        });
    }
}
