/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.javacpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.bindings.CublasFunction;
import dev.convoy.bindings.CudaDeviceFunction;
import dev.convoy.bindings.CudaDriverFunction;
import dev.convoy.bindings.CudaFunction;
import dev.convoy.bindings.HostContract;
import dev.convoy.bindings.HostFunction;
import dev.convoy.bindings.NativeFunction;
import dev.convoy.bindings.NativeFunction.Origin;
import dev.convoy.bindings.NativeRuntime;
import dev.convoy.bindings.NativeRuntime.Kind;
import dev.convoy.bindings.NcclFunction;
import dev.convoy.bindings.Runtimes;
import dev.convoy.bindings.ffm.DynamicLibrary;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/NCCL_COVERAGE.md} says what the tables hold, and is written from them. */
class CoverageTest {
    private static final Path FILE = Path.of("..", "docs", "NCCL_COVERAGE.md");
    private static final String WRITE = "convoy.coverage";

    private static final String INTRODUCTION = """
            # What is bound

            Written by `CoverageTest` from the tables in the code, and compared with them by every build;
            `mvn -pl bindings-javacpp -am verify -Dconvoy.coverage=write` writes it anew.

            - *since*: the release of NCCL in which the function appeared (2.17.1: then or before). A loaded library
              that lacks it is no error; a call then throws an exception that names the function, this release and
              the library's own.
            - *JavaCPP*: whether JavaCPP's bindings, which are of NCCL 2.29.3 and CUDA 13.1, have it.
            - *host runtime*: whether Convoy's own library exports it.
            - *tested by*: the call tests call it in a library that records what arrives; the host tests look at what
              it does in the host runtime, and at an error of it.

            """;

    private final NativeRuntime host = Runtimes.probe(Kind.HOST).runtime().orElseThrow();
    private final Set<NativeFunction> cases = HostContract.tested().collect(Collectors.toSet());
    private final Set<String> javaCpp = javaCppFunctions();
    private DynamicLibrary hostLibrary;

    @Test
    void documentIsWhatTheTablesSay() throws Exception {
        hostLibrary = DynamicLibrary.open(host.library());
        String expected = document();
        if ("write".equals(System.getProperty(WRITE))) {
            Files.writeString(FILE, expected);
        }
        assertThat(Files.exists(FILE) ? Files.readString(FILE) : "")
                .as("%s is out of date; write it anew by: mvn -pl bindings-javacpp -am verify -D%s=write", FILE, WRITE)
                .isEqualTo(expected);
    }

    private String document() {
        List<String> lines = new ArrayList<>(INTRODUCTION.lines().toList());
        section(lines, "NCCL", NcclFunction.values());
        section(lines, "The CUDA runtime", CudaFunction.values());
        section(lines, "The CUDA driver", CudaDriverFunction.values());
        section(lines, "The CUDA driver, of devices", CudaDeviceFunction.values());
        section(lines, "cuBLAS, for the samples", CublasFunction.values());
        section(lines, "The host runtime's extensions", HostFunction.values());
        return String.join("\n", lines).stripTrailing() + "\n";
    }

    private void section(List<String> lines, String title, NativeFunction[] functions) {
        lines.add("## " + title);
        lines.add("");
        lines.add(functions.length + " functions: " + count(functions, this::inJavaCpp) + " through JavaCPP, "
                + count(functions, this::inHost) + " in the host runtime.");
        lines.add("");
        lines.add("| function | since | FFM | JavaCPP | host runtime | tested by |");
        lines.add("| --- | --- | --- | --- | --- | --- |");
        for (NativeFunction function : functions) {
            lines.add(String.format(
                    "| `%s` | %s | yes | %s | %s | %s |",
                    function.symbol(),
                    since(function),
                    mark(inJavaCpp(function)),
                    mark(inHost(function)),
                    testedBy(function)));
        }
        lines.add("");
    }

    private static long count(NativeFunction[] functions, Predicate<NativeFunction> where) {
        return Arrays.stream(functions).filter(where).count();
    }

    private static String since(NativeFunction function) {
        return function.since() == 0
                ? ""
                : function.origin().version(function.since()).replace("NCCL ", "");
    }

    private static String mark(boolean there) {
        return there ? "yes" : "–";
    }

    private boolean inJavaCpp(NativeFunction function) {
        // Of these JavaCPP has more than Convoy calls through it.
        boolean isCalledByFfmOnly = function instanceof CudaDeviceFunction || function instanceof CublasFunction;
        return !isCalledByFfmOnly && javaCpp.contains(function.symbol());
    }

    private boolean inHost(NativeFunction function) {
        return function.origin() != Origin.CUDA_DRIVER
                && function.origin() != Origin.CUBLAS
                && hostLibrary.has(function.symbol());
    }

    private String testedBy(NativeFunction function) {
        boolean hosted = inHost(function) && cases.contains(function);
        if (!inJavaCpp(function)) {
            return hosted ? "`FfmCallTest`, `FfmHostTest`, `JavaCppHostTest`" : "`FfmCallTest`";
        }
        return hosted
                ? "`FfmCallTest`, `JavaCppCallTest`, `FfmHostTest`, `JavaCppHostTest`"
                : "`FfmCallTest`, `JavaCppCallTest`";
    }

    /** What JavaCPP declares, without loading it. */
    private static Set<String> javaCppFunctions() {
        return Stream.of("org.bytedeco.cuda.global.nccl", "org.bytedeco.cuda.global.cudart")
                .flatMap(name -> Arrays.stream(declared(name).getMethods()))
                .map(Method::getName)
                .collect(Collectors.toSet());
    }

    private static Class<?> declared(String name) {
        try {
            return Class.forName(name, false, CoverageTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
