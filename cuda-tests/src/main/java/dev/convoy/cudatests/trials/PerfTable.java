/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.ConvoyCommandLine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of {@code convoy perf}, which checks every element of every result against what each rank can predict.
 *
 * @param cases results that were checked, out of place and in place
 * @param wrong wrong elements among them
 * @param rows what the tool measured
 */
record PerfTable(int cases, long wrong, List<JsonNode> rows) {
    private static final List<String> PLACES = List.of("outOfPlace", "inPlace");

    static PerfTable run(Bench bench, String operation, int ranks, Duration bound, List<String> options)
            throws IOException, InterruptedException {
        Path file = bench.folder().resolve(operation + ".json");
        List<String> arguments = new ArrayList<>(List.of("perf", operation, "--ranks", Integer.toString(ranks)));
        arguments.addAll(List.of("--runtime", bench.runtimeName(), "--json", file.toString()));
        arguments.addAll(options);
        List<String> lines = ConvoyCommandLine.run(bound, arguments);
        if (bench.kind() == dev.convoy.RuntimeKind.CUDA) {
            bench.say("convoy %s", String.join(" ", arguments));
            bench.show(lines);
        }
        return read(new ObjectMapper().readTree(file.toFile()));
    }

    private static PerfTable read(JsonNode report) {
        List<JsonNode> rows = new ArrayList<>();
        int cases = 0;
        long wrong = 0;
        for (JsonNode row : report.get("rows")) {
            rows.add(row);
            for (String place : PLACES) {
                JsonNode wrongHere = row.path(place).path("wrong");
                if (wrongHere.isNumber()) {
                    cases++;
                    wrong += wrongHere.asLong();
                }
            }
        }
        return new PerfTable(cases, wrong, rows);
    }
}
