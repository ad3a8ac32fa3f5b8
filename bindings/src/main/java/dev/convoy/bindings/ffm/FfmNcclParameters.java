/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import dev.convoy.bindings.NcclFunction;
import dev.convoy.bindings.NcclParameters;

/** {@link NcclParameters} by handles that are linked at their first call. */
interface FfmNcclParameters extends NcclParameters, LinkedLibrary {
    @Override
    default int paramBind(long handleOut, long key) {
        try {
            return (int) table().handle(NcclFunction.PARAM_BIND).invokeExact(handleOut, key);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int paramGetI8(long handle, long value) {
        try {
            return (int) table().handle(NcclFunction.PARAM_GET_I8).invokeExact(handle, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int paramGetI16(long handle, long value) {
        try {
            return (int) table().handle(NcclFunction.PARAM_GET_I16).invokeExact(handle, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int paramGetI32(long handle, long value) {
        try {
            return (int) table().handle(NcclFunction.PARAM_GET_I32).invokeExact(handle, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int paramGetI64(long handle, long value) {
        try {
            return (int) table().handle(NcclFunction.PARAM_GET_I64).invokeExact(handle, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int paramGetU8(long handle, long value) {
        try {
            return (int) table().handle(NcclFunction.PARAM_GET_U8).invokeExact(handle, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int paramGetU16(long handle, long value) {
        try {
            return (int) table().handle(NcclFunction.PARAM_GET_U16).invokeExact(handle, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int paramGetU32(long handle, long value) {
        try {
            return (int) table().handle(NcclFunction.PARAM_GET_U32).invokeExact(handle, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int paramGetU64(long handle, long value) {
        try {
            return (int) table().handle(NcclFunction.PARAM_GET_U64).invokeExact(handle, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int paramGetStr(long handle, long text) {
        try {
            return (int) table().handle(NcclFunction.PARAM_GET_STR).invokeExact(handle, text);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int paramGet(long handle, long value, int capacity, long length) {
        try {
            return (int) table().handle(NcclFunction.PARAM_GET).invokeExact(handle, value, capacity, length);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int paramGetParameter(long key, long value, long length) {
        try {
            return (int) table().handle(NcclFunction.PARAM_GET_PARAMETER).invokeExact(key, value, length);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int paramGetAllParameterKeys(long table, long length) {
        try {
            return (int)
                    table().handle(NcclFunction.PARAM_GET_ALL_PARAMETER_KEYS).invokeExact(table, length);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default void paramDumpAll() {
        try {
            table().handle(NcclFunction.PARAM_DUMP_ALL).invokeExact();
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }
}
