/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.store.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;

/** Where one job's things lie. */
final class Keys {
    private final String prefix;

    Keys(String job) {
        prefix = "/convoy/jobs/" + job + "/";
    }

    /** There exactly as long as somebody leads; its create revision is the term. */
    ByteSequence leader() {
        return key("leader");
    }

    /** Everything that a leader wrote lies below this. */
    ByteSequence values() {
        return key("values/");
    }

    ByteSequence value(String name) {
        return key("values/" + name);
    }

    ByteSequence epitaph() {
        return key("epitaph");
    }

    private ByteSequence key(String name) {
        return ByteSequence.from(prefix + name, UTF_8);
    }
}
