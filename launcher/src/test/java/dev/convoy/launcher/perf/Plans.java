/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.DataType;
import dev.convoy.ReduceOp;
import dev.convoy.RuntimeKind;
import java.time.Duration;
import java.util.List;

/** Plans for tests. */
final class Plans {
    private Plans() {}

    static Plan allReduce(int ranks, Sizes sizes) {
        return new Plan(
                Collective.ALL_REDUCE,
                ranks,
                1,
                List.of(DataType.FLOAT32),
                List.of(ReduceOp.SUM),
                List.of(-1),
                sizes,
                20,
                5,
                1,
                false,
                RuntimeKind.HOST,
                Duration.ofSeconds(30),
                1);
    }
}
