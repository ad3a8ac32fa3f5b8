/* SPDX-License-Identifier: Apache-2.0 */
import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.fault.ElasticGroup;
import java.util.Arrays;

/** Sums a device buffer over all ranks: {@code convoy run -n 3 -- java samples/programs/AllReduce.java}. */
public final class AllReduce {
    private AllReduce() {}

    public static void main(String[] arguments) {
        try (ElasticGroup group = ElasticGroup.join();
                DeviceBuffer buffer = group.device().allocate(DataType.FLOAT32, 1024)) {
            float[] values = new float[1024];
            Arrays.fill(values, group.rank() + 1);
            buffer.copyFrom(values);
            group.communicator().allReduce(buffer, ReduceOp.SUM, group.stream()).await();
            buffer.copyTo(values);
            System.out.println("rank " + group.rank() + " of " + group.worldSize() + ": " + values[0]);
        }
    }
}
