/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultSpecTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "kill:2@200",
                "stop:0@0",
                "slow:1@50:3000",
                "throw:3@7",
                "corrupt:1@9",
                "kill:1@recovery:abort",
                "kill:1@recovery:agree",
                "kill:1@recovery:rebuild",
                "kill:1@recovery:restore"
            })
    void formatReadsBack(String text) {
        assertThat(FaultSpec.parse(text).format()).isEqualTo(text);
    }

    @Test
    void partsAreWhereTheyBelong() {
        assertThat(FaultSpec.parse(" slow:1@50:3000 "))
                .isEqualTo(new FaultSpec(FaultSpec.Kind.SLOW, 1, 50, 3000, null));
        assertThat(FaultSpec.parse("kill:4@recovery:rebuild"))
                .isEqualTo(new FaultSpec(FaultSpec.Kind.KILL, 4, -1, 0, FaultSpec.Phase.REBUILD));
        assertThat(FaultSpec.parseList("kill:0@1, stop:1@2")).hasSize(2);
        assertThat(FaultSpec.parseList("  ")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|is empty|kill:2@200",
                "kill|names no rank and step|kill:RANK@STEP",
                "explode:1@2|no known kind 'explode'|kill, stop, slow, throw, corrupt",
                "Kill:1@2|no known kind 'Kill'|kill, stop",
                "kill:x@2|'x' where a rank should be|kill:RANK@STEP",
                "kill:-1@2|'-1' where a rank should be|numbers from 0",
                "kill:1@|'' where a step should be|kill:RANK@STEP",
                "kill:1@2.5|'2.5' where a step should be|kill:RANK@STEP",
                "kill:1@2:3|':' after the step|kill:RANK@STEP",
                "kill:1@99999999999999999999|where a step should be|numbers from 0",
                "kill:99999999999@2|has rank 99999999999|counted from 0",
                "slow:1@2|says not for how long|slow:RANK@STEP:MILLIS",
                "slow:1@2:0|sleeps 0 ms|at least 1",
                "slow:1@2:x|'x' where a number of milliseconds|slow:RANK@STEP:MILLIS",
                "kill:1@recovery|names no phase|abort, agree, rebuild, restore",
                "kill:1@recovery:lunch|no known phase 'lunch'|abort, agree, rebuild, restore",
                "stop:1@recovery:abort|'stop' in a recovery|only kill",
                "@1:kill|no known kind '@1'|kill, stop",
                "kill:1@٣|where a step should be|numbers from 0",
            })
    void errorsAreOneLineThatSaysWhatIsWrongAndWhatIsRight(String text, String wrong, String right) {
        assertThatThrownBy(() -> FaultSpec.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining(wrong)
                .hasMessageContaining(right)
                .hasMessageNotContaining("\n");
    }

    @Test
    void emptyEntryInAListIsAnError() {
        assertThatIllegalArgumentException().isThrownBy(() -> FaultSpec.parseList("kill:0@1,,kill:1@2"));
        assertThatIllegalArgumentException().isThrownBy(() -> FaultSpec.parseList("kill:0@1,"));
    }
}
