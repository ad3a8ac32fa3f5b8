/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Properties of fault specifications over random ones and rubbish. */
class FaultSpecPropertyTest {
    @Property(tries = 300)
    void everyFaultReadsBack(
            @ForAll FaultSpec.Kind kind,
            @ForAll @IntRange(max = 1_000_000) int rank,
            @ForAll @LongRange(max = 1L << 50) long step,
            @ForAll @LongRange(min = 1, max = 1L << 50) long millis) {
        FaultSpec fault = new FaultSpec(kind, rank, step, kind == FaultSpec.Kind.SLOW ? millis : 0, null);
        assertThat(FaultSpec.parse(fault.format())).isEqualTo(fault);
    }

    @Property(tries = 1_000)
    void rubbishIsNeverAnotherException(@ForAll String text) {
        try {
            FaultSpec.parse(text);
        } catch (IllegalArgumentException expected) {
            assertThat(expected.getMessage()).startsWith("fault '");
        }
    }
}
