/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.StoredPart;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * Reads a durable version by the rules of safetensors and compares it with what {@link SumProgram} has at that step.
 */
final class DurableFiles {
    private static final Pattern TENSOR = Pattern.compile("\"([a-z0-9-]+)(?:\\.shard-(\\d+)-of-(\\d+))?\":"
            + "\\{\"dtype\":\"(\\w+)\",\"shape\":\\[(\\d+)],\"data_offsets\":\\[(\\d+),(\\d+)]}");
    private static final Pattern METADATA = Pattern.compile("\\{\"__metadata__\":\\{([^}]*)}");
    private static final Map<String, Integer> BYTES = Map.of("I64", 8, "U8", 1);

    private DurableFiles() {}

    static void check(Decision.CommitDurable commit, Path folder, int length) throws Exception {
        long[] found = new long[2 * length];
        boolean[] there = new boolean[2 * length];
        for (StoredPart part : commit.parts()) {
            byte[] content = Files.readAllBytes(folder.resolve(part.file()));
            assertThat(content.length).isEqualTo((int) part.bytes());
            assertThat(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content)))
                    .isEqualTo(part.sha256());
            read(ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN), commit, length, found, there);
        }
        assertThat(there).as("elements on disk").doesNotContain(false);
        assertThat(found).isEqualTo(SumProgram.stateBefore(commit.version().step(), length));
    }

    /** Lists the parts, as the agent does once all are there. */
    static void writeManifest(Decision.CommitDurable commit, Path folder) throws Exception {
        String parts = commit.parts().stream()
                .map(part -> "{\"file\": \"" + part.file() + "\", \"bytes\": " + part.bytes() + "}")
                .collect(Collectors.joining(", "));
        Files.writeString(folder.resolve("MANIFEST"), "{\"parts\": [" + parts + "]}");
    }

    private static void read(
            ByteBuffer file, Decision.CommitDurable commit, int length, long[] found, boolean[] there) {
        int headerBytes = Math.toIntExact(file.getLong());
        int data = Long.BYTES + headerBytes;
        String header = new String(file.array(), Long.BYTES, headerBytes, StandardCharsets.UTF_8);
        Matcher metadata = METADATA.matcher(header);
        assertThat(metadata.lookingAt()).as(header).isTrue();
        assertThat(metadata.group(1))
                .contains("\"epoch\":\"" + commit.version().epoch() + '"')
                .contains("\"step\":\"" + commit.version().step() + '"');
        Matcher tensor = TENSOR.matcher(header);
        int at = 0;
        while (tensor.find()) {
            int begin = Integer.parseInt(tensor.group(6));
            int end = Integer.parseInt(tensor.group(7));
            int size = BYTES.get(tensor.group(4));
            assertThat(begin).as("the data has no hole: %s", header).isEqualTo(at);
            assertThat((data + begin) % size).as("alignment: %s", header).isZero();
            assertThat(end - begin).isEqualTo(size * Integer.parseInt(tensor.group(5)));
            requireChecksum(file, data + begin, end - begin, metadata.group(1), tensor);
            numbers(file.slice(data + begin, end - begin).order(ByteOrder.LITTLE_ENDIAN), tensor, length, found, there);
            at = end;
        }
        assertThat(data + at).isEqualTo(file.capacity());
    }

    private static void requireChecksum(ByteBuffer file, int from, int bytes, String metadata, Matcher tensor) {
        CRC32C crc = new CRC32C();
        crc.update(file.array(), from, bytes);
        String name = tensor.group().substring(1, tensor.group().indexOf("\":"));
        assertThat(metadata).contains(String.format("\"crc32c:%s\":\"%08x\"", name, crc.getValue()));
    }

    private static void numbers(ByteBuffer content, Matcher tensor, int length, long[] found, boolean[] there) {
        boolean isShard = tensor.group(1).equals("moments");
        if (!isShard && !tensor.group(1).equals("weights")) {
            return;
        }
        assertThat(tensor.group(2) != null).isEqualTo(isShard);
        int shard = isShard ? Integer.parseInt(tensor.group(2)) : 0;
        int shards = isShard ? Integer.parseInt(tensor.group(3)) : 1;
        int from = (isShard ? length : 0) + length * shard / shards;
        int to = (isShard ? length : 0) + length * (shard + 1) / shards;
        content.asLongBuffer().get(found, from, to - from);
        Arrays.fill(there, from, to, true);
    }
}
