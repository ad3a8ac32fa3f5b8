/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import dev.convoy.fault.HostState;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The mean loss of the steps done so far; of every n-th step where there are many, since it travels with every
 * snapshot. Part of the state, so that a rank that joined late knows the whole course too.
 */
final class LossHistory implements HostState {

    private static final int MOST = 4_096;

    private final long stride;
    private final float[] losses;
    private int count;

    LossHistory(long steps) {
        this.stride = Math.max(1, Math.ceilDiv(steps, MOST));
        this.losses = new float[Math.toIntExact(Math.ceilDiv(steps, stride))];
    }

    void record(long step, float loss) {
        if (step % stride == 0) {
            count = (int) (step / stride);
            losses[count++] = loss;
        }
    }

    double[] losses() {
        double[] copy = new double[count];
        for (int i = 0; i < count; i++) {
            copy[i] = losses[i];
        }
        return copy;
    }

    @Override
    public long maxBytes() {
        return Integer.BYTES + (long) losses.length * Float.BYTES;
    }

    @Override
    public void save(ByteBuffer to) {
        to.putInt(count);
        to.asFloatBuffer().put(losses, 0, count);
        to.position(to.position() + count * Float.BYTES);
    }

    @Override
    public void load(ByteBuffer from) {
        count = from.getInt();
        Arrays.fill(losses, 0);
        from.asFloatBuffer().get(losses, 0, count);
        from.position(from.position() + count * Float.BYTES);
    }
}
