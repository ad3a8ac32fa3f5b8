/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

import dev.convoy.cudatests.trials.AbortTrial;
import dev.convoy.cudatests.trials.CLoopTrial;
import dev.convoy.cudatests.trials.CollectivesTrial;
import dev.convoy.cudatests.trials.GraphTrial;
import dev.convoy.cudatests.trials.JobTrial;
import dev.convoy.cudatests.trials.KernelsTrial;
import dev.convoy.cudatests.trials.LibraryTrial;
import dev.convoy.cudatests.trials.MachineTrial;
import dev.convoy.cudatests.trials.OneRankTrial;
import dev.convoy.cudatests.trials.ProductsTrial;
import dev.convoy.cudatests.trials.ShrinkTrial;
import dev.convoy.cudatests.trials.SnapshotTrial;
import dev.convoy.cudatests.trials.WrongUseTrial;
import java.util.List;
import java.util.Optional;

/** All trials, in the order in which they are run: what needs least comes first. */
final class Trials {
    private static final List<Trial> ALL = List.of(
            new MachineTrial(),
            new LibraryTrial(),
            new OneRankTrial(),
            new CollectivesTrial(1),
            new WrongUseTrial(),
            new KernelsTrial(),
            new ProductsTrial(),
            new SnapshotTrial(),
            new GraphTrial(),
            new CLoopTrial(),
            new CollectivesTrial(2),
            new CollectivesTrial(3),
            new CollectivesTrial(4),
            new AbortTrial(),
            new ShrinkTrial(),
            JobTrial.undisturbed(),
            JobTrial.killed(),
            JobTrial.stopped(),
            JobTrial.replaced());

    private Trials() {}

    static List<Trial> all() {
        return ALL;
    }

    static Optional<Trial> named(String name) {
        return ALL.stream().filter(trial -> trial.name().equals(name)).findAny();
    }
}
