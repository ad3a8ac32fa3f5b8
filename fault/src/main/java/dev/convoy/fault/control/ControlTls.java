/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * TLS 1.3 on control connections and between agents: nobody on the way reads the token or changes a record. The agent
 * makes a certificate for the job and hands its hash to the ranks, with the token; they take that certificate and no
 * other. Another agent has no hash, but the agents' common secret, and takes a certificate that somebody made who has
 * it, too. Who connects shows a token, once it knows to whom. Immutable.
 */
public final class ControlTls {
    private static final String[] PROTOCOLS = {"TLSv1.3"};
    private static final int HASH_BYTES = 32;

    private final SSLContext context;
    private final String fingerprint;

    private ControlTls(KeyManager[] keys, TrustManager[] trusted, String fingerprint) throws GeneralSecurityException {
        context = SSLContext.getInstance(PROTOCOLS[0]);
        context.init(keys, trusted, null);
        this.fingerprint = fingerprint;
    }

    /**
     * The agent's side, with a certificate of its own, for ranks only.
     *
     * @return ready for {@link ControlServer}
     */
    public static ControlTls ofNewCertificate() {
        try {
            return of(JobCertificate.create());
        } catch (GeneralSecurityException e) {
            throw cannotMakeOne(e);
        }
    }

    /**
     * The agent's side, with a certificate of its own that other agents know for one of theirs.
     *
     * @param secret what the agents have in common
     * @return ready for {@link ControlServer} and {@link NodeServer}
     */
    public static ControlTls ofNewCertificate(String secret) {
        try {
            return of(JobCertificate.create(new CertificateSeal(secret)));
        } catch (GeneralSecurityException e) {
            throw cannotMakeOne(e);
        }
    }

    private static IllegalStateException cannotMakeOne(Exception cause) {
        return new IllegalStateException("this JDK cannot make a certificate", cause);
    }

    static ControlTls of(JobCertificate made) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] none = new char[0];
            store.setKeyEntry("job", made.key(), none, new X509Certificate[] {made.certificate()});
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, none);
            byte[] hash = hash(made.certificate());
            return new ControlTls(
                    keys.getKeyManagers(), new TrustManager[0], HexFormat.of().formatHex(hash));
        } catch (GeneralSecurityException | IOException e) {
            throw cannotMakeOne(e);
        }
    }

    /**
     * The side of an agent that joins others.
     *
     * @param secret what the agents have in common
     * @return ready for {@link NodeLink}
     */
    public static ControlTls ofHolders(String secret) {
        return trusting(new Sealed(new CertificateSeal(secret)), "");
    }

    /**
     * A rank's side.
     *
     * @param fingerprint SHA-256 of the agent's certificate, in hexadecimal
     * @return ready for {@link ControlClient}
     * @throws IllegalArgumentException if it is no such hash
     */
    public static ControlTls pinned(String fingerprint) {
        byte[] hash = HexFormat.of().parseHex(fingerprint);
        if (hash.length != HASH_BYTES) {
            throw new IllegalArgumentException(
                    "a certificate's SHA-256 has " + HASH_BYTES + " bytes, not " + hash.length);
        }
        return trusting(new Pinned(hash), fingerprint);
    }

    private static ControlTls trusting(TrustManager trusted, String fingerprint) {
        try {
            return new ControlTls(null, new TrustManager[] {trusted}, fingerprint);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no " + PROTOCOLS[0], e);
        }
    }

    /**
     * What the ranks must know.
     *
     * @return SHA-256 of the certificate, in hexadecimal; empty where any that the agents made is taken
     */
    public String fingerprint() {
        return fingerprint;
    }

    /** The agent's end of a connection; the handshake happens with the first byte. */
    Socket serve(Socket accepted) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(accepted, null, true);
        socket.setUseClientMode(false);
        socket.setEnabledProtocols(PROTOCOLS);
        return socket;
    }

    /** A rank's or joining agent's end of a connection, its peer known for the job's agent. */
    Socket connect(Socket connected, String host, int port) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(connected, host, port, true);
        socket.setEnabledProtocols(PROTOCOLS);
        socket.startHandshake();
        return socket;
    }

    private static byte[] hash(X509Certificate certificate) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    }

    /** Trusts one certificate. */
    private record Pinned(byte[] hash) implements ServerTrust {
        @Override
        public void check(X509Certificate shown) throws GeneralSecurityException {
            if (!MessageDigest.isEqual(hash, ControlTls.hash(shown))) {
                throw new CertificateException("this is not the agent of this job: its certificate is another one");
            }
        }
    }

    /** Trusts the certificates that holders of a secret made. */
    private record Sealed(CertificateSeal seal) implements ServerTrust {
        @Override
        public void check(X509Certificate shown) throws GeneralSecurityException {
            if (!JobCertificate.isIssuedBy(seal, shown)) {
                throw new CertificateException("whoever answers there does not have this agent's secret");
            }
        }
    }

    /** Trusts servers that showed the right certificate; nobody else shows one. */
    private interface ServerTrust extends X509TrustManager {
        void check(X509Certificate shown) throws GeneralSecurityException;

        @Override
        default void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            if (chain.length == 0) {
                throw new CertificateException("no certificate");
            }
            try {
                check(chain[0]);
            } catch (CertificateException e) {
                throw e;
            } catch (GeneralSecurityException e) {
                throw new CertificateException(e);
            }
        }

        @Override
        default void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("who connects shows a token, no certificate");
        }

        @Override
        default X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
