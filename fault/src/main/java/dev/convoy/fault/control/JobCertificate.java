/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;

/**
 * A key and a certificate that an agent makes for itself and nobody signs: its ranks know it by its hash, and other
 * agents by its {@link CertificateSeal}, which stands in the place of the issuer's name. Written here because the JDK
 * reads certificates and makes none; it is the smallest one that TLS 1.3 takes.
 */
final class JobCertificate {
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int INTEGER = 0x02;
    private static final int BITS = 0x03;
    private static final int OID = 0x06;
    private static final int UTF8 = 0x0c;
    private static final int TIME = 0x18;
    private static final int VERSION = 0xa0;
    private static final int SERIAL_BITS = 120;
    private static final String NAME = "convoy job";
    /** It lives as long as its job; peers compare its hash and no date. */
    private static final byte[] FROM = text("20200101000000Z");

    private static final byte[] UNTIL = text("99991231235959Z");
    private static final byte[] ECDSA_WITH_SHA256 = {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02};
    private static final byte[] COMMON_NAME = {0x55, 0x04, 0x03};

    private final PrivateKey key;
    private final X509Certificate certificate;

    private JobCertificate(PrivateKey key, X509Certificate certificate) {
        this.key = key;
        this.certificate = certificate;
    }

    /** One that names nobody for its issuer. */
    static JobCertificate create() throws GeneralSecurityException {
        return create(certified -> NAME);
    }

    /** One whose issuer are the holders of a secret. */
    static JobCertificate create(CertificateSeal seal) throws GeneralSecurityException {
        return create(seal::of);
    }

    /** Tells an issuer's name. */
    interface Issuer {
        String of(PublicKey certified) throws GeneralSecurityException;
    }

    static JobCertificate create(Issuer issuer) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        byte[] algorithm = der(SEQUENCE, der(OID, ECDSA_WITH_SHA256));
        byte[] serial = new BigInteger(SERIAL_BITS, new SecureRandom()).toByteArray();
        byte[] toBeSigned = der(
                SEQUENCE,
                join(
                        der(VERSION, der(INTEGER, new byte[] {2})),
                        der(INTEGER, serial),
                        algorithm,
                        name(issuer.of(pair.getPublic())),
                        der(SEQUENCE, join(der(TIME, FROM), der(TIME, UNTIL))),
                        name(NAME),
                        pair.getPublic().getEncoded()));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(pair.getPrivate());
        signature.update(toBeSigned);
        byte[] whole = der(SEQUENCE, join(toBeSigned, algorithm, der(BITS, join(new byte[] {0}, signature.sign()))));
        X509Certificate certificate = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
        return new JobCertificate(pair.getPrivate(), certificate);
    }

    PrivateKey key() {
        return key;
    }

    X509Certificate certificate() {
        return certificate;
    }

    /** Whether a certificate was made by a holder of the secret, for the key that it shows. */
    static boolean isIssuedBy(CertificateSeal seal, X509Certificate certificate) throws GeneralSecurityException {
        byte[] expected = name(seal.of(certificate.getPublicKey()));
        return MessageDigest.isEqual(
                expected, certificate.getIssuerX500Principal().getEncoded());
    }

    private static byte[] name(String common) {
        return der(SEQUENCE, der(SET, der(SEQUENCE, join(der(OID, COMMON_NAME), der(UTF8, text(common))))));
    }

    private static byte[] text(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            byte[] length = BigInteger.valueOf(content.length).toByteArray();
            int skip = length[0] == 0 ? 1 : 0;
            out.write(0x80 | (length.length - skip));
            out.write(length, skip, length.length - skip);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
