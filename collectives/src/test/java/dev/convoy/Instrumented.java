/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Cuda;
import dev.convoy.bindings.HostExtensions;
import dev.convoy.bindings.NativeLibrary;
import dev.convoy.bindings.NativeRuntime;
import dev.convoy.bindings.NativeRuntime.Kind;
import dev.convoy.bindings.Nccl;
import dev.convoy.bindings.Runtimes;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * A runtime of its own over the host library that notes every native call, and answers in the library's place if told.
 */
final class Instrumented {
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final ConvoyRuntime runtime;

    /** A native call, by the name of the method that stands for it. */
    record Call(String function, List<Object> arguments) {}

    /** What a function does instead. */
    @FunctionalInterface
    interface Answer {
        Object to(List<Object> arguments, Supplier<Object> library);
    }

    private Instrumented(Kind kind, boolean hasExtensions, Set<String> absent) {
        this(kind, hasExtensions, absent, Set.of());
    }

    private Instrumented(Kind kind, boolean hasExtensions, Set<String> absent, Set<String> answered) {
        answer("supports", (arguments, library) -> {
            String function = (String) arguments.getFirst();
            return answered.contains(function) || !absent.contains(function) && (boolean) library.get();
        });
        NativeRuntime host = Runtimes.probe(Kind.HOST).runtime().orElseThrow();
        Optional<HostExtensions> extensions =
                host.extensions().filter(_ -> hasExtensions).map(e -> noting(HostExtensions.class, e));
        runtime = new ConvoyRuntime(new NativeRuntime(
                kind,
                noting(Nccl.class, host.nccl()),
                noting(Cuda.class, host.cuda()),
                extensions,
                host.library(),
                host.version(),
                1));
    }

    /** As the host runtime. */
    static Instrumented host() {
        return new Instrumented(Kind.HOST, true, Set.of());
    }

    /** As the host runtime, of a version that has not all functions. */
    static Instrumented hostWithout(String... functions) {
        return new Instrumented(Kind.HOST, true, Set.of(functions));
    }

    /** As NVIDIA's libraries: no extensions, memory that the CPU does not see, aborts in groups. */
    static Instrumented cuda() {
        return new Instrumented(Kind.CUDA, false, Set.of());
    }

    /** The same with graphs, whose functions the test answers. */
    static Instrumented cudaWithGraphs() {
        return new Instrumented(Kind.CUDA, false, Set.of(), Set.copyOf(Capability.GRAPHS.functions()));
    }

    ConvoyRuntime runtime() {
        return runtime;
    }

    Device device() {
        return runtime.device(0);
    }

    List<Call> calls() {
        return calls;
    }

    List<String> functions() {
        return calls.stream().map(Call::function).toList();
    }

    List<Call> callsOf(String function) {
        return calls.stream().filter(call -> call.function().equals(function)).toList();
    }

    void forget() {
        calls.clear();
    }

    /** Has a function answered here from now on. */
    void answer(String function, Answer answer) {
        answers.put(function, answer);
    }

    void answerAsTheLibrary(String function) {
        answers.remove(function);
    }

    private <T> T noting(Class<T> type, T library) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (_, method, arguments) -> call(library, method, arguments)));
    }

    private Object call(Object library, Method method, Object[] arguments) throws Throwable {
        List<Object> given = arguments == null ? List.of() : List.of(arguments);
        boolean isNative =
                method.getDeclaringClass() != NativeLibrary.class && method.getDeclaringClass() != Object.class;
        if (isNative) {
            calls.add(new Call(method.getName(), given));
        }
        Answer answer = answers.get(method.getName());
        return answer == null
                ? invoke(library, method, arguments)
                : answer.to(given, () -> invoke(library, method, arguments));
    }

    private static Object invoke(Object library, Method method, Object[] arguments) {
        try {
            return method.invoke(library, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
