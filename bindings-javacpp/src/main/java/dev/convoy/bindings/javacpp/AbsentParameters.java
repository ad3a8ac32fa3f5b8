/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.javacpp;

import dev.convoy.bindings.AbsentFunctionException;
import dev.convoy.bindings.NativeFunction;
import dev.convoy.bindings.NcclFunction;
import dev.convoy.bindings.NcclParameters;

/** NCCL's functions about parameters, which are newer than JavaCPP's bindings. */
interface AbsentParameters extends NcclParameters {
    /** The reason. */
    AbsentFunctionException absent(NativeFunction function);

    @Override
    default int paramBind(long handleOut, long key) {
        throw absent(NcclFunction.PARAM_BIND);
    }

    @Override
    default int paramGetI8(long handle, long value) {
        throw absent(NcclFunction.PARAM_GET_I8);
    }

    @Override
    default int paramGetI16(long handle, long value) {
        throw absent(NcclFunction.PARAM_GET_I16);
    }

    @Override
    default int paramGetI32(long handle, long value) {
        throw absent(NcclFunction.PARAM_GET_I32);
    }

    @Override
    default int paramGetI64(long handle, long value) {
        throw absent(NcclFunction.PARAM_GET_I64);
    }

    @Override
    default int paramGetU8(long handle, long value) {
        throw absent(NcclFunction.PARAM_GET_U8);
    }

    @Override
    default int paramGetU16(long handle, long value) {
        throw absent(NcclFunction.PARAM_GET_U16);
    }

    @Override
    default int paramGetU32(long handle, long value) {
        throw absent(NcclFunction.PARAM_GET_U32);
    }

    @Override
    default int paramGetU64(long handle, long value) {
        throw absent(NcclFunction.PARAM_GET_U64);
    }

    @Override
    default int paramGetStr(long handle, long text) {
        throw absent(NcclFunction.PARAM_GET_STR);
    }

    @Override
    default int paramGet(long handle, long value, int capacity, long length) {
        throw absent(NcclFunction.PARAM_GET);
    }

    @Override
    default int paramGetParameter(long key, long value, long length) {
        throw absent(NcclFunction.PARAM_GET_PARAMETER);
    }

    @Override
    default int paramGetAllParameterKeys(long table, long length) {
        throw absent(NcclFunction.PARAM_GET_ALL_PARAMETER_KEYS);
    }

    @Override
    default void paramDumpAll() {
        throw absent(NcclFunction.PARAM_DUMP_ALL);
    }
}
