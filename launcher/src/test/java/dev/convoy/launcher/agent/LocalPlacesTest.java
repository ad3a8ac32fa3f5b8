/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.MemberId;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A job of eight ranks; the node is the second of two, with ranks 5 to 7 and spare 8. */
class LocalPlacesTest {
    private final Set<MemberId> ended = new HashSet<>();
    private final LocalPlaces places = new LocalPlaces(8, member -> !ended.contains(member));

    private int starts(int launchRank, int incarnation) {
        return places.give(new MemberId(launchRank, incarnation));
    }

    private void ends(int launchRank, int incarnation) {
        ended.add(new MemberId(launchRank, incarnation));
    }

    private void all() {
        assertThat(starts(5, 0)).isZero();
        assertThat(starts(6, 0)).isEqualTo(1);
        assertThat(starts(7, 0)).isEqualTo(2);
        assertThat(starts(8, 0)).isEqualTo(3);
    }

    @Test
    void replacementGetsItsPredecessorsPlaceWhoseEndNobodyHasSeen() {
        all();
        assertThat(starts(6, 1)).isEqualTo(1);
        assertThat(starts(6, 2)).isEqualTo(1);
    }

    @Test
    void spareThatFollowsAPromotedOneGetsThePlaceThatHasBecomeFree() {
        all();
        ends(6, 0);
        assertThat(starts(8, 1)).isEqualTo(1);
    }

    @Test
    void spareThatFollowsADeadOneGetsItsPlace() {
        all();
        ends(8, 0);
        assertThat(starts(8, 1)).isEqualTo(3);
    }

    @Test
    void whoComesFromAnotherNodeGetsTheFirstFreePlace() {
        all();
        assertThat(starts(2, 1)).isEqualTo(4);
        ends(5, 0);
        ends(7, 0);
        assertThat(starts(3, 1)).isZero();
        assertThat(starts(4, 1)).isEqualTo(2);
    }

    @Test
    void replacementDoesNotTakeWhatAnotherOneHasBeenGivenMeanwhile() {
        all();
        ends(6, 0);
        assertThat(starts(8, 1)).isEqualTo(1);
        assertThat(starts(6, 1)).isEqualTo(4);
    }
}
