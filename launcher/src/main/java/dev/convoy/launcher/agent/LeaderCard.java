/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What the agent that leads tells the others about itself.
 *
 * @param job which job it leads: another one may have begun at the same rendezvous
 * @param node its node
 * @param host where it listens for the other agents
 * @param port its port there
 */
record LeaderCard(String job, int node, String host, int port) {
    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(job);
            out.writeInt(node);
            out.writeUTF(host);
            out.writeInt(port);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads one that was sealed.
     *
     * @throws IOException if it is of another version
     */
    static LeaderCard of(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return new LeaderCard(in.readUTF(), in.readInt(), in.readUTF(), in.readInt());
        }
    }
}
