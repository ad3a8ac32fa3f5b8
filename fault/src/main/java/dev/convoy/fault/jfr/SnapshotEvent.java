/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A snapshot of a rank's state, from its first copy to the vote that commits it. */
@Name("dev.convoy.Snapshot")
@Label("Snapshot")
@Category("Convoy")
@Description("A snapshot of this rank's state, from the first copy to the vote that commits it")
@Enabled(false)
@StackTrace(false)
final class SnapshotEvent extends Event {
    @Label("Epoch")
    long epoch;

    @Label("Step")
    long step;

    @Label("Memory")
    @DataAmount
    long memory;

    SnapshotEvent() {}
}
