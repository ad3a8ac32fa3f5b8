/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/** NCCL's functions that read its own parameters, from 2.30.4 on. */
public interface NcclParameters extends NativeLibrary {
    /**
     * Looks a parameter up by its key.
     *
     * @param handleOut address of an {@code ncclParamHandle_t} that receives the handle, which the library owns
     * @param key address of the key, a C string
     * @return an {@code ncclResult_t}
     */
    int paramBind(long handleOut, long key);

    /**
     * Reads a parameter as a signed integer of 8 bits.
     *
     * @param handle handle of the parameter
     * @param value address of an {@code int8_t} that receives the value
     * @return an {@code ncclResult_t}
     */
    int paramGetI8(long handle, long value);

    /**
     * Reads a parameter as a signed integer of 16 bits.
     *
     * @param handle handle of the parameter
     * @param value address of an {@code int16_t} that receives the value
     * @return an {@code ncclResult_t}
     */
    int paramGetI16(long handle, long value);

    /**
     * Reads a parameter as a signed integer of 32 bits.
     *
     * @param handle handle of the parameter
     * @param value address of an {@code int32_t} that receives the value
     * @return an {@code ncclResult_t}
     */
    int paramGetI32(long handle, long value);

    /**
     * Reads a parameter as a signed integer of 64 bits.
     *
     * @param handle handle of the parameter
     * @param value address of an {@code int64_t} that receives the value
     * @return an {@code ncclResult_t}
     */
    int paramGetI64(long handle, long value);

    /**
     * Reads a parameter as an unsigned integer of 8 bits.
     *
     * @param handle handle of the parameter
     * @param value address of an {@code uint8_t} that receives the value
     * @return an {@code ncclResult_t}
     */
    int paramGetU8(long handle, long value);

    /**
     * Reads a parameter as an unsigned integer of 16 bits.
     *
     * @param handle handle of the parameter
     * @param value address of an {@code uint16_t} that receives the value
     * @return an {@code ncclResult_t}
     */
    int paramGetU16(long handle, long value);

    /**
     * Reads a parameter as an unsigned integer of 32 bits.
     *
     * @param handle handle of the parameter
     * @param value address of an {@code uint32_t} that receives the value
     * @return an {@code ncclResult_t}
     */
    int paramGetU32(long handle, long value);

    /**
     * Reads a parameter as an unsigned integer of 64 bits.
     *
     * @param handle handle of the parameter
     * @param value address of an {@code uint64_t} that receives the value
     * @return an {@code ncclResult_t}
     */
    int paramGetU64(long handle, long value);

    /**
     * Reads a parameter as text.
     *
     * @param handle handle of the parameter
     * @param text address of a {@code const char*} that receives the text; it is valid until this thread asks again
     * @return an {@code ncclResult_t}
     */
    int paramGetStr(long handle, long text);

    /**
     * Reads a parameter as the bytes that it is stored in.
     *
     * @param handle handle of the parameter
     * @param value address that receives the bytes
     * @param capacity how many bytes fit there
     * @param length address of an {@code int} that receives how many there are
     * @return an {@code ncclResult_t}
     */
    int paramGet(long handle, long value, int capacity, long length);

    /**
     * Reads a parameter as text by its key.
     *
     * @param key address of the key, a C string
     * @param value address of a {@code const char*} that receives the text; it is valid until this thread asks again
     * @param length address of an {@code int} that receives its length in bytes
     * @return an {@code ncclResult_t}
     */
    int paramGetParameter(long key, long value, long length);

    /**
     * Lists the keys of the documented parameters; of all, if the environment holds {@code NCCL_PARAM_DUMP_ALL=true}.
     *
     * @param table address of a {@code const char**} that receives the array of keys; it is valid until this thread
     *     asks again
     * @param length address of an {@code int} that receives the length of the array
     * @return an {@code ncclResult_t}
     */
    int paramGetAllParameterKeys(long table, long length);

    /** Writes the parameters to the library's log. */
    void paramDumpAll();
}
