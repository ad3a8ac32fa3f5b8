/* SPDX-License-Identifier: Apache-2.0 */

import java.util.List;

/**
 * What is measured: an operation at a size, by so many ranks.
 *
 * @param operation as nccl-tests name it
 * @param type of the elements, as nccl-tests name it
 * @param ranks how many take part
 * @param bytes nccl-tests' size, that of the larger buffer
 */
record Figure(String operation, String type, int ranks, long bytes) {
    static final String FLOAT = "float";
    static final String ALL_REDUCE = "all_reduce";
    static final List<String> OPERATIONS = List.of(ALL_REDUCE, "broadcast", "all_gather", "reduce_scatter", "alltoall");

    /** A rank brings, or gets, its share of the size only. */
    static boolean isSharded(String operation) {
        return !operation.equals(ALL_REDUCE) && !operation.equals("broadcast");
    }

    /** Too small for a bandwidth to say anything. */
    boolean isLatency() {
        return bytes < 1024;
    }

    String size() {
        return bytes >= 1 << 20 ? (bytes >> 20) + " MiB" : bytes >= 1 << 10 ? (bytes >> 10) + " KiB" : bytes + " B";
    }
}
