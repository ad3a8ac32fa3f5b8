/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.javacpp;

import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudart.cudaHostFn_t;
import org.bytedeco.cuda.cudart.cudaPointerAttributes;
import org.bytedeco.cuda.nccl.ncclComm;
import org.bytedeco.cuda.nccl.ncclConfig_t;
import org.bytedeco.cuda.nccl.ncclSimInfo_t;
import org.bytedeco.cuda.nccl.ncclUniqueId;
import org.bytedeco.cuda.nccl.ncclWaitSignalDesc_t;
import org.bytedeco.cuda.nccl.ncclWindow_vidmem;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * The pointer objects that JavaCPP's functions want, one set a thread, aimed anew for each call so that a call
 * allocates nothing. None owns what it points to.
 */
final class Arguments {
    private static final ThreadLocal<Arguments> OF_THREAD = ThreadLocal.withInitial(Arguments::new);

    final Address first = new Address();
    final Address second = new Address();
    final Pointers pointers = new Pointers();
    final Pointers extra = new Pointers();
    final Ints ints = new Ints();
    final Floats floats = new Floats();
    final Bytes bytes = new Bytes();
    final Sizes size = new Sizes();
    final Sizes total = new Sizes();
    final Id id = new Id();
    final Config config = new Config();
    final Comm comm = new Comm();
    final Window window = new Window();
    final Simulation simulation = new Simulation();
    final Signals signals = new Signals();
    final Stream stream = new Stream();
    final Event event = new Event();
    final Event end = new Event();
    final Graph graph = new Graph();
    final Executable executable = new Executable();
    final Module module = new Module();
    final Kernel function = new Kernel();
    final Attributes attributes = new Attributes();
    final HostFunction hostFunction = new HostFunction();
    /** What JavaCPP takes for a C function: the address of a structure that begins with the function's. */
    private final LongPointer functionCell = new LongPointer(2);

    private Arguments() {}

    static Arguments ofThread() {
        return OF_THREAD.get();
    }

    /** A host function, by its address. */
    HostFunction hostFunction(long function) {
        return hostFunction.at(function == 0 ? 0 : functionCell.put(0, function).address());
    }

    static final class Address extends Pointer {
        Address() {
            super((Pointer) null);
        }

        Address at(long target) {
            address = target;
            return this;
        }
    }

    static final class Pointers extends PointerPointer<Pointer> {
        Pointers() {
            super((Pointer) null);
        }

        Pointers at(long target) {
            address = target;
            return this;
        }
    }

    static final class Ints extends IntPointer {
        Ints() {
            super((Pointer) null);
        }

        Ints at(long target) {
            address = target;
            return this;
        }
    }

    static final class Floats extends FloatPointer {
        Floats() {
            super((Pointer) null);
        }

        Floats at(long target) {
            address = target;
            return this;
        }
    }

    static final class Bytes extends BytePointer {
        Bytes() {
            super((Pointer) null);
        }

        Bytes at(long target) {
            address = target;
            return this;
        }
    }

    static final class Sizes extends SizeTPointer {
        Sizes() {
            super((Pointer) null);
        }

        Sizes at(long target) {
            address = target;
            return this;
        }
    }

    static final class Id extends ncclUniqueId {
        Id() {
            super((Pointer) null);
        }

        Id at(long target) {
            address = target;
            return this;
        }
    }

    static final class Config extends ncclConfig_t {
        Config() {
            super((Pointer) null);
        }

        Config at(long target) {
            address = target;
            return this;
        }
    }

    static final class Comm extends ncclComm {
        Comm() {
            super((Pointer) null);
        }

        Comm at(long target) {
            address = target;
            return this;
        }
    }

    static final class Window extends ncclWindow_vidmem {
        Window() {
            super((Pointer) null);
        }

        Window at(long target) {
            address = target;
            return this;
        }
    }

    static final class Simulation extends ncclSimInfo_t {
        Simulation() {
            super((Pointer) null);
        }

        Simulation at(long target) {
            address = target;
            return this;
        }
    }

    static final class Signals extends ncclWaitSignalDesc_t {
        Signals() {
            super((Pointer) null);
        }

        Signals at(long target) {
            address = target;
            return this;
        }
    }

    static final class Stream extends CUstream_st {
        Stream() {
            super((Pointer) null);
        }

        Stream at(long target) {
            address = target;
            return this;
        }
    }

    static final class Event extends CUevent_st {
        Event() {
            super((Pointer) null);
        }

        Event at(long target) {
            address = target;
            return this;
        }
    }

    static final class Graph extends CUgraph_st {
        Graph() {
            super((Pointer) null);
        }

        Graph at(long target) {
            address = target;
            return this;
        }
    }

    static final class Executable extends CUgraphExec_st {
        Executable() {
            super((Pointer) null);
        }

        Executable at(long target) {
            address = target;
            return this;
        }
    }

    static final class Module extends CUmod_st {
        Module() {
            super((Pointer) null);
        }

        Module at(long target) {
            address = target;
            return this;
        }
    }

    static final class Kernel extends CUfunc_st {
        Kernel() {
            super((Pointer) null);
        }

        Kernel at(long target) {
            address = target;
            return this;
        }
    }

    static final class Attributes extends cudaPointerAttributes {
        Attributes() {
            super((Pointer) null);
        }

        Attributes at(long target) {
            address = target;
            return this;
        }
    }

    static final class HostFunction extends cudaHostFn_t {
        HostFunction() {
            super((Pointer) null);
        }

        HostFunction at(long target) {
            address = target;
            return this;
        }
    }
}
