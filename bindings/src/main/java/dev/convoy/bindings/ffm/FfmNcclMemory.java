/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import dev.convoy.bindings.NcclFunction;
import dev.convoy.bindings.NcclMemory;

/** {@link NcclMemory} by handles that are linked at their first call. */
interface FfmNcclMemory extends NcclMemory, LinkedLibrary {
    @Override
    default int commRegister(long comm, long address, long bytes, long handleOut) {
        try {
            return (int) table().handle(NcclFunction.COMM_REGISTER).invokeExact(comm, address, bytes, handleOut);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commDeregister(long comm, long handle) {
        try {
            return (int) table().handle(NcclFunction.COMM_DEREGISTER).invokeExact(comm, handle);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int memAlloc(long pointer, long bytes) {
        try {
            return (int) table().handle(NcclFunction.MEM_ALLOC).invokeExact(pointer, bytes);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int memFree(long address) {
        try {
            return (int) table().handle(NcclFunction.MEM_FREE).invokeExact(address);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commWindowRegister(long comm, long address, long bytes, long windowOut, int flags) {
        try {
            return (int) table().handle(NcclFunction.COMM_WINDOW_REGISTER)
                    .invokeExact(comm, address, bytes, windowOut, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commWindowDeregister(long comm, long window) {
        try {
            return (int) table().handle(NcclFunction.COMM_WINDOW_DEREGISTER).invokeExact(comm, window);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int winGetUserPtr(long comm, long window, long pointer) {
        try {
            return (int) table().handle(NcclFunction.WIN_GET_USER_PTR).invokeExact(comm, window, pointer);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int putSignal(
            long local,
            long count,
            int dataType,
            int peer,
            long window,
            long offset,
            int signal,
            int context,
            int flags,
            long comm,
            long stream) {
        try {
            return (int) table().handle(NcclFunction.PUT_SIGNAL)
                    .invokeExact(local, count, dataType, peer, window, offset, signal, context, flags, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int signal(int peer, int signal, int context, int flags, long comm, long stream) {
        try {
            return (int) table().handle(NcclFunction.SIGNAL).invokeExact(peer, signal, context, flags, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int waitSignal(int count, long descriptors, long comm, long stream) {
        try {
            return (int) table().handle(NcclFunction.WAIT_SIGNAL).invokeExact(count, descriptors, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }
}
