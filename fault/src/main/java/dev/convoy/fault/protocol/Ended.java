/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.List;

/** The job is over; whatever still comes in changes nothing. */
final class Ended extends Phase {
    Ended(Job job) {
        super(job);
    }

    @Override
    void lost(List<Loss> losses) {}
}
