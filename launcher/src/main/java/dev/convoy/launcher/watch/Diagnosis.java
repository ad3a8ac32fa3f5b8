/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An incident explained, with what the explanation rests on.
 *
 * @param incident the incident as far as it was known then
 * @param failedEpoch the epoch that failed
 * @param members its members in rank order
 * @param records their last operations, of those that could say
 * @param sentence what happened
 */
record Diagnosis(
        Incident incident,
        long failedEpoch,
        List<MemberId> members,
        Map<MemberId, RankMessage.FlightRecord> records,
        String sentence) {
    Diagnosis {
        members = List.copyOf(members);
        records = new LinkedHashMap<>(records);
    }
}
