/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** The few system calls that supervision of processes needs and the JDK does not offer. */
public final class Posix {
    /** Ends a process at once. */
    public static final int SIGKILL = 9;

    /** Lets a stopped process go on. */
    public static final int SIGCONT = 18;

    /** Stops a process. */
    public static final int SIGSTOP = 19;

    private static final int PR_SET_PDEATHSIG = 1;

    private static final MethodHandle KILL = link("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle GETPPID = link("getppid", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle PRCTL = link(
            "prctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));

    private Posix() {}

    /**
     * Sends a signal.
     *
     * @param pid the process
     * @param signal the signal, or 0 to ask only whether the process exists
     * @return 0 if it was sent, -1 if there is no such process or it belongs to somebody else
     */
    public static int kill(int pid, int signal) {
        try {
            return (int) KILL.invokeExact(pid, signal);
        } catch (Throwable e) {
            throw new IllegalStateException("kill", e);
        }
    }

    /**
     * The process id of the parent.
     *
     * @return the id; it changes when the parent dies
     */
    public static int parentPid() {
        try {
            return (int) GETPPID.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("getppid", e);
        }
    }

    /**
     * Has the kernel send this process a signal when the thread that started it ends. The caller then compares
     * {@link #parentPid()}, because the parent may have died before.
     *
     * @param signal the signal, such as {@link #SIGKILL}, or 0 for none
     * @return 0, or -1 if the signal is not one
     */
    public static int setParentDeathSignal(int signal) {
        try {
            return (int) PRCTL.invokeExact(PR_SET_PDEATHSIG, (long) signal, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw new IllegalStateException("prctl", e);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
    }
}
