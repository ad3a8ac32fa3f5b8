/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.RankMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What this rank has told that another coordinator would have to know as well: how far it has come in the present
 * epoch, what it complained of, what it wishes. Bounded. Guarded by its user.
 */
final class LastReports {
    private static final int MOST_PARTS = 16;
    private static final int MOST_FAULTS = 64;
    private static final int MOST_OF_AN_EPOCH = 16;

    private final List<RankMessage> ofEpoch = new ArrayList<>();
    private final Deque<RankMessage> parts = new ArrayDeque<>();
    private final Map<String, RankMessage> unrecordedFaults = new LinkedHashMap<>();
    private RankMessage wish;
    private long epoch;

    void said(RankMessage message) {
        switch (message) {
            case RankMessage.Suspect m -> keep(m.epoch(), m);
            case RankMessage.Diverged m -> keep(m.epoch(), m);
            case RankMessage.GivesUp m -> keep(m.epoch(), m);
            case RankMessage.Rebuilt m -> keep(m.epoch(), m);
            case RankMessage.Restored m -> keep(m.epoch(), m);
            case RankMessage.Resumed m -> keep(m.epoch(), m);
            case RankMessage.Quiesced m -> keep(m.epoch(), m);
            case RankMessage.Completed m -> keep(m.epoch(), m);
            case RankMessage.Finished m -> keep(m.epoch(), m);
            case RankMessage.Failing m -> keep(m.epoch(), m);
            case RankMessage.Leaving m -> wish = m;
            case RankMessage.FaultFired m -> {
                if (unrecordedFaults.size() < MOST_FAULTS) {
                    unrecordedFaults.put(m.spec(), m);
                }
            }
            case RankMessage.DurablePart m -> {
                parts.add(m);
                if (parts.size() > MOST_PARTS) {
                    parts.remove();
                }
            }
            default -> {
                // Of the moment, or an answer to a question that another coordinator asks anew.
            }
        }
    }

    private void keep(long ofWhich, RankMessage message) {
        if (ofWhich > epoch) {
            epoch = ofWhich;
            ofEpoch.clear();
        }
        if (ofWhich == epoch && ofEpoch.size() < MOST_OF_AN_EPOCH) {
            ofEpoch.add(message);
        }
    }

    void recorded(CoordinatorMessage.FaultRecorded fault) {
        unrecordedFaults.remove(fault.spec());
    }

    /** In the order in which a coordinator expects them. */
    List<RankMessage> all() {
        List<RankMessage> all = new ArrayList<>(unrecordedFaults.values());
        all.addAll(parts);
        all.addAll(ofEpoch);
        if (wish != null) {
            all.add(wish);
        }
        return all;
    }
}
