/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.fault.ElasticGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Adds numbers up, so many steps; with a second argument rank 1 makes another call than the others in step 12. */
final class WatchedProgram {
    private static final long ODD_STEP = 12;

    private WatchedProgram() {}

    static List<String> command(Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    public static void main(String[] arguments) throws Exception {
        boolean mismatch = arguments.length > 1;
        try (ElasticGroup group = ElasticGroup.join();
                DeviceBuffer sum = group.device().allocate(DataType.INT64, 16)) {
            DeviceBuffer total = group.replicated("total", DataType.INT64, 16);
            group.sharded("share", DataType.INT64, 64);
            group.run(Long.parseLong(arguments[0]), step -> {
                Thread.sleep(10);
                if (mismatch && step.index() == ODD_STEP && group.launchRank() == 1) {
                    step.communicator().broadcast(sum, 0, step.stream()).await();
                } else {
                    step.communicator()
                            .allReduce(sum, ReduceOp.SUM, step.stream())
                            .await();
                }
                sum.copyTo(new long[16]);
                total.copyFrom(new long[16]);
            });
        }
    }
}
