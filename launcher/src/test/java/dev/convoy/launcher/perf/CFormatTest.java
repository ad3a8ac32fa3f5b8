/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Held against what C's printf wrote. */
class CFormatTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "12.5, 12.5",
        "123456, 123456",
        "1234567, 1.23457e+06",
        "0.0001234, 0.0001234",
        "0.00001234, 1.234e-05",
        "40.00001, 40",
        "999999.5, 1e+06",
        "1e100, 1e+100",
        "-2.5, -2.5",
        "100000, 100000",
    })
    void generalIsPrintfs(double value, String text) {
        assertThat(CFormat.general(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "1234.567, 7, '1234.57'",
        "12345678.9, 7, '1.2e+07'",
        "123456.7, 6, '123457'",
        "0.004, 6, '  0.00'",
        "0.123, 7, '   0.12'",
        "999999.996, 7, '1000000'",
        "1234567, 6, ' 1e+06'",
    })
    void fittedIsAsNcclTestsFits(double value, int width, String text) {
        assertThat(CFormat.fitted(value, width)).isEqualTo(text);
    }

    @Test
    void whatIsNoNumberDoesNotThrow() {
        assertThat(CFormat.general(Double.NaN)).isEqualTo("nan");
        assertThat(CFormat.fitted(Double.POSITIVE_INFINITY, 6)).isEqualTo("   inf");
    }
}
