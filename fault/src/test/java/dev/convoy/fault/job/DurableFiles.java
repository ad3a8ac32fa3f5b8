/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.StoredPart;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** Reads a durable version by its documented format and compares it with what {@link SumProgram} has at that step. */
final class DurableFiles {
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
            read(ByteBuffer.wrap(content), commit, length, found, there);
        }
        assertThat(there).as("elements on disk").doesNotContain(false);
        assertThat(found).isEqualTo(SumProgram.stateBefore(commit.version().step(), length));
    }

    private static void read(
            ByteBuffer file, Decision.CommitDurable commit, int length, long[] found, boolean[] there) {
        byte[] magic = new byte[8];
        file.get(magic);
        assertThat(new String(magic)).isEqualTo("CONVOYP1");
        assertThat(file.getLong()).isEqualTo(commit.version().epoch());
        assertThat(file.getLong()).isEqualTo(commit.version().step());
        file.getLong();
        int sections = file.getInt();
        int at = file.position() + sections * 28;
        for (int i = 0; i < sections; i++) {
            int kind = file.getInt();
            int shard = file.getInt();
            int shards = file.getInt();
            int bytes = (int) file.getLong();
            CRC32C crc = new CRC32C();
            crc.update(file.array(), at, bytes);
            assertThat(file.getLong()).isEqualTo(crc.getValue());
            int from = kind == 0 ? 0 : length + length * shard / shards;
            int to = kind == 0 ? length : length + length * (shard + 1) / shards;
            LongBuffer numbers = ByteBuffer.wrap(file.array(), at, bytes)
                    .slice()
                    .order(ByteOrder.nativeOrder())
                    .asLongBuffer();
            numbers.get(found, from, to - from);
            Arrays.fill(there, from, to, true);
            at += bytes;
        }
        assertThat(at).isEqualTo(file.capacity());
    }
}
