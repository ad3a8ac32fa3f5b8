/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.DataType;
import dev.convoy.ReduceOp;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Expected results are held against arbitrary-precision arithmetic on what the elements' bits mean. */
class InputsTest {
    private static final int ELEMENTS = 200;
    private static final int[] WORLDS = {1, 2, 3, 8, 64, 256};

    static Stream<Arguments> reductions() {
        return Stream.of(DataType.values())
                .flatMap(type -> Stream.of(ReduceOp.values()).map(op -> Arguments.of(type, op)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("reductions")
    void resultIsExact(DataType type, ReduceOp op) {
        for (int ranks : WORLDS) {
            Inputs inputs = new Inputs(type, op, ranks, 7);
            for (long index = 0; index < ELEMENTS; index++) {
                BigDecimal exact = reduced(op, values(inputs, index));
                long expected = bitsOf(type, exact);
                assertThat(inputs.result(index) & Bits.mask(type))
                        .as("%s %s of %d ranks at %d: %s", type, op, ranks, index, exact)
                        .isEqualTo(expected);
            }
        }
    }

    /** Whatever way a library adds up, it never has to round: each partial sum is a number of the type. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("reductions")
    void noOrderRounds(DataType type, ReduceOp op) {
        if (ElementTypes.isInteger(type) || op == ReduceOp.AVG) {
            return;
        }
        Random random = new Random(11);
        for (int ranks : WORLDS) {
            Inputs inputs = new Inputs(type, op, ranks, 3);
            for (long index = 0; index < 20; index++) {
                List<BigDecimal> values = new ArrayList<>(values(inputs, index));
                Collections.shuffle(values, random);
                BigDecimal partial = values.getFirst();
                for (BigDecimal next : values.subList(1, values.size())) {
                    partial = reduced(op, List.of(partial, next));
                    assertThat(Bits.value(type, bitsOf(type, partial)))
                            .as("%s %s of %d", type, op, ranks)
                            .isEqualByComparingTo(partial);
                }
            }
        }
    }

    @Test
    void ranksIndicesAndSeedsDiffer() {
        Inputs inputs = new Inputs(DataType.FLOAT32, ReduceOp.SUM, 4, 1);
        assertThat(differing(inputs, inputs, 0, 1, 0)).isGreaterThan(90);
        assertThat(differing(inputs, inputs, 0, 0, 1)).isGreaterThan(90);
        assertThat(differing(inputs, new Inputs(DataType.FLOAT32, ReduceOp.SUM, 4, 2), 0, 0, 0))
                .isGreaterThan(90);
    }

    private static int differing(Inputs a, Inputs b, int rankA, int rankB, int shift) {
        int differing = 0;
        for (long index = 0; index < 100; index++) {
            differing += a.input(rankA, index) == b.input(rankB, index + shift) ? 0 : 1;
        }
        return differing;
    }

    private static List<BigDecimal> values(Inputs inputs, long index) {
        List<BigDecimal> values = new ArrayList<>();
        for (int rank = 0; rank < inputs.ranks(); rank++) {
            values.add(Bits.value(inputs.type(), inputs.input(rank, index)));
        }
        return values;
    }

    private static BigDecimal reduced(ReduceOp op, List<BigDecimal> values) {
        BigDecimal sum = values.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        return switch (op) {
            case SUM -> sum;
            case PROD -> values.stream().reduce(BigDecimal.ONE, BigDecimal::multiply);
            case MAX -> Collections.max(values);
            case MIN -> Collections.min(values);
            case AVG -> sum.divide(BigDecimal.valueOf(values.size()), MathContext.DECIMAL128);
        };
    }

    private static long bitsOf(DataType type, BigDecimal exact) {
        if (!ElementTypes.isInteger(type)) {
            return Bits.nearest(type, exact);
        }
        // Wraps, and a quotient is cut off towards zero.
        BigInteger whole = exact.toBigInteger();
        return whole.longValue() & Bits.mask(type);
    }
}
