/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Lets an agent tell what another one of its job wrote into a store from what anybody else did. Values are not secret;
 * they are authentic: whoever follows a forged card would show the agents' common secret to a stranger.
 */
final class StoreSeal {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int TAG_BYTES = 32;

    private final SecretKeySpec key;

    StoreSeal(String secret) {
        key = new SecretKeySpec(secret.getBytes(UTF_8), ALGORITHM);
    }

    /** A name of the secret that does not tell it; the same for all who have it. */
    String fingerprint() {
        return HexFormat.of().formatHex(tag("name", new byte[0]), 0, 8);
    }

    /**
     * Seals a value.
     *
     * @param kind what it is: a value of one kind is not taken for one of another
     * @param value at most as long as the store takes
     */
    byte[] seal(String kind, byte[] value) {
        byte[] sealed = Arrays.copyOf(tag(kind, value), TAG_BYTES + value.length);
        System.arraycopy(value, 0, sealed, TAG_BYTES, value.length);
        return sealed;
    }

    /** The value; empty if nobody who has the secret sealed it as this kind. */
    Optional<byte[]> open(String kind, byte[] sealed) {
        if (sealed.length < TAG_BYTES) {
            return Optional.empty();
        }
        byte[] value = Arrays.copyOfRange(sealed, TAG_BYTES, sealed.length);
        byte[] claimed = Arrays.copyOf(sealed, TAG_BYTES);
        return MessageDigest.isEqual(claimed, tag(kind, value)) ? Optional.of(value) : Optional.empty();
    }

    private byte[] tag(String kind, byte[] value) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(("convoy " + kind).getBytes(UTF_8));
            mac.update((byte) 0);
            return mac.doFinal(value);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks " + ALGORITHM + ", which every Java platform must have", e);
        }
    }
}
