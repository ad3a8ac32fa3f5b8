/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

import dev.convoy.RuntimeKind;
import dev.convoy.bindings.Cublas;
import dev.convoy.bindings.CublasFunction;
import dev.convoy.bindings.CublasProbe;
import dev.convoy.bindings.LibraryRefusedException;
import dev.convoy.bindings.NativeFunction;
import dev.convoy.bindings.NativeResources;
import dev.convoy.bindings.NativeRuntime.Kind;
import dev.convoy.bindings.Nccl;
import dev.convoy.bindings.NcclConfig;
import dev.convoy.bindings.NcclFunction;
import dev.convoy.bindings.NcclLayouts;
import dev.convoy.bindings.Runtimes;
import dev.convoy.bindings.ffm.DynamicLibrary;
import dev.convoy.bindings.ffm.FfmLibraries;
import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.SkippedException;
import dev.convoy.cudatests.Trial;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/** What NCCL itself does on any machine, with or without a GPU: that it is the library that the bindings know. */
public final class LibraryTrial implements Trial {
    private static final int SUCCESS = 0;
    private static final int INVALID_ARGUMENT = 4;
    private static final int INVALID_USAGE = 5;
    private static final int LAST_STATUS = 7;
    private static final int UNHANDLED_CUDA_ERROR = 1;
    private static final int BEFORE_DEVICES = 3;
    private static final int OLDEST = 2_19_00;

    /** Made by the list of trials. */
    public LibraryTrial() {}

    @Override
    public String name() {
        return "library";
    }

    @Override
    public String run(Bench bench) {
        DynamicLibrary library = open(bench.kind());
        Nccl nccl = FfmLibraries.nccl(library);
        int version = version(nccl);
        String text = NativeFunction.Origin.NCCL.version(version);
        bench.say("%s in %s", text, library.fileOf("ncclGetVersion"));
        Check.that(version >= OLDEST, text + " is older than 2.19");
        int functions = functions(bench, nccl, version);
        uniqueIds(nccl);
        texts(nccl);
        Check.equal(SUCCESS, nccl.groupStart(), "ncclGroupStart");
        Check.equal(SUCCESS, nccl.groupEnd(), "ncclGroupEnd of an empty group");
        int refusals = refusals(bench, nccl, version);
        bench.say("%s", cublas());
        return text + ": " + functions + " functions are there as their releases say, " + refusals
                + " wrong calls refused";
    }

    private static DynamicLibrary open(RuntimeKind kind) {
        String usual = kind == RuntimeKind.HOST
                ? NativeResources.library("libconvoy_host.so").toString()
                : "libnccl.so.2";
        try {
            return DynamicLibrary.open(
                    kind == RuntimeKind.HOST ? usual : System.getProperty("convoy.nccl.library", usual));
        } catch (LibraryRefusedException e) {
            throw new SkippedException("no NCCL here: " + e.getMessage());
        }
    }

    private static int version(Nccl nccl) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(ValueLayout.JAVA_INT);
            Check.equal(SUCCESS, nccl.getVersion(cell.address()), "ncclGetVersion");
            return cell.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** Every function is in the releases that the table says, and in no older one. */
    private static int functions(Bench bench, Nccl nccl, int version) {
        List<String> missing = Arrays.stream(NcclFunction.values())
                .filter(function -> function.since() <= version && !nccl.supports(function.symbol()))
                .map(NcclFunction::symbol)
                .toList();
        List<String> early = Arrays.stream(NcclFunction.values())
                .filter(function -> function.since() > version && nccl.supports(function.symbol()))
                .map(NcclFunction::symbol)
                .toList();
        bench.say("functions: %d of %d", nccl.functions().size(), NcclFunction.values().length);
        Check.that(missing.isEmpty(), "not in this release, against the table: " + missing);
        Check.that(early.isEmpty(), "in this release already, against the table: " + early);
        return nccl.functions().size();
    }

    private static void uniqueIds(Nccl nccl) {
        byte[] first = uniqueId(nccl);
        Check.that(!Arrays.equals(first, new byte[first.length]), "a unique id of zeros");
        Check.that(!Arrays.equals(first, uniqueId(nccl)), "two unique ids are the same");
    }

    private static byte[] uniqueId(Nccl nccl) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(NcclLayouts.UNIQUE_ID);
            Check.equal(SUCCESS, nccl.getUniqueId(id.address()), "ncclGetUniqueId");
            return id.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static void texts(Nccl nccl) {
        for (int status = SUCCESS; status <= LAST_STATUS; status++) {
            Check.that(!nccl.getErrorString(status).isBlank(), "no text for status " + status);
        }
    }

    /** What NCCL refuses before it looks for a device; a crash here would be a wrong layout or signature. */
    private static int refusals(Bench bench, Nccl nccl, int version) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment id = arena.allocate(NcclLayouts.UNIQUE_ID);
            Check.equal(SUCCESS, nccl.getUniqueId(id.address()), "ncclGetUniqueId");
            refused(nccl.commCount(0, out.address()), "ncclCommCount of no communicator");
            refused(nccl.commUserRank(0, out.address()), "ncclCommUserRank of no communicator");
            refused(nccl.allReduce(0, 0, 1, 0, 0, 0, 0), "ncclAllReduce on no communicator");
            Check.equal(SUCCESS, nccl.commDestroy(0), "ncclCommDestroy of no communicator");
            NcclConfig config = NcclConfig.allocate(arena, version);
            long bytes = config.memory().get(ValueLayout.JAVA_LONG, 0);
            config.memory().set(ValueLayout.JAVA_INT, Long.BYTES, 0);
            int damaged = nccl.commInitRankConfig(out.address(), 1, id.address(), 0, config.address());
            bench.say("configuration: %d bytes; without its magic number: %s", bytes, nccl.getErrorString(damaged));
            return hasDevice(bench) ? refusedConfiguration(damaged) : withoutDevice(bench, nccl, damaged);
        }
    }

    private static boolean hasDevice(Bench bench) {
        Kind kind = bench.kind() == RuntimeKind.HOST ? Kind.HOST : Kind.CUDA;
        return Runtimes.probe(kind).runtime().isPresent();
    }

    private static int refusedConfiguration(int status) {
        refused(status, "a configuration without its magic number");
        return BEFORE_DEVICES + 1;
    }

    /** NCCL starts CUDA before it looks at a configuration. */
    private static int withoutDevice(Bench bench, Nccl nccl, int status) {
        Check.equal(UNHANDLED_CUDA_ERROR, status, "a communicator without a device");
        String said = nccl.getLastError(0);
        bench.say("without a device: %s", said.strip());
        Check.that(said.contains("CUDA"), "the last error does not speak of CUDA: " + said);
        return BEFORE_DEVICES;
    }

    /** That cuBLAS is the library that the bindings know; it is optional. */
    private static String cublas() {
        CublasProbe probe = Runtimes.cublas();
        if (probe.cublas().isEmpty()) {
            return probe.reason();
        }
        Cublas cublas = probe.cublas().get();
        Check.equal(
                CublasFunction.values().length,
                cublas.functions().size(),
                "functions of cuBLAS, which are " + cublas.functions());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(ValueLayout.JAVA_INT);
            Check.equal(SUCCESS, cublas.getProperty(0, cell.address()), "cublasGetProperty");
            return "cuBLAS " + cell.get(ValueLayout.JAVA_INT, 0) + " with all functions";
        }
    }

    private static void refused(int status, String what) {
        Check.that(status == INVALID_ARGUMENT || status == INVALID_USAGE, what + " returned " + status);
    }
}
