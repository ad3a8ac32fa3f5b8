/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.MemberId;
import dev.convoy.launcher.JobRequest;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;

/**
 * Starts ranks, all from one thread.
 *
 * <p>The system sends a rank its parent-death signal when the <em>thread</em> that forked it ends, not the process. So
 * that thread must live as long as any rank does: close this last.
 */
final class Spawner implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("convoy-spawner").daemon().factory());
    private final List<String> command;
    private final RankProcess.Sinks sinks;
    private final RankProcess.ExitListener onExit;
    private final BiConsumer<MemberId, String> onFailure;

    /**
     * Prepares to start ranks.
     *
     * @param request the job
     * @param program resolved first word of its command
     * @param execHelper the program that sets the parent-death signal
     * @param onExit told of each process's end, on some thread
     * @param onFailure told of a process that could not be started, on the spawner's thread
     */
    Spawner(
            JobRequest request,
            Path program,
            Path execHelper,
            RankProcess.ExitListener onExit,
            BiConsumer<MemberId, String> onFailure) {
        this.command = command(request, program, execHelper);
        this.sinks = RankProcess.Sinks.of(request.output());
        this.onExit = onExit;
        this.onFailure = onFailure;
    }

    private static List<String> command(JobRequest request, Path program, Path execHelper) {
        List<String> resolved = new ArrayList<>(request.command());
        resolved.set(0, program.toString());
        List<String> command = new ArrayList<>();
        command.add(execHelper.toString());
        command.add(Long.toString(ProcessHandle.current().pid()));
        command.add("--");
        command.addAll(JavaCommand.complete(resolved, ConvoyClassPath.get()));
        return List.copyOf(command);
    }

    /** Starts a process; returns at once. */
    void spawn(RankProcess process, Map<String, String> environment) {
        thread.execute(() -> start(process, environment));
    }

    private void start(RankProcess process, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectInput(new File("/dev/null"));
        if (sinks.out() == null) {
            builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        }
        try {
            process.start(builder, sinks, onExit);
        } catch (IOException e) {
            onFailure.accept(process.member(), String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            // Such as a machine that has no thread left. If it ended this thread, it would kill all other ranks.
            process.kill();
            onFailure.accept(process.member(), e.toString());
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
