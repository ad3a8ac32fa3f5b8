/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names the issuer of an agent's certificate: a code of the certificate's public key that only those can make who have
 * the agents' common secret. TLS itself shows that the peer has the private key; so nobody between two agents can pass
 * for either, and neither shows the secret before it knows.
 */
final class CertificateSeal {
    private static final String ALGORITHM = "HmacSHA256";
    /** Other values are sealed with the same secret; none of them is taken for this. */
    private static final byte[] KIND = "convoy certificate\0".getBytes(UTF_8);

    private final SecretKeySpec key;

    CertificateSeal(String secret) {
        key = new SecretKeySpec(secret.getBytes(UTF_8), ALGORITHM);
    }

    /** 64 characters, as many as a name in a certificate may have. */
    String of(PublicKey certified) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(key);
        mac.update(KIND);
        return HexFormat.of().formatHex(mac.doFinal(certified.getEncoded()));
    }
}
