/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;

class OneLineTest {
    @Test
    void breaksAndRunsOfBlanksBecomeOneBlank() {
        Throwable error = new IllegalStateException("  first\r\n\tsecond   third \n");

        assertThat(OneLine.of(error)).isEqualTo("java.lang.IllegalStateException: first second third");
    }

    @Test
    void aLongTextIsCutAndSaysSo() {
        assertThat(OneLine.of(new IllegalStateException("x".repeat(3_000))))
                .hasSize(2_002)
                .endsWith("x …");
    }

    @Property(tries = 300)
    void isWhatTheWordsAreWithOneBlankBetween(
            @ForAll @CharRange(from = 'a', to = 'c') @CharRange(from = '\t', to = '\r') @CharRange(from = ' ', to = ' ')
                    String text) {
        Throwable error = new Exception() {
            @Override
            public String toString() {
                return text;
            }
        };

        assertThat(OneLine.of(error)).isEqualTo(String.join(" ", text.strip().split("\\s+")));
    }
}
