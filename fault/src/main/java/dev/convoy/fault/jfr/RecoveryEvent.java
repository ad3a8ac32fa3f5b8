/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A recovery at this rank, from the communicator's failure to the first step done again. */
@Name("dev.convoy.Recovery")
@Label("Recovery")
@Category("Convoy")
@Description("A recovery at this rank, from the failure of its communicator to the first step done again")
@StackTrace(false)
final class RecoveryEvent extends Event {
    @Label("Epoch")
    @Description("The epoch that the recovery formed")
    long epoch;

    @Label("Reason")
    String reason;

    @Label("Restored Step")
    long restoredStep;

    @Label("World Size")
    int worldSize;

    RecoveryEvent() {}
}
