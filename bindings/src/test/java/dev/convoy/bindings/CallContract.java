/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every implementation of the bindings keeps: a call reaches the function that its method is named after, with
 * what it was given and in that order, and its status comes back. The library that is called was compiled with the
 * types of the published interfaces, so a table that is wrong about one shows here.
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class CallContract {
    /** Functions that make a handle, which an implementation may receive in memory of its own at first. */
    private static final Map<String, Integer> MAKERS = Map.of(
            "cudaStreamCreateWithFlags", 0,
            "cudaEventCreateWithFlags", 0,
            "cudaStreamEndCapture", 1,
            "cudaGraphInstantiateWithFlags", 0,
            "cuModuleLoadData", 0,
            "cuModuleGetFunction", 0);

    private static final Map<NativeFunction.Origin, String> PREFIXES = Map.of(
            NativeFunction.Origin.NCCL, "nccl",
            NativeFunction.Origin.CUDA_RUNTIME, "cuda",
            NativeFunction.Origin.CUDA_DRIVER, "cu",
            NativeFunction.Origin.CUBLAS, "cublas",
            NativeFunction.Origin.HOST, "convoy");

    /** The first of the values passed; none is an address that can be used. */
    private static final long FIRST_LONG = 0x7edcba9876543210L;

    private static final int FIRST_INT = -1234567;

    private final Arena arena = Arena.ofAuto();
    private Recorder recorder;

    /** The implementation's tables of a library. */
    public record Tables(Nccl nccl, Cuda cuda, CudaDriver driver, HostExtensions extensions) {}

    private Tables tables;

    /** Opens a library that has all functions. */
    protected abstract Tables open(Path library) throws Exception;

    /** Which way the implementation calls by. */
    protected abstract Binding binding();

    /** The newest release whose functions the implementation knows. */
    protected abstract int newest();

    @TempDir
    private Path folder;

    final void open() throws Exception {
        if (tables == null) {
            recorder = Recorder.compile(folder);
            tables = open(recorder.file());
        }
    }

    @TestFactory
    Stream<DynamicTest> ncclFunctionIsCalled() throws Exception {
        open();
        return calls(Nccl.class, tables.nccl(), NcclFunction.values());
    }

    @TestFactory
    Stream<DynamicTest> cudaFunctionIsCalled() throws Exception {
        open();
        return calls(Cuda.class, tables.cuda(), CudaFunction.values());
    }

    @TestFactory
    Stream<DynamicTest> driverFunctionIsCalled() throws Exception {
        open();
        return calls(CudaDriver.class, tables.driver(), CudaDriverFunction.values());
    }

    @TestFactory
    Stream<DynamicTest> extensionIsCalled() throws Exception {
        open();
        return calls(HostExtensions.class, tables.extensions(), HostFunction.values());
    }

    @Test
    void tableTellsWhatItHas() throws Exception {
        open();
        Nccl nccl = tables.nccl();
        assertThat(nccl.binding()).isEqualTo(binding());
        assertThat(nccl.functions())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(NcclFunction.values())
                        .filter(function -> function.since() <= newest())
                        .map(NcclFunction::symbol)
                        .toList())
                .allMatch(nccl::supports);
        assertThat(nccl.supports("cudaMalloc")).isFalse();
        assertThat(nccl.supports("recorder_name")).isFalse();
        nccl.prepare("ncclAllReduce");
        nccl.prepare("recorder_name");
    }

    final Stream<DynamicTest> calls(Class<?> type, Object table, NativeFunction[] functions) {
        return Arrays.stream(functions)
                .map(function -> DynamicTest.dynamicTest(
                        function.symbol(), () -> check(method(type, function), table, function)));
    }

    /** The method of a function: its C name without the prefix, and the types of its shape. */
    private static Method method(Class<?> type, NativeFunction function) {
        String name = function.symbol()
                .substring(PREFIXES.get(function.origin()).length())
                .replaceFirst("_v\\d$", "");
        Method method = Arrays.stream(type.getMethods())
                .filter(candidate -> candidate.getName().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow();
        assertThat(method.getName().substring(0, 1))
                .isEqualTo(name.substring(0, 1).toLowerCase(Locale.ROOT));
        StringBuilder shape = new StringBuilder("(");
        for (Class<?> parameter : method.getParameterTypes()) {
            shape.append(parameter == int.class ? 'I' : 'L');
        }
        shape.append(')')
                .append(method.getReturnType() == int.class ? 'I' : method.getReturnType() == void.class ? 'V' : 'T');
        assertThat(shape).hasToString(function.signature().replace('U', 'L'));
        return method;
    }

    private void check(Method method, Object table, NativeFunction function) throws Exception {
        Object[] arguments = arguments(function);
        if (function.origin() == NativeFunction.Origin.NCCL && function.since() > newest()) {
            checkAbsent(method, table, function, arguments);
            return;
        }
        for (int status : new int[] {0, 5}) {
            recorder.answer(status);
            Object result = method.invoke(table, arguments);
            assertThat(recorder.function()).isEqualTo(function.symbol());
            assertThat(recorder.arguments()).containsExactly(expected(function, arguments));
            checkResult(function, result, status);
        }
        if (MAKERS.containsKey(function.symbol())) {
            assertThat(NativeMemory.longAt((long) arguments[MAKERS.get(function.symbol())]))
                    .isEqualTo(Recorder.HANDLE);
        }
    }

    private static void checkResult(NativeFunction function, Object result, int status) {
        switch (function.signature().charAt(function.signature().length() - 1)) {
            case 'I' -> assertThat(result).isEqualTo(status);
            case 'T' -> assertThat(result).isEqualTo(Recorder.TEXT + function.symbol());
            default -> assertThat(result).isNull();
        }
    }

    private void checkAbsent(Method method, Object table, NativeFunction function, Object[] arguments)
            throws IllegalAccessException {
        try {
            method.invoke(table, arguments);
            throw new AssertionError(function.symbol() + " was called");
        } catch (InvocationTargetException thrown) {
            assertThatExceptionOfType(AbsentFunctionException.class)
                    .isThrownBy(() -> {
                        throw thrown.getCause();
                    })
                    .withMessageContaining(function.symbol() + " is not in")
                    .withMessageContaining(NativeRuntime.versionText(function.since()) + " and newer")
                    .satisfies(absent -> {
                        assertThat(absent.since()).isEqualTo(function.since());
                        assertThat(absent.libraryVersion()).isEqualTo(newest());
                    });
        }
    }

    /** Values of which each is passed once, so that none can stand in another's place. */
    private Object[] arguments(NativeFunction function) {
        String shape = function.signature();
        Object[] arguments = new Object[shape.indexOf(')') - 1];
        for (int i = 0; i < arguments.length; i++) {
            boolean makes = MAKERS.getOrDefault(function.symbol(), -1) == i;
            arguments[i] = switch (shape.charAt(i + 1)) {
                case 'I' -> (Object) (FIRST_INT - i);
                case 'U' -> id().address();
                default -> makes ? arena.allocate(ValueLayout.JAVA_LONG).address() : FIRST_LONG + i;
            };
        }
        return arguments;
    }

    private MemorySegment id() {
        MemorySegment id = arena.allocate(NcclLayouts.UNIQUE_ID);
        for (int i = 0; i < id.byteSize(); i++) {
            id.set(ValueLayout.JAVA_BYTE, i, (byte) (3 * i + 1));
        }
        return id;
    }

    private static long[] expected(NativeFunction function, Object[] arguments) {
        long[] expected = new long[arguments.length];
        for (int i = 0; i < expected.length; i++) {
            boolean makes = MAKERS.getOrDefault(function.symbol(), -1) == i;
            expected[i] = switch (function.signature().charAt(i + 1)) {
                case 'I' -> (int) arguments[i];
                case 'U' ->
                    Recorder.digest(NativeMemory.view((long) arguments[i], 128).toArray(ValueLayout.JAVA_BYTE));
                default -> makes ? 1 : (long) arguments[i];
            };
        }
        return expected;
    }
}
