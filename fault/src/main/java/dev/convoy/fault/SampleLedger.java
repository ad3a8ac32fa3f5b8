/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What samples the kept steps were fed with: a count, every sample skipped or taken twice in a pass, and a SHA-256
 * chain over the ids of each global batch. Declared as a {@link HostState} it is rolled back with everything else, so
 * that at the end it tells of exactly the steps whose effect is in the parameters; its hash is the same at any world
 * size and with any faults.
 *
 * <p>Chain: h₀ is 32 zero bytes, hₖ₊₁ = SHA-256(hₖ ‖ pass as 8 bytes ‖ ids as 4 bytes each), big-endian.
 *
 * <p>Used by one thread at a time.
 */
public final class SampleLedger implements HostState, AutoCloseable {
    private static final int HASH_BYTES = 32;
    private static final int HEADER_BYTES = 6 * Long.BYTES + HASH_BYTES;

    private final int samples;
    private final long[] seen;
    private final MessageDigest digest = sha256Digest();
    private final byte[] chain = new byte[HASH_BYTES];
    private byte[] scratch = new byte[0];
    private FedSamples fed;

    private long pass;
    private long distinct;
    private long consumed;
    private long skipped;
    private long duplicated;
    private long vetoed;
    /** Of the batch recorded last; no part of the state, since it is asked for in the same step. */
    private int last;

    /**
     * Creates an empty ledger.
     *
     * @param samples number of samples of the data set; ids are 0 to samples − 1
     * @throws IllegalArgumentException if {@code samples} is below 1
     */
    public SampleLedger(int samples) {
        if (samples < 1) {
            throw new IllegalArgumentException("a ledger needs at least 1 sample, was " + samples);
        }
        this.samples = samples;
        this.seen = new long[(samples + Long.SIZE - 1) / Long.SIZE];
    }

    /**
     * Records what this rank fed to its model in a step, together with what the other ranks did: a collective call, one
     * all-gather of the ids really used. The global batch is taken to be the ranks' parts in rank order.
     *
     * @param step the step being carried out
     * @param pass number of the pass over the data, from 0, never going back
     * @param ids holds this rank's ids
     * @param from first id of this rank, inclusive
     * @param to end of this rank's ids, exclusive; may equal {@code from}
     * @param globalBatch size of the global batch; equal on all ranks, no rank has more than its share rounded up
     * @throws IllegalArgumentException if an id is out of range, the pass goes back, or this rank has more than its
     *     share
     */
    public void feed(Step step, long pass, int[] ids, int from, int to, int globalBatch) {
        if (fed == null) {
            fed = new FedSamples();
        }
        int[] batch = fed.gather(step, ids, from, to, globalBatch);
        record(pass, batch, 0, fed.gathered());
    }

    /**
     * Records a global batch. Every rank must record the same.
     *
     * @param pass number of the pass over the data, from 0, never going back; samples that an earlier pass left out are
     *     counted as skipped once a later one begins
     * @param ids holds the batch's ids
     * @param from first id, inclusive
     * @param to end of the ids, exclusive
     * @throws IllegalArgumentException if an id is out of range or the pass goes back
     */
    public void record(long pass, int[] ids, int from, int to) {
        check(pass, ids, from, to);
        turnTo(pass);
        for (int i = from; i < to; i++) {
            int word = ids[i] >> 6;
            long bit = 1L << ids[i];
            if ((seen[word] & bit) == 0) {
                seen[word] |= bit;
                distinct++;
            } else {
                duplicated++;
            }
        }
        consumed += to - from;
        last = to - from;
        extendChain(pass, ids, from, to);
    }

    private void check(long nextPass, int[] ids, int from, int to) {
        if (nextPass < pass) {
            throw new IllegalArgumentException("pass " + nextPass + " comes after pass " + pass);
        }
        for (int i = from; i < to; i++) {
            if (ids[i] < 0 || ids[i] >= samples) {
                throw new IllegalArgumentException("sample id " + ids[i] + " is not in 0.." + (samples - 1));
            }
        }
    }

    private void turnTo(long nextPass) {
        if (nextPass > pass) {
            skipped += samples - distinct + (nextPass - pass - 1) * samples;
            Arrays.fill(seen, 0);
            distinct = 0;
            pass = nextPass;
        }
    }

    private void extendChain(long nextPass, int[] ids, int from, int to) {
        int bytes = Long.BYTES + (to - from) * Integer.BYTES;
        if (scratch.length < bytes) {
            scratch = new byte[bytes];
        }
        ByteBuffer encoded = ByteBuffer.wrap(scratch).putLong(nextPass);
        for (int i = from; i < to; i++) {
            encoded.putInt(ids[i]);
        }
        digest.update(chain);
        digest.update(scratch, 0, bytes);
        System.arraycopy(digest.digest(), 0, chain, 0, HASH_BYTES);
    }

    /**
     * Samples fed, counting a sample as often as it was fed.
     *
     * @return samples recorded so far
     */
    public long consumed() {
        return consumed;
    }

    /**
     * Samples that a finished pass left out. The pass in progress is not judged.
     *
     * @return skipped samples
     */
    public long skipped() {
        return skipped;
    }

    /**
     * Samples that were fed again within one pass.
     *
     * @return duplicated samples
     */
    public long duplicated() {
        return duplicated;
    }

    /**
     * Says that the step which was fed last is {@link StepVeto vetoed}: its samples had no effect on the state. They
     * stay counted as consumed, and the pass goes on behind them, as where mixed precision skips a step.
     */
    public void markVetoed() {
        vetoed += last;
        last = 0;
    }

    /**
     * Samples that were fed to steps which were vetoed.
     *
     * @return contained in {@link #consumed}
     */
    public long vetoed() {
        return vetoed;
    }

    /**
     * The chain's present value.
     *
     * @return 64 lower-case hexadecimal digits
     */
    public String sha256() {
        return HexFormat.of().formatHex(chain);
    }

    @Override
    public long maxBytes() {
        return HEADER_BYTES + (long) seen.length * Long.BYTES;
    }

    @Override
    public void save(ByteBuffer to) {
        to.putLong(pass)
                .putLong(distinct)
                .putLong(consumed)
                .putLong(skipped)
                .putLong(duplicated)
                .putLong(vetoed);
        to.put(chain);
        to.asLongBuffer().put(seen);
        to.position(to.position() + seen.length * Long.BYTES);
    }

    @Override
    public void load(ByteBuffer from) {
        if (from.remaining() != maxBytes()) {
            throw new IllegalArgumentException(
                    "a ledger of " + samples + " samples has " + maxBytes() + " bytes, this has " + from.remaining());
        }
        pass = from.getLong();
        distinct = from.getLong();
        consumed = from.getLong();
        skipped = from.getLong();
        duplicated = from.getLong();
        vetoed = from.getLong();
        last = 0;
        from.get(chain);
        from.asLongBuffer().get(seen);
        from.position(from.limit());
    }

    /** Frees the device memory that {@link #feed} uses; the figures stay readable. */
    @Override
    public void close() {
        if (fed != null) {
            fed.close();
            fed = null;
        }
    }

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256, which every Java platform must have", e);
        }
    }
}
