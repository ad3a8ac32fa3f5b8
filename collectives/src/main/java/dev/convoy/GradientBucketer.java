/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.ArrayList;
import java.util.List;

/**
 * Gradients of many parameters in one piece of device memory, reduced in a few large all-reduces instead of many small
 * ones.
 *
 * <p>Which gradients share a bucket follows from their order and sizes alone, never from when they are ready, so that
 * every run sums in the same way. A bucket holds whole gradients, as many as fit; a gradient larger than a bucket has
 * one of its own. Used by one thread.
 */
public final class GradientBucketer implements AutoCloseable {
    private final DeviceBuffer memory;
    private final List<DeviceBuffer> gradients;
    private final List<DeviceBuffer> buckets;

    private GradientBucketer(DeviceBuffer memory, List<DeviceBuffer> gradients, List<DeviceBuffer> buckets) {
        this.memory = memory;
        this.gradients = List.copyOf(gradients);
        this.buckets = List.copyOf(buckets);
    }

    /**
     * Allocates memory for gradients and divides it into buckets.
     *
     * @param device where
     * @param counts number of elements of each parameter's gradient, in the same order on all ranks
     * @param type type of the elements
     * @param bucketBytes size of a bucket; some megabytes make good use of most links
     * @return the bucketer, to be closed
     * @throws IllegalArgumentException if there are no parameters, or a count or the size is not positive
     * @throws OutOfDeviceMemoryException if there is not so much memory
     */
    public static GradientBucketer of(Device device, List<Long> counts, DataType type, long bucketBytes) {
        if (counts.isEmpty() || bucketBytes <= 0 || counts.stream().anyMatch(count -> count <= 0)) {
            throw new IllegalArgumentException("parameters of " + counts + " elements in buckets of " + bucketBytes
                    + " bytes: all must be positive, and one parameter at least");
        }
        long total = counts.stream().reduce(0L, Math::addExact);
        DeviceBuffer memory = device.allocate(type, total);
        List<DeviceBuffer> gradients = new ArrayList<>();
        List<DeviceBuffer> buckets = new ArrayList<>();
        long bucketCount = bucketBytes / type.bytes();
        long bucketStart = 0;
        long end = 0;
        for (long count : counts) {
            if (end > bucketStart && end + count - bucketStart > bucketCount) {
                buckets.add(memory.slice(bucketStart, end - bucketStart));
                bucketStart = end;
            }
            gradients.add(memory.slice(end, count));
            end += count;
        }
        buckets.add(memory.slice(bucketStart, end - bucketStart));
        return new GradientBucketer(memory, gradients, buckets);
    }

    /**
     * Where a parameter's gradient is to be written.
     *
     * @param parameter index in the list of counts
     * @return a part of the bucketer's memory
     * @throws IndexOutOfBoundsException if there is no such parameter
     */
    public DeviceBuffer gradient(int parameter) {
        return gradients.get(parameter);
    }

    /**
     * All gradients, one after the other.
     *
     * @return the bucketer's memory
     */
    public DeviceBuffer gradients() {
        return memory.slice(0, memory.count());
    }

    /**
     * How many all-reduces it takes.
     *
     * @return at least 1
     */
    public int bucketCount() {
        return buckets.size();
    }

    /**
     * Enqueues the reduction of all gradients in place.
     *
     * @param communicator whose ranks take part; all with the same counts and bucket size
     * @param op the reduction
     * @param stream the order; what writes the gradients precedes on it
     * @return the work of the last bucket, which is done when all are
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work allReduce(Communicator communicator, ReduceOp op, Stream stream) {
        Work last = null;
        for (DeviceBuffer bucket : buckets) {
            last = communicator.allReduce(bucket, op, stream);
        }
        return last;
    }

    /** Frees the memory. Later calls do nothing. */
    @Override
    public void close() {
        memory.close();
    }
}
