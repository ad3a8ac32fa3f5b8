/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads one fault specification; its errors quote the text and name what would be right. */
final class FaultSpecParser {
    private static final String RECOVERY = "recovery";
    private static final int MAX_DIGITS = 18;

    private final String text;

    FaultSpecParser(String text) {
        this.text = text;
    }

    FaultSpec parse() {
        if (text.isEmpty()) {
            throw wrong("is empty", "write KIND:RANK@STEP, for example kill:2@200");
        }
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        FaultSpec.Kind kind = byLabel(FaultSpec.Kind.values(), FaultSpec.Kind::label, name, "kind");
        int at = text.indexOf('@');
        if (colon < 0 || at < colon) {
            throw wrong("names no rank and step", "write " + shape(kind));
        }
        int rank = rank(text.substring(colon + 1, at));
        String where = text.substring(at + 1);
        return where.startsWith(RECOVERY) ? inRecovery(kind, rank, where) : atStep(kind, rank, where);
    }

    private FaultSpec inRecovery(FaultSpec.Kind kind, int rank, String where) {
        if (kind != FaultSpec.Kind.KILL) {
            throw wrong("has '" + kind.label() + "' in a recovery", "only kill works there: kill:RANK@recovery:PHASE");
        }
        if (!where.startsWith(RECOVERY + ":")) {
            throw wrong("names no phase", "write kill:RANK@recovery:PHASE, PHASE one of " + phases());
        }
        String name = where.substring(RECOVERY.length() + 1);
        FaultSpec.Phase phase = byLabel(FaultSpec.Phase.values(), FaultSpec.Phase::label, name, "phase");
        return new FaultSpec(kind, rank, -1, 0, phase);
    }

    private FaultSpec atStep(FaultSpec.Kind kind, int rank, String where) {
        int colon = where.indexOf(':');
        if (kind != FaultSpec.Kind.SLOW) {
            if (colon >= 0) {
                throw wrong("has ':' after the step", "write " + shape(kind));
            }
            return new FaultSpec(kind, rank, number(where, "step", kind), 0, null);
        }
        if (colon < 0) {
            throw wrong("says not for how long", "write " + shape(kind));
        }
        long millis = number(where.substring(colon + 1), "number of milliseconds", kind);
        if (millis == 0) {
            throw wrong("sleeps 0 ms", "write at least 1");
        }
        return new FaultSpec(kind, rank, number(where.substring(0, colon), "step", kind), millis, null);
    }

    private int rank(String digits) {
        long rank = number(digits, "rank", FaultSpec.Kind.KILL);
        if (rank > Integer.MAX_VALUE) {
            throw wrong("has rank " + digits, "ranks are counted from 0 to the number of ranks less 1");
        }
        return (int) rank;
    }

    private long number(String digits, String what, FaultSpec.Kind kind) {
        boolean valid = !digits.isEmpty()
                && digits.length() <= MAX_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!valid) {
            throw wrong("has '" + digits + "' where a " + what + " should be", "write " + shape(kind));
        }
        return Long.parseLong(digits);
    }

    private <E> E byLabel(E[] values, Function<E, String> label, String name, String what) {
        return Arrays.stream(values)
                .filter(value -> label.apply(value).equals(name))
                .findFirst()
                .orElseThrow(() -> wrong("has no known " + what + " '" + name + "'", "use " + list(values, label)));
    }

    private static String phases() {
        return list(FaultSpec.Phase.values(), FaultSpec.Phase::label);
    }

    private static <E> String list(E[] values, Function<E, String> label) {
        return Arrays.stream(values).map(label).collect(Collectors.joining(", "));
    }

    private static String shape(FaultSpec.Kind kind) {
        return switch (kind) {
            case KILL -> "kill:RANK@STEP or kill:RANK@recovery:PHASE, numbers from 0";
            case SLOW -> "slow:RANK@STEP:MILLIS, numbers from 0";
            default -> kind.label() + ":RANK@STEP, numbers from 0";
        };
    }

    private IllegalArgumentException wrong(String what, String right) {
        return new IllegalArgumentException("fault '" + text + "' " + what + "; " + right);
    }
}
