/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.bindings.NativeRuntime.Kind;
import dev.convoy.bindings.Runtimes;
import java.lang.reflect.Field;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.nccl;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Convoy's numbers against those of NVIDIA's header of 2.29.3, which JavaCPP took over as constants. */
class ConstantsTest {
    @BeforeAll
    static void load() {
        assertThat(Runtimes.probe(Kind.HOST).reason()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void dataTypeHasNcclsNumber(DataType type) throws Exception {
        assertThat(type.code()).isEqualTo(theirs(type.name().replace("_", "")));
    }

    @ParameterizedTest
    @EnumSource(ReduceOp.class)
    void operatorHasNcclsNumber(ReduceOp op) throws Exception {
        assertThat(op.code()).isEqualTo(theirs(op.name()));
    }

    @Test
    void thereAreNoMoreTypesAndOperators() {
        assertThat(DataType.values()).hasSize(nccl.ncclNumTypes);
        assertThat(ReduceOp.values()).hasSize(nccl.ncclNumOps);
    }

    @Test
    void statusesAreNcclsAndCudas() {
        assertThat(Status.SUCCESS).isEqualTo(nccl.ncclSuccess).isEqualTo(cudart.cudaSuccess);
        assertThat(Status.NCCL_INVALID_ARGUMENT).isEqualTo(nccl.ncclInvalidArgument);
        assertThat(Status.NCCL_INVALID_USAGE).isEqualTo(nccl.ncclInvalidUsage);
        assertThat(Status.NCCL_REMOTE_ERROR).isEqualTo(nccl.ncclRemoteError);
        assertThat(Status.NCCL_IN_PROGRESS).isEqualTo(nccl.ncclInProgress);
        assertThat(Status.CUDA_OUT_OF_MEMORY).isEqualTo(cudart.cudaErrorMemoryAllocation);
        assertThat(Status.CUDA_NOT_READY).isEqualTo(cudart.cudaErrorNotReady);
    }

    /** A constant of JavaCPP's class, which wants its library for others of them. */
    private static int theirs(String name) throws ReflectiveOperationException {
        Class<?> constants = nccl.class;
        for (Field field : constants.getFields()) {
            if (field.getName().equalsIgnoreCase("nccl" + name)) {
                return field.getInt(null);
            }
        }
        throw new NoSuchFieldException("nccl" + name);
    }
}
