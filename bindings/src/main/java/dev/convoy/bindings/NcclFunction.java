/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/** NCCL's functions up to 2.30.7, with the release in which each appeared; those of 2.17.1 are 2.17.1 or older. */
public enum NcclFunction implements NativeFunction {
    /** {@code ncclGetVersion}. */
    GET_VERSION("ncclGetVersion", 2_17_01, "(L)I"),
    /** {@code ncclGetUniqueId}. */
    GET_UNIQUE_ID("ncclGetUniqueId", 2_17_01, "(L)I"),
    /** {@code ncclGetErrorString}. */
    GET_ERROR_STRING("ncclGetErrorString", 2_17_01, "(I)T"),
    /** {@code ncclGetLastError}. */
    GET_LAST_ERROR("ncclGetLastError", 2_17_01, "(L)T"),
    /** {@code ncclResetDebugInit}. */
    RESET_DEBUG_INIT("ncclResetDebugInit", 2_24_03, "()V"),
    /** {@code ncclCommInitRank}. */
    COMM_INIT_RANK("ncclCommInitRank", 2_17_01, "(LIUI)I"),
    /** {@code ncclCommInitRankConfig}. */
    COMM_INIT_RANK_CONFIG("ncclCommInitRankConfig", 2_17_01, "(LIUIL)I"),
    /** {@code ncclCommInitRankScalable}. */
    COMM_INIT_RANK_SCALABLE("ncclCommInitRankScalable", 2_23_04, "(LIIILL)I"),
    /** {@code ncclCommInitAll}. */
    COMM_INIT_ALL("ncclCommInitAll", 2_17_01, "(LIL)I"),
    /** {@code ncclCommFinalize}. */
    COMM_FINALIZE("ncclCommFinalize", 2_17_01, "(L)I"),
    /** {@code ncclCommDestroy}. */
    COMM_DESTROY("ncclCommDestroy", 2_17_01, "(L)I"),
    /** {@code ncclCommAbort}. */
    COMM_ABORT("ncclCommAbort", 2_17_01, "(L)I"),
    /** {@code ncclCommRevoke}. */
    COMM_REVOKE("ncclCommRevoke", 2_28_07, "(LI)I"),
    /** {@code ncclCommGetAsyncError}. */
    COMM_GET_ASYNC_ERROR("ncclCommGetAsyncError", 2_17_01, "(LL)I"),
    /** {@code ncclCommCount}. */
    COMM_COUNT("ncclCommCount", 2_17_01, "(LL)I"),
    /** {@code ncclCommCuDevice}. */
    COMM_CU_DEVICE("ncclCommCuDevice", 2_17_01, "(LL)I"),
    /** {@code ncclCommUserRank}. */
    COMM_USER_RANK("ncclCommUserRank", 2_17_01, "(LL)I"),
    /** {@code ncclCommSplit}. */
    COMM_SPLIT("ncclCommSplit", 2_18_01, "(LIILL)I"),
    /** {@code ncclCommShrink}. */
    COMM_SHRINK("ncclCommShrink", 2_27_03, "(LLILLI)I"),
    /** {@code ncclCommGetUniqueId}. */
    COMM_GET_UNIQUE_ID("ncclCommGetUniqueId", 2_29_02, "(LL)I"),
    /** {@code ncclCommGrow}. */
    COMM_GROW("ncclCommGrow", 2_29_02, "(LILILL)I"),
    /** {@code ncclCommSuspend}. */
    COMM_SUSPEND("ncclCommSuspend", 2_29_07, "(LI)I"),
    /** {@code ncclCommResume}. */
    COMM_RESUME("ncclCommResume", 2_29_07, "(L)I"),
    /** {@code ncclCommMemStats}. */
    COMM_MEM_STATS("ncclCommMemStats", 2_29_07, "(LIL)I"),
    /** {@code ncclCommRegister}. */
    COMM_REGISTER("ncclCommRegister", 2_19_01, "(LLLL)I"),
    /** {@code ncclCommDeregister}. */
    COMM_DEREGISTER("ncclCommDeregister", 2_19_01, "(LL)I"),
    /** {@code ncclMemAlloc}. */
    MEM_ALLOC("ncclMemAlloc", 2_19_01, "(LL)I"),
    /** {@code ncclMemFree}. */
    MEM_FREE("ncclMemFree", 2_19_01, "(L)I"),
    /** {@code ncclCommWindowRegister}. */
    COMM_WINDOW_REGISTER("ncclCommWindowRegister", 2_27_03, "(LLLLI)I"),
    /** {@code ncclCommWindowDeregister}. */
    COMM_WINDOW_DEREGISTER("ncclCommWindowDeregister", 2_27_03, "(LL)I"),
    /** {@code ncclWinGetUserPtr}. */
    WIN_GET_USER_PTR("ncclWinGetUserPtr", 2_29_02, "(LLL)I"),
    /** {@code ncclPutSignal}. */
    PUT_SIGNAL("ncclPutSignal", 2_29_02, "(LLIILLIIILL)I"),
    /** {@code ncclSignal}. */
    SIGNAL("ncclSignal", 2_29_02, "(IIIILL)I"),
    /** {@code ncclWaitSignal}. */
    WAIT_SIGNAL("ncclWaitSignal", 2_29_02, "(ILLL)I"),
    /** {@code ncclRedOpCreatePreMulSum}. */
    RED_OP_CREATE_PRE_MUL_SUM("ncclRedOpCreatePreMulSum", 2_17_01, "(LLIIL)I"),
    /** {@code ncclRedOpDestroy}. */
    RED_OP_DESTROY("ncclRedOpDestroy", 2_17_01, "(IL)I"),
    /** {@code ncclGroupStart}. */
    GROUP_START("ncclGroupStart", 2_17_01, "()I"),
    /** {@code ncclGroupEnd}. */
    GROUP_END("ncclGroupEnd", 2_17_01, "()I"),
    /** {@code ncclGroupSimulateEnd}. */
    GROUP_SIMULATE_END("ncclGroupSimulateEnd", 2_22_03, "(L)I"),
    /** {@code ncclAllReduce}. */
    ALL_REDUCE("ncclAllReduce", 2_17_01, "(LLLIILL)I"),
    /** {@code ncclBroadcast}. */
    BROADCAST("ncclBroadcast", 2_17_01, "(LLLIILL)I"),
    /** {@code ncclBcast}. */
    BCAST("ncclBcast", 2_17_01, "(LLIILL)I"),
    /** {@code ncclReduce}. */
    REDUCE("ncclReduce", 2_17_01, "(LLLIIILL)I"),
    /** {@code ncclAllGather}. */
    ALL_GATHER("ncclAllGather", 2_17_01, "(LLLILL)I"),
    /** {@code ncclReduceScatter}. */
    REDUCE_SCATTER("ncclReduceScatter", 2_17_01, "(LLLIILL)I"),
    /** {@code ncclAlltoAll}. */
    ALL_TO_ALL("ncclAlltoAll", 2_28_03, "(LLLILL)I"),
    /** {@code ncclGather}. */
    GATHER("ncclGather", 2_28_03, "(LLLIILL)I"),
    /** {@code ncclScatter}. */
    SCATTER("ncclScatter", 2_28_03, "(LLLIILL)I"),
    /** {@code ncclSend}. */
    SEND("ncclSend", 2_17_01, "(LLIILL)I"),
    /** {@code ncclRecv}. */
    RECV("ncclRecv", 2_17_01, "(LLIILL)I"),
    /** {@code ncclParamBind}. */
    PARAM_BIND("ncclParamBind", 2_30_04, "(LL)I"),
    /** {@code ncclParamGetI8}. */
    PARAM_GET_I8("ncclParamGetI8", 2_30_04, "(LL)I"),
    /** {@code ncclParamGetI16}. */
    PARAM_GET_I16("ncclParamGetI16", 2_30_04, "(LL)I"),
    /** {@code ncclParamGetI32}. */
    PARAM_GET_I32("ncclParamGetI32", 2_30_04, "(LL)I"),
    /** {@code ncclParamGetI64}. */
    PARAM_GET_I64("ncclParamGetI64", 2_30_04, "(LL)I"),
    /** {@code ncclParamGetU8}. */
    PARAM_GET_U8("ncclParamGetU8", 2_30_04, "(LL)I"),
    /** {@code ncclParamGetU16}. */
    PARAM_GET_U16("ncclParamGetU16", 2_30_04, "(LL)I"),
    /** {@code ncclParamGetU32}. */
    PARAM_GET_U32("ncclParamGetU32", 2_30_04, "(LL)I"),
    /** {@code ncclParamGetU64}. */
    PARAM_GET_U64("ncclParamGetU64", 2_30_04, "(LL)I"),
    /** {@code ncclParamGetStr}. */
    PARAM_GET_STR("ncclParamGetStr", 2_30_04, "(LL)I"),
    /** {@code ncclParamGet}. */
    PARAM_GET("ncclParamGet", 2_30_04, "(LLIL)I"),
    /** {@code ncclParamGetParameter}. */
    PARAM_GET_PARAMETER("ncclParamGetParameter", 2_30_04, "(LLL)I"),
    /** {@code ncclParamGetAllParameterKeys}. */
    PARAM_GET_ALL_PARAMETER_KEYS("ncclParamGetAllParameterKeys", 2_30_04, "(LL)I"),
    /** {@code ncclParamDumpAll}. */
    PARAM_DUMP_ALL("ncclParamDumpAll", 2_30_04, "()V");

    private final Prototype prototype;

    NcclFunction(String symbol, int since, String signature) {
        prototype = new Prototype(symbol, since, signature);
    }

    @Override
    public Origin origin() {
        return Origin.NCCL;
    }

    @Override
    public Prototype prototype() {
        return prototype;
    }
}
