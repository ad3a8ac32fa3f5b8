/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.doctor;

import dev.convoy.launcher.ras.RasAddress;
import dev.convoy.launcher.ras.RasClient;
import dev.convoy.launcher.ras.RasException;
import java.time.Duration;
import java.util.Map;

/**
 * The RAS service of an NCCL job that runs on this machine now, if there is one.
 *
 * @param address where it was looked for
 * @param protocol version of its text protocol; 0 if it is not there
 * @param reason why it is not there, in one line; empty if it is
 */
record RasEndpoint(String address, int protocol, String reason) {
    private static final Duration BOUND = Duration.ofSeconds(1);

    static RasEndpoint of(Map<String, String> environment) {
        try {
            RasAddress address = RasAddress.of(environment);
            return of(address);
        } catch (IllegalArgumentException e) {
            return new RasEndpoint(environment.get("NCCL_RAS_ADDR"), 0, e.getMessage());
        }
    }

    static RasEndpoint of(RasAddress address) {
        try {
            return new RasEndpoint(address.toString(), new RasClient(address, BOUND).protocol(), "");
        } catch (RasException e) {
            return new RasEndpoint(address.toString(), 0, e.getMessage() + "; it is there while an NCCL job runs");
        }
    }

    boolean isAvailable() {
        return reason.isEmpty();
    }
}
