/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static dev.convoy.bindings.TwoRanks.ok;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What the functions of the CUDA runtime do. */
final class CudaCases {
    private static final int INVALID_VALUE = 1;
    private static final int INVALID_DEVICE = 101;
    private static final int INVALID_HANDLE = 400;
    private static final int WARP_SIZE = 10;
    private static final int DEVICE_TO_DEVICE = 3;
    private static final int NO_KIND = 17;
    private static final int INVALID_DIRECTION = 21;
    private static final int TYPE_DEVICE = 2;
    private static final int NON_BLOCKING = 1;
    private static final int BYTES = 64;

    private static final AtomicLong CALLED_WITH = new AtomicLong();

    private final Map<CudaFunction, ContractCase> cases = new EnumMap<>(CudaFunction.class);

    private CudaCases() {}

    static Map<CudaFunction, ContractCase> all() {
        CudaCases all = new CudaCases();
        all.addDevices();
        all.addErrors();
        all.addMemory();
        all.addStreams();
        all.addEvents();
        return all.cases;
    }

    /** A case with a stream, an event, handles of such that are no more, memory and a place for results. */
    private void add(CudaFunction function, Check check) {
        cases.put(function, runtime -> {
            Cuda cuda = runtime.cuda();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment out = arena.allocate(128, Long.BYTES);
                ok(cuda.setDevice(0));
                ok(cuda.streamCreateWithFlags(out.address(), NON_BLOCKING));
                long stream = out.get(ValueLayout.JAVA_LONG, 0);
                ok(cuda.eventCreateWithFlags(out.address(), 0));
                long event = out.get(ValueLayout.JAVA_LONG, 0);
                ok(cuda.streamCreateWithFlags(out.address(), NON_BLOCKING));
                long deadStream = out.get(ValueLayout.JAVA_LONG, 0);
                ok(cuda.streamDestroy(deadStream));
                ok(cuda.eventCreateWithFlags(out.address(), 0));
                long deadEvent = out.get(ValueLayout.JAVA_LONG, 0);
                ok(cuda.eventDestroy(deadEvent));
                ok(cuda.malloc(out.address(), BYTES));
                long memory = out.get(ValueLayout.JAVA_LONG, 0);
                check.of(cuda, new Fixture(out, stream, event, deadStream, deadEvent, memory));
                ok(cuda.streamSynchronize(stream));
                ok(cuda.free(memory));
                ok(cuda.eventDestroy(event));
                ok(cuda.streamDestroy(stream));
                cuda.getLastError();
            }
        });
    }

    private record Fixture(MemorySegment cell, long stream, long event, long deadStream, long deadEvent, long memory) {
        long out() {
            return cell.address();
        }

        int number() {
            return cell.get(ValueLayout.JAVA_INT, 0);
        }

        long handle() {
            return cell.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** What is tried. */
    @FunctionalInterface
    private interface Check {
        void of(Cuda cuda, Fixture f);
    }

    private void addDevices() {
        add(CudaFunction.GET_DEVICE_COUNT, (cuda, f) -> {
            ok(cuda.getDeviceCount(f.out()));
            assertThat(f.number()).isEqualTo(2);
            assertThat(cuda.getDeviceCount(0)).isEqualTo(INVALID_VALUE);
        });
        Check current = (cuda, f) -> {
            ok(cuda.setDevice(1));
            ok(cuda.getDevice(f.out()));
            assertThat(f.number()).isEqualTo(1);
            assertThat(cuda.setDevice(2)).isEqualTo(INVALID_DEVICE);
            assertThat(cuda.getDevice(0)).isEqualTo(INVALID_VALUE);
            ok(cuda.setDevice(0));
        };
        add(CudaFunction.SET_DEVICE, current);
        add(CudaFunction.GET_DEVICE, current);
        add(CudaFunction.DEVICE_GET_ATTRIBUTE, (cuda, f) -> {
            ok(cuda.deviceGetAttribute(f.out(), WARP_SIZE, 0));
            assertThat(f.number()).isPositive();
            assertThat(cuda.deviceGetAttribute(f.out(), WARP_SIZE, 99)).isEqualTo(INVALID_DEVICE);
        });
        add(CudaFunction.DEVICE_GET_PCI_BUS_ID, (cuda, f) -> {
            ok(cuda.deviceGetPciBusId(f.out(), 32, 1));
            assertThat(f.cell().getString(0, StandardCharsets.US_ASCII)).matches("[0-9A-Fa-f]{4}:.*");
            assertThat(cuda.deviceGetPciBusId(f.out(), 32, 99)).isEqualTo(INVALID_DEVICE);
        });
        add(CudaFunction.DEVICE_SYNCHRONIZE, (cuda, f) -> {
            ok(cuda.memsetAsync(f.memory(), 1, BYTES, f.stream()));
            ok(cuda.deviceSynchronize());
            ok(cuda.streamQuery(f.stream()));
        });
        add(CudaFunction.RUNTIME_GET_VERSION, (cuda, f) -> {
            ok(cuda.runtimeGetVersion(f.out()));
            assertThat(f.number()).isGreaterThanOrEqualTo(12_000);
            assertThat(cuda.runtimeGetVersion(0)).isEqualTo(INVALID_VALUE);
        });
        add(CudaFunction.DRIVER_GET_VERSION, (cuda, f) -> {
            ok(cuda.driverGetVersion(f.out()));
            assertThat(f.number()).isGreaterThanOrEqualTo(12_000);
            assertThat(cuda.driverGetVersion(0)).isEqualTo(INVALID_VALUE);
        });
    }

    private void addErrors() {
        add(
                CudaFunction.GET_ERROR_STRING,
                (cuda, f) -> assertThat(cuda.getErrorString(INVALID_VALUE))
                        .isNotBlank()
                        .isNotEqualTo(cuda.getErrorString(0)));
        add(
                CudaFunction.GET_ERROR_NAME,
                (cuda, f) -> assertThat(cuda.getErrorName(INVALID_VALUE)).isEqualTo("cudaErrorInvalidValue"));
        Check kept = (cuda, f) -> {
            cuda.getLastError();
            assertThat(cuda.getDeviceCount(0)).isEqualTo(INVALID_VALUE);
            assertThat(cuda.peekAtLastError()).isEqualTo(INVALID_VALUE);
            assertThat(cuda.getLastError()).isEqualTo(INVALID_VALUE);
            ok(cuda.peekAtLastError());
            ok(cuda.getLastError());
        };
        add(CudaFunction.GET_LAST_ERROR, kept);
        add(CudaFunction.PEEK_AT_LAST_ERROR, kept);
    }

    private void addMemory() {
        add(CudaFunction.MEM_GET_INFO, (cuda, f) -> {
            ok(cuda.memGetInfo(f.out(), f.out() + 8));
            assertThat(f.handle()).isPositive().isLessThanOrEqualTo(f.cell().get(ValueLayout.JAVA_LONG, 8));
            assertThat(cuda.memGetInfo(0, f.out())).isEqualTo(INVALID_VALUE);
        });
        Check allocated = (cuda, f) -> {
            ok(cuda.malloc(f.out(), BYTES));
            NativeMemory.setLong(f.handle(), 7);
            ok(cuda.free(f.handle()));
            assertThat(cuda.malloc(0, BYTES)).isEqualTo(INVALID_VALUE);
            assertThat(cuda.free(f.out())).isEqualTo(INVALID_VALUE);
        };
        add(CudaFunction.MALLOC, allocated);
        add(CudaFunction.FREE, allocated);
        Check pinned = (cuda, f) -> {
            ok(cuda.hostAlloc(f.out(), BYTES, 0));
            NativeMemory.setLong(f.handle(), 7);
            ok(cuda.freeHost(f.handle()));
            assertThat(cuda.hostAlloc(0, BYTES, 0)).isEqualTo(INVALID_VALUE);
            assertThat(cuda.freeHost(f.out())).isEqualTo(INVALID_VALUE);
        };
        add(CudaFunction.HOST_ALLOC, pinned);
        add(CudaFunction.FREE_HOST, pinned);
        add(CudaFunction.POINTER_GET_ATTRIBUTES, (cuda, f) -> {
            ok(cuda.pointerGetAttributes(f.out(), f.memory()));
            assertThat(f.number()).isEqualTo(TYPE_DEVICE);
            assertThat(f.cell().get(ValueLayout.JAVA_LONG, 8)).isEqualTo(f.memory());
            assertThat(cuda.pointerGetAttributes(0, f.memory())).isEqualTo(INVALID_VALUE);
        });
        add(CudaFunction.MEMSET, (cuda, f) -> {
            ok(cuda.memset(f.memory(), 0x5a, BYTES));
            assertThat(NativeMemory.intAt(f.memory() + BYTES - 4)).isEqualTo(0x5a5a5a5a);
            assertThat(cuda.memset(0, 0x5a, BYTES)).isEqualTo(INVALID_VALUE);
        });
        add(CudaFunction.MEMSET_ASYNC, (cuda, f) -> {
            ok(cuda.memsetAsync(f.memory(), 0x5b, BYTES, f.stream()));
            ok(cuda.streamSynchronize(f.stream()));
            assertThat(NativeMemory.intAt(f.memory())).isEqualTo(0x5b5b5b5b);
            assertThat(cuda.memsetAsync(0, 0x5b, BYTES, f.stream())).isEqualTo(INVALID_VALUE);
        });
        add(CudaFunction.MEMCPY, (cuda, f) -> copied(cuda, f, false));
        add(CudaFunction.MEMCPY_ASYNC, (cuda, f) -> copied(cuda, f, true));
    }

    private static void copied(Cuda cuda, Fixture f, boolean async) {
        long to = f.memory() + BYTES / 2;
        NativeMemory.setLong(f.memory(), 0x0102030405060708L);
        ok(
                async
                        ? cuda.memcpyAsync(to, f.memory(), 8, DEVICE_TO_DEVICE, f.stream())
                        : cuda.memcpy(to, f.memory(), 8, DEVICE_TO_DEVICE));
        ok(cuda.streamSynchronize(f.stream()));
        assertThat(NativeMemory.longAt(to)).isEqualTo(0x0102030405060708L);
        int refused = async
                ? cuda.memcpyAsync(to, f.memory(), 8, NO_KIND, f.stream())
                : cuda.memcpy(to, f.memory(), 8, NO_KIND);
        assertThat(refused).isEqualTo(INVALID_DIRECTION);
    }

    private void addStreams() {
        Check made = (cuda, f) -> {
            ok(cuda.streamCreateWithFlags(f.out(), NON_BLOCKING));
            long stream = f.handle();
            ok(cuda.streamDestroy(stream));
            assertThat(cuda.streamDestroy(stream)).isEqualTo(INVALID_HANDLE);
            assertThat(cuda.streamCreateWithFlags(0, NON_BLOCKING)).isEqualTo(INVALID_VALUE);
            assertThat(cuda.streamCreateWithFlags(f.out(), 0x40)).isEqualTo(INVALID_VALUE);
        };
        add(CudaFunction.STREAM_CREATE_WITH_FLAGS, made);
        add(CudaFunction.STREAM_DESTROY, made);
        Check awaited = (cuda, f) -> {
            ok(cuda.memsetAsync(f.memory(), 1, BYTES, f.stream()));
            ok(cuda.streamSynchronize(f.stream()));
            ok(cuda.streamQuery(f.stream()));
            assertThat(cuda.streamSynchronize(f.deadStream())).isEqualTo(INVALID_HANDLE);
            assertThat(cuda.streamQuery(f.deadStream())).isEqualTo(INVALID_HANDLE);
        };
        add(CudaFunction.STREAM_SYNCHRONIZE, awaited);
        add(CudaFunction.STREAM_QUERY, awaited);
        add(CudaFunction.STREAM_WAIT_EVENT, (cuda, f) -> {
            ok(cuda.eventRecord(f.event(), f.stream()));
            ok(cuda.streamWaitEvent(f.stream(), f.event(), 0));
            assertThat(cuda.streamWaitEvent(f.stream(), f.deadEvent(), 0)).isEqualTo(INVALID_HANDLE);
        });
        add(CudaFunction.LAUNCH_HOST_FUNC, (cuda, f) -> {
            try (Arena arena = Arena.ofConfined()) {
                CALLED_WITH.set(0);
                ok(cuda.launchHostFunc(f.stream(), hostFunction(arena), 4711));
                ok(cuda.streamSynchronize(f.stream()));
                assertThat(CALLED_WITH.get()).isEqualTo(4711);
                assertThat(cuda.launchHostFunc(f.stream(), 0, 0)).isEqualTo(INVALID_VALUE);
            }
        });
    }

    private static void called(long data) {
        CALLED_WITH.set(data);
    }

    @SuppressWarnings("restricted")
    private static long hostFunction(Arena arena) {
        try {
            var function = MethodHandles.lookup()
                    .findStatic(CudaCases.class, "called", MethodType.methodType(void.class, long.class));
            return Linker.nativeLinker()
                    .upcallStub(function, FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG), arena)
                    .address();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private void addEvents() {
        Check made = (cuda, f) -> {
            ok(cuda.eventCreateWithFlags(f.out(), 2));
            long event = f.handle();
            ok(cuda.eventDestroy(event));
            assertThat(cuda.eventDestroy(event)).isEqualTo(INVALID_HANDLE);
            assertThat(cuda.eventCreateWithFlags(0, 0)).isEqualTo(INVALID_VALUE);
        };
        add(CudaFunction.EVENT_CREATE_WITH_FLAGS, made);
        add(CudaFunction.EVENT_DESTROY, made);
        Check recorded = (cuda, f) -> {
            ok(cuda.memsetAsync(f.memory(), 1, BYTES, f.stream()));
            ok(cuda.eventRecord(f.event(), f.stream()));
            ok(cuda.eventSynchronize(f.event()));
            ok(cuda.eventQuery(f.event()));
            assertThat(cuda.eventRecord(f.deadEvent(), f.stream())).isEqualTo(INVALID_HANDLE);
            assertThat(cuda.eventSynchronize(f.deadEvent())).isEqualTo(INVALID_HANDLE);
            assertThat(cuda.eventQuery(f.deadEvent())).isEqualTo(INVALID_HANDLE);
        };
        add(CudaFunction.EVENT_RECORD, recorded);
        add(CudaFunction.EVENT_SYNCHRONIZE, recorded);
        add(CudaFunction.EVENT_QUERY, recorded);
        add(CudaFunction.EVENT_ELAPSED_TIME, (cuda, f) -> {
            ok(cuda.eventCreateWithFlags(f.out(), 0));
            long later = f.handle();
            ok(cuda.eventRecord(f.event(), f.stream()));
            ok(cuda.eventRecord(later, f.stream()));
            ok(cuda.eventSynchronize(later));
            f.cell().set(ValueLayout.JAVA_FLOAT, 0, -1);
            ok(cuda.eventElapsedTime(f.out(), f.event(), later));
            assertThat(f.cell().get(ValueLayout.JAVA_FLOAT, 0)).isNotNegative();
            assertThat(cuda.eventElapsedTime(0, f.event(), later)).isEqualTo(INVALID_VALUE);
            ok(cuda.eventDestroy(later));
        });
    }
}
