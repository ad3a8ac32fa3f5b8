/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.ras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convoy.launcher.ras.RasStatus.RasCommunicator;
import dev.convoy.launcher.ras.RasStatus.RasMissingRank;
import dev.convoy.launcher.ras.RasStatus.RasRank;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Reads the service's JSON. Fields that are not known are passed over and fields that are missing are unknown, since
 * every release adds some; a text that is no JSON or has another shape is refused.
 */
final class RasParser {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private RasParser() {}

    static RasStatus parse(byte[] text) throws IOException {
        JsonNode root = MAPPER.readTree(text);
        if (root == null || !root.isObject() || !root.path("communicators").isArray()) {
            throw new IOException("it is no object with communicators");
        }
        return new RasStatus(
                root.path("nccl_version").asText(),
                number(root, "cuda_runtime_version"),
                number(root, "cuda_driver_version"),
                each(root, "communicators", RasParser::communicator),
                number(root.path("ras"), "timeouts_count"));
    }

    private static RasCommunicator communicator(JsonNode node) {
        return new RasCommunicator(
                node.path("hash").asText(),
                number(node, "size"),
                each(node, "ranks", RasParser::rank),
                each(node, "missing_ranks", RasParser::missing));
    }

    private static RasRank rank(JsonNode node) {
        JsonNode status = node.path("status");
        return new RasRank(
                number(node, "rank"),
                node.path("host").asText(),
                number(node, "pid"),
                number(node, "cuda_dev"),
                number(status, "init_state"),
                number(status, "async_error"),
                status.path("finalize_called").asBoolean(),
                status.path("destroy_flag").asBoolean(),
                status.path("abort_flag").asBoolean(),
                counts(node.path("collective_counts")));
    }

    private static RasMissingRank missing(JsonNode node) {
        JsonNode status = node.path("status");
        return new RasMissingRank(
                number(node, "rank"),
                node.path("host").asText(),
                number(node, "pid"),
                number(node, "cuda_dev"),
                status.path("unresponsive").asBoolean(),
                status.path("considered_dead").asBoolean());
    }

    private static Map<String, Long> counts(JsonNode node) {
        Map<String, Long> counts = new HashMap<>();
        node.properties()
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue().asLong()));
        return counts;
    }

    private static <T> List<T> each(JsonNode node, String field, Function<JsonNode, T> read) {
        List<T> items = new ArrayList<>();
        for (JsonNode item : node.path(field)) {
            items.add(read.apply(item));
        }
        return items;
    }

    private static long number(JsonNode node, String field) {
        return node.path(field).asLong(-1);
    }
}
