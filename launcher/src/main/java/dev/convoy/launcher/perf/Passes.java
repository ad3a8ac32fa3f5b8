/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts the ranks' passes together to rows. */
final class Passes {
    private final int ranks;
    private final List<Case> cases;
    private final Map<Integer, Pair> open = new HashMap<>();

    private static final class Pair {
        final PassSum outOfPlace = new PassSum();
        final PassSum inPlace = new PassSum();
    }

    Passes(Plan plan) {
        this.ranks = plan.ranks();
        this.cases = plan.cases();
    }

    /**
     * Takes one rank's pass.
     *
     * @param result what it measured
     * @return the row, if that was the last that it needed
     */
    Optional<Row> add(PassResult result) {
        Case row = cases.get(result.index());
        Pair pair = open.computeIfAbsent(result.index(), _ -> new Pair());
        (result.inPlace() ? pair.inPlace : pair.outOfPlace).add(result);
        boolean twice = row.collective().inPlace() != Collective.InPlace.REFUSED;
        if (pair.outOfPlace.ranks() < ranks || (twice && pair.inPlace.ranks() < ranks)) {
            return Optional.empty();
        }
        open.remove(result.index());
        return Optional.of(new Row(row, pair.outOfPlace.of(row), twice ? pair.inPlace.of(row) : null));
    }
}
