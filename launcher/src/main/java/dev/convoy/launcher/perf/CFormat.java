/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as C's printf and nccl-tests write them, so that what reads their tables reads ours. */
final class CFormat {
    private static final int GENERAL_DIGITS = 6;

    private CFormat() {}

    /** {@code %g}. */
    static String general(double value) {
        if (!Double.isFinite(value) || value == 0) {
            return Double.isNaN(value) ? "nan" : value == 0 ? "0" : value > 0 ? "inf" : "-inf";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(GENERAL_DIGITS));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < GENERAL_DIGITS) {
            return rounded.stripTrailingZeros().toPlainString();
        }
        String mantissa = rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString();
        return mantissa + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    /** With as many decimals, at most two, as there is room for; what does not fit gets an exponent. */
    static String fitted(double value, int width) {
        if (!Double.isFinite(value)) {
            return pad(general(value), width);
        }
        for (int decimals = 2; decimals >= 0; decimals--) {
            String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
            if (text.length() <= width) {
                return pad(text, width);
            }
        }
        return pad(String.format(Locale.ROOT, width >= 7 ? "%.1e" : "%.0e", value), width);
    }

    static String pad(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }
}
