/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.convoy.bindings.HostExtensions;
import dev.convoy.bindings.NativeMemory;
import java.lang.invoke.MethodHandle;

/** The extensions of the host runtime through the Foreign Function and Memory API. */
record FfmHostExtensions(
        FunctionTable table,
        MethodHandle hostVersionHandle,
        MethodHandle streamWaitHandle,
        MethodHandle eventWaitHandle,
        MethodHandle commFailedRanksHandle,
        MethodHandle commWaitReadyHandle,
        MethodHandle commProgressHandle)
        implements HostExtensions, LinkedLibrary {
    static FfmHostExtensions link(FunctionTable functions) {
        return new FfmHostExtensions(
                functions,
                functions.text("convoyHostVersion"),
                functions.status("convoyStreamWait", JAVA_LONG, JAVA_LONG),
                functions.status("convoyEventWait", JAVA_LONG, JAVA_LONG),
                functions.status("convoyCommFailedRanks", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG),
                functions.status("convoyCommWaitReady", JAVA_LONG, JAVA_LONG),
                functions.status("convoyCommProgress", JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    @Override
    public String hostVersion() {
        try {
            return NativeMemory.text((long) hostVersionHandle.invokeExact());
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int streamWait(long stream, long maxNanos) {
        try {
            return (int) streamWaitHandle.invokeExact(stream, maxNanos);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int eventWait(long event, long maxNanos) {
        try {
            return (int) eventWaitHandle.invokeExact(event, maxNanos);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commFailedRanks(long comm, long failed, int capacity, long countOut) {
        try {
            return (int) commFailedRanksHandle.invokeExact(comm, failed, capacity, countOut);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commWaitReady(long comm, long maxNanos) {
        try {
            return (int) commWaitReadyHandle.invokeExact(comm, maxNanos);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commProgress(long comm, long enqueued, long completed) {
        try {
            return (int) commProgressHandle.invokeExact(comm, enqueued, completed);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }
}
