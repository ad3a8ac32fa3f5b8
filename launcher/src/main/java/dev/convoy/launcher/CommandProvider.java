/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

/**
 * Contributes a subcommand to the {@code convoy} command line.
 *
 * <p>Implementations are found through {@link java.util.ServiceLoader}; each is asked once, on the main thread, before
 * the arguments are parsed. A provider must be cheap to create: it is created for every {@code convoy} invocation.
 */
public interface CommandProvider {
    /**
     * Creates the subcommand.
     *
     * <p>Its exit status is what {@code Callable<Integer>.call()} returns: 0 if the job did what was asked, 1 if it
     * failed. A {@link UsageException} or a picocli {@code ParameterException} that leaves it becomes one line and exit
     * status 2; a {@link JobException} one line and exit status 1.
     *
     * @return an object annotated with picocli's {@code @Command} that implements {@code Callable<Integer>}; its
     *     package must be open to module {@code info.picocli}
     */
    Object command();
}
