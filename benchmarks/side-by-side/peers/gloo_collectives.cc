/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gloo's collectives on float32 over loopback TCP, its only transport within one machine; in place,
 * all-to-all out of place. Arguments: rank, ranks, an empty folder for the rendezvous, seconds a
 * figure, then the sizes in bytes.
 */
#include "measure.h"
#include <functional>
#include <gloo/allgather.h>
#include <gloo/allreduce.h>
#include <gloo/alltoall.h>
#include <gloo/broadcast.h>
#include <gloo/math.h>
#include <gloo/reduce_scatter.h>
#include <gloo/rendezvous/context.h>
#include <gloo/rendezvous/file_store.h>
#include <gloo/transport/tcp/device.h>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr size_t SMALLEST_SHARE = 16; /* bytes a rank; nccl-tests rounds down to a multiple of it */

/* One operation at one size: how to run it, and which element i of its output should be what. */
struct Operation {
    const char *name;
    double bus_factor;
    std::function<void()> run;
    std::function<float(size_t)> expected;
    const float *output;
    size_t outputs;
};

class Measuring {
  public:
    Measuring(int rank, int ranks, const std::string &folder, double budget)
        : rank_(rank), ranks_(ranks), budget_(budget) {
        gloo::transport::tcp::attr loopback;
        loopback.iface = "lo";
        auto device = gloo::transport::tcp::CreateDevice(loopback);
        gloo::rendezvous::FileStore store(folder);
        auto context = std::make_shared<gloo::rendezvous::Context>(rank, ranks);
        context->connectFullMesh(store, device);
        context_ = context;
    }

    void size(size_t bytes) {
        size_t count = bytes / sizeof(float), share = count / ranks_, first = share * rank_;
        std::vector<float> data(count), other(count);
        float *x = data.data(), *y = other.data();
        int rank = rank_, ranks = ranks_;
        double part = (ranks - 1.0) / ranks;
        auto summed = [ranks](size_t i) { return sum_of(ranks, i); };

        measure({"all_reduce", 2 * part, [=] { all_reduce(x, count); }, summed, x, count}, data);
        measure({"broadcast", 1, [=] { broadcast(x, count); },
                 [](size_t i) { return input_of(0, i); }, x, count},
                data);
        if (share * sizeof(float) < SMALLEST_SHARE) {
            return;
        }
        measure({"all_gather", part, [=] { all_gather(x + first, share, x, count); },
                 [=](size_t i) { return input_of(static_cast<int>(i / share), i); }, x, count},
                data);
        gloo::ReduceScatterHalvingDoubling<float> algorithm(
            context_, {x}, static_cast<int>(count),
            std::vector<int>(ranks, static_cast<int>(share)));
        measure({"reduce_scatter", part, [&] { algorithm.run(); },
                 [=](size_t i) { return sum_of(ranks, first + i); }, x, share},
                data);
        measure({"alltoall", part, [=] { all_to_all(x, y, count); },
                 [=](size_t i) {
                     return input_of(static_cast<int>(i / share), share * rank + i % share);
                 },
                 y, count},
                data);
    }

  private:
    void all_reduce(float *x, size_t count) {
        gloo::AllreduceOptions options(context_);
        options.setOutput(x, count);
        options.setReduceFunction(
            static_cast<void (*)(void *, const void *, const void *, size_t)>(&gloo::sum<float>));
        options.setTag(tag_++);
        gloo::allreduce(options);
    }

    void broadcast(float *x, size_t count) {
        gloo::BroadcastOptions options(context_);
        options.setOutput(x, count);
        options.setRoot(0);
        options.setTag(tag_++);
        gloo::broadcast(options);
    }

    void all_gather(float *mine, size_t share, float *x, size_t count) {
        gloo::AllgatherOptions options(context_);
        options.setInput(mine, share);
        options.setOutput(x, count);
        options.setTag(tag_++);
        gloo::allgather(options);
    }

    void all_to_all(float *x, float *y, size_t count) {
        gloo::AlltoallOptions options(context_);
        options.setInput(x, count);
        options.setOutput(y, count);
        options.setTag(tag_++);
        gloo::alltoall(options);
    }

    /* The mean over the ranks; also a barrier. The same bits everywhere, so that all decide alike.
     */
    double average(double mine) {
        std::vector<double> sum{mine};
        gloo::AllreduceOptions options(context_);
        options.setOutput(sum.data(), 1);
        options.setReduceFunction(
            static_cast<void (*)(void *, const void *, const void *, size_t)>(&gloo::sum<double>));
        options.setTag(tag_++);
        gloo::allreduce(options);
        return sum[0] / ranks_;
    }

    size_t check(const Operation &operation, std::vector<float> &data) {
        for (size_t i = 0; i < data.size(); i++) {
            data[i] = input_of(rank_, i);
        }
        average(0);
        operation.run();
        size_t wrong = 0;
        for (size_t i = 0; i < operation.outputs; i++) {
            wrong += operation.output[i] != operation.expected(i);
        }
        return static_cast<size_t>(average(static_cast<double>(wrong)) * ranks_);
    }

    double time_of(const Operation &operation, int iterations) {
        average(0);
        double start = seconds_now();
        for (int i = 0; i < iterations; i++) {
            operation.run();
        }
        return average((seconds_now() - start) / iterations);
    }

    void measure(const Operation &operation, std::vector<float> &data) {
        size_t wrong = check(operation, data);
        int iterations = 0, next = FIRST_ITERATIONS;
        double each = 0;
        while (next > 0) {
            iterations = next;
            each = time_of(operation, iterations);
            next = next_pass(iterations, each, budget_);
        }
        if (rank_ == 0) {
            print_figure(operation.name, data.size() * sizeof(float), iterations, each,
                         operation.bus_factor, wrong);
        }
    }

    int rank_, ranks_;
    double budget_;
    uint32_t tag_ = 1;
    std::shared_ptr<gloo::Context> context_;
};

} // namespace

int main(int argc, char **argv) {
    if (argc < 5) {
        fprintf(stderr, "usage: %s RANK RANKS FOLDER SECONDS SIZE...\n", argv[0]);
        return 2;
    }
    Measuring measuring(atoi(argv[1]), atoi(argv[2]), argv[3], atof(argv[4]));
    for (int a = 5; a < argc; a++) {
        measuring.size(strtoull(argv[a], nullptr, 10));
    }
    return 0;
}
