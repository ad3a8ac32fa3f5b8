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

/** An operation of a communicator, from when it is enqueued to when it is seen to be complete. */
@Name("dev.convoy.Collective")
@Label("Collective")
@Category("Convoy")
@Description("An operation of a communicator, from its enqueueing until it was seen to be complete")
@Enabled(false)
@StackTrace(false)
final class CollectiveEvent extends Event {
    @Label("Operation")
    String operation;

    @Label("Type")
    String type;

    @Label("Count")
    long count;

    @Label("Payload")
    @DataAmount
    long payload;

    @Label("Epoch")
    long epoch;

    @Label("Step")
    long step;

    @Label("Sequence")
    long sequence;

    CollectiveEvent() {}
}
