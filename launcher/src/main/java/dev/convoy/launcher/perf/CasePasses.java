/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.Communicator;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;

/**
 * Measures and checks one case on one rank.
 *
 * @param plan the whole
 * @param row the case
 * @param communicator of all ranks
 * @param stream for the operations
 * @param repetitions how often
 * @param latencies memory for them
 */
record CasePasses(
        Plan plan, Case row, Communicator communicator, Stream stream, Repetitions repetitions, Latencies latencies) {
    /** Both passes, as far as the operation has both. */
    void run(DeviceBuffer first, DeviceBuffer second, RankOutput output) {
        output.pass(communicator.rank(), pass(first, second, false));
        if (row.collective().inPlace() != Collective.InPlace.REFUSED) {
            output.pass(communicator.rank(), pass(first, second, true));
        }
    }

    private PassResult pass(DeviceBuffer first, DeviceBuffer second, boolean inPlace) {
        Shape shape = row.shape(plan.ranks());
        Buffers buffers = Buffers.of(first, second, shape, communicator.rank(), inPlace);
        Call call = Call.of(row, buffers, communicator, stream);
        Content content = content(0, inPlace);
        if (plan.checks() > 0) {
            content.prepare(buffers);
        }
        repetitions.warmUp(call, latencies);
        Repetitions.Timed timed = repetitions.measure(call);
        repetitions.record(call, timed.iterations(), latencies);
        long wrong = check(call, buffers, content, inPlace);
        return new PassResult(row.index(), inPlace, timed.iterations(), timed.nanos(), wrong, latencies);
    }

    private long check(Call call, Buffers buffers, Content timed, boolean inPlace) {
        if (plan.checks() == 0 || (inPlace && row.collective().inPlace() == Collective.InPlace.UNCHECKED)) {
            return PassResult.UNCHECKED;
        }
        // In place each operation took the last one's result, so that only a fresh one has a known result.
        long wrong = inPlace ? 0 : timed.countWrong(buffers);
        for (int again = inPlace ? 0 : 1; again < plan.checks(); again++) {
            wrong += checkOnce(call, buffers, content(again + 1, inPlace));
        }
        return wrong;
    }

    private long checkOnce(Call call, Buffers buffers, Content content) {
        content.prepare(buffers);
        // Nobody reads what is not filled yet: a collective begins where all ranks have entered it.
        call.issue().await();
        return content.countWrong(buffers);
    }

    private Content content(int repetition, boolean inPlace) {
        long seed = plan.seed() + 4L * row.index() + (inPlace ? 2 : 0);
        return Content.of(row, communicator.rank(), plan.ranks(), seed * 1_000_003 + repetition);
    }
}
