/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.bindings.NativeRuntime.Kind;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every implementation of the bindings does with the host runtime: each function is called, its result looked at
 * and an error provoked. Functions that the host runtime or the implementation lacks are skipped, and named.
 */
public abstract class HostContract {
    /** The newest release whose interface the host runtime has; what is newer, it need not have. */
    private static final int HOST_INTERFACE = 2_29_03;

    /** Which way the implementation calls by. */
    protected abstract Binding binding();

    private static NativeRuntime runtime() {
        RuntimeProbe probe = Runtimes.probe(Kind.HOST);
        return probe.runtime().orElseThrow(() -> new AssertionError(probe.reason()));
    }

    private static Map<NcclFunction, ContractCase> nccl() {
        Map<NcclFunction, ContractCase> cases = new EnumMap<>(NcclFunction.class);
        cases.putAll(CommunicatorCases.all());
        cases.putAll(OperationCases.all());
        cases.putAll(MemoryCases.all());
        return cases;
    }

    /** The functions that have a case here. */
    public static Stream<NativeFunction> tested() {
        return Stream.of(nccl(), CudaCases.all(), ExtensionCases.all()).flatMap(cases -> cases.keySet().stream());
    }

    @Test
    void implementationIsTheOneThatIsTested() {
        assertThat(runtime().nccl().binding()).isEqualTo(binding());
        assertThat(runtime().cuda().binding()).isEqualTo(binding());
    }

    @Test
    void everyFunctionHasACase() {
        assertThat(nccl())
                .containsOnlyKeys(Arrays.stream(NcclFunction.values())
                        .filter(function -> function.since() <= HOST_INTERFACE)
                        .toArray(NcclFunction[]::new));
        assertThat(CudaCases.all())
                .containsOnlyKeys(Arrays.stream(CudaFunction.values())
                        .filter(function -> !CudaFunction.GRAPHS.contains(function))
                        .toArray(CudaFunction[]::new));
        assertThat(ExtensionCases.all()).containsOnlyKeys(HostFunction.values());
    }

    @TestFactory
    Stream<DynamicTest> ncclFunctionDoesItsWork() {
        return tests(nccl(), runtime().nccl());
    }

    @TestFactory
    Stream<DynamicTest> cudaFunctionDoesItsWork() {
        return tests(CudaCases.all(), runtime().cuda());
    }

    @TestFactory
    Stream<DynamicTest> extensionDoesItsWork() {
        return tests(ExtensionCases.all(), runtime().extensions().orElseThrow());
    }

    private static Stream<DynamicTest> tests(Map<? extends NativeFunction, ContractCase> cases, NativeLibrary library) {
        return cases.entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey().symbol(), () -> {
                    String symbol = each.getKey().symbol();
                    Assumptions.assumeTrue(
                            library.supports(symbol), () -> "the host runtime has no " + symbol + " yet");
                    each.getValue().check(runtime());
                }));
    }
}
