/* SPDX-License-Identifier: Apache-2.0 */
import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.fault.ElasticGroup;

/**
 * Fits y = ax + b to points on a line, and goes on when a rank is lost: {@code convoy run -n 3 --fault kill:1@250 --
 * java samples/programs/FitALine.java}.
 */
public final class FitALine {
    private static final int POINTS = 64;

    private FitALine() {}

    public static void main(String[] arguments) throws Exception {
        try (ElasticGroup group = ElasticGroup.join();
                DeviceBuffer slope = group.device().allocate(DataType.FLOAT32, 2)) {
            DeviceBuffer line = group.replicated("line", DataType.FLOAT32, 2);
            float[] ab = new float[2];
            group.run(500, step -> {
                line.copyTo(ab);
                slope.copyFrom(slopeOfLoss(ab, step.from(POINTS), step.to(POINTS)));
                step.communicator()
                        .allReduce(slope, ReduceOp.SUM, step.stream())
                        .await();
                float[] sum = new float[2];
                slope.copyTo(sum);
                line.copyFrom(new float[] {ab[0] - 0.5f * sum[0] / POINTS, ab[1] - 0.5f * sum[1] / POINTS});
            });
            line.copyTo(ab);
            System.out.printf("rank %d of %d: y = %.3fx %+.3f%n", group.rank(), group.worldSize(), ab[0], ab[1]);
        }
    }

    /** Of half the squared error, summed over points {@code [from, to)} of y = 3x − 1. */
    private static float[] slopeOfLoss(float[] ab, int from, int to) {
        float[] slope = new float[2];
        for (int point = from; point < to; point++) {
            float x = 2f * point / POINTS - 1;
            float error = ab[0] * x + ab[1] - (3 * x - 1);
            slope[0] += error * x;
            slope[1] += error;
        }
        return slope;
    }
}
