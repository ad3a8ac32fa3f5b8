/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.launcher.UsageException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes of a command line: bytes, or with K, M, G, T; as in nccl-tests these are powers of 1024. */
final class SizeText {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?)([KMGT]?)(?:I?B)?");
    private static final String UNITS = "KMGT";

    private SizeText() {}

    /**
     * Reads a size.
     *
     * @param option name of the option, for the error
     * @param text such as {@code 8}, {@code 64K}, {@code 1.5GiB}
     * @return bytes
     * @throws UsageException if it is none
     */
    static long parse(String option, String text) {
        Matcher matcher = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new UsageException(option + " " + text + ": must be a size such as 8, 64K, 1M or 2G");
        }
        int power = matcher.group(2).isEmpty() ? 0 : UNITS.indexOf(matcher.group(2)) + 1;
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(1L << (10 * power)));
        if (bytes.compareTo(BigDecimal.valueOf(1L << 50)) > 0) {
            throw new UsageException(option + " " + text + ": more than any machine has");
        }
        return bytes.setScale(0, RoundingMode.DOWN).longValueExact();
    }

    /** A size for people. */
    static String of(long bytes) {
        String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return CFormat.general(Math.round(value * 10) / 10.0) + " " + units[unit];
    }
}
