/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.ras;

import java.util.List;
import java.util.Map;

/**
 * What the RAS service knows. A number that it did not give is -1, a text empty.
 *
 * @param ncclVersion such as {@code 2.29.3}
 * @param cudaRuntimeVersion such as 13000
 * @param cudaDriverVersion such as 13000
 * @param communicators those that any process has
 * @param timeouts how many processes did not answer the service in its time
 */
public record RasStatus(
        String ncclVersion,
        long cudaRuntimeVersion,
        long cudaDriverVersion,
        List<RasCommunicator> communicators,
        long timeouts) {
    /** Copies the list. */
    public RasStatus {
        communicators = List.copyOf(communicators);
    }

    /**
     * One communicator.
     *
     * @param hash its name
     * @param size its ranks
     * @param ranks those that answered
     * @param missing those that did not
     */
    public record RasCommunicator(String hash, long size, List<RasRank> ranks, List<RasMissingRank> missing) {
        /** Copies the lists. */
        public RasCommunicator {
            ranks = List.copyOf(ranks);
            missing = List.copyOf(missing);
        }
    }

    /**
     * A rank that answered.
     *
     * @param rank its number in the communicator
     * @param host its machine
     * @param pid its process
     * @param cudaDevice its device, as the process counts them
     * @param initState {@code ncclResult_t} of its initialisation
     * @param asyncError {@code ncclResult_t} of its asynchronous error
     * @param finalizeCalled whether it finalises
     * @param destroyed whether it is being destroyed
     * @param aborted whether it was aborted
     * @param collectiveCounts how many operations of each kind it was given
     */
    public record RasRank(
            long rank,
            String host,
            long pid,
            long cudaDevice,
            long initState,
            long asyncError,
            boolean finalizeCalled,
            boolean destroyed,
            boolean aborted,
            Map<String, Long> collectiveCounts) {
        /** Copies the map. */
        public RasRank {
            collectiveCounts = Map.copyOf(collectiveCounts);
        }

        /**
         * How many operations it was given, of all kinds.
         *
         * @return the sum
         */
        public long operations() {
            return collectiveCounts.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * A rank that did not answer.
     *
     * @param rank its number in the communicator
     * @param host its machine
     * @param pid its process
     * @param cudaDevice its device, as the process counts them
     * @param unresponsive whether its process does not answer
     * @param consideredDead whether the service has given its process up
     */
    public record RasMissingRank(
            long rank, String host, long pid, long cudaDevice, boolean unresponsive, boolean consideredDead) {}
}
