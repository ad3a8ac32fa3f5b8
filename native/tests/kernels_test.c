/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every kernel in every implementation (each set of loops that this CPU has, the stream's tasks,
 * and the CUDA source, whose threads run in turn here) against the reference, to the last bit: all
 * types, odd counts and alignments, random and hard elements; and what must be refused.
 */
#include "convoy/convoy_launch.h"
#include "kernel.h"
#include "kernel_reference.h"

/* The CUDA source; its own grid.h is left out. */
#include "emulated_grid/grid.h"

#include "../kernels/cuda/kernels.cu"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef AT

uint64_t grid_thread;
uint64_t grid_threads;

#define AREA ((size_t)1 << 16) /* of one buffer */
#define BUFFERS 12
#define COUNT_MOST 3000
#define PARTS 3

static uint64_t random_state;
static unsigned char *areas[BUFFERS];
static unsigned char *before[BUFFERS];
static uint64_t *result;
static cudaStream_t stream;

static uint64_t random_below(uint64_t bound) {
    return number_next(&random_state) % bound;
}

static void fail(const char *what, const char *implementation) {
    fprintf(stderr, "%s by %s\n", what, implementation);
    abort();
}

#define REQUIRE(condition, implementation)                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s, ", __FILE__, __LINE__, #condition);                        \
            fail("refuted", implementation);                                                       \
        }                                                                                          \
    } while (0)

/* --- implementations --- */

static const struct kernel *const table[convoyKernels] = {
    &kernel_fill,      &kernel_pattern,  &kernel_verify,   &kernel_compare,
    &kernel_nonfinite, &kernel_checksum, &kernel_cast,     &kernel_axpy,
    &kernel_momentum,  &kernel_xor,      &kernel_multiply,
};

static const char *const implementations[] = {"baseline", "avx2", "avx512", "stream", "grid"};
#define IMPLEMENTATIONS 5

static void run_grid_thread(int kernel, const union kernel_arguments *a) {
    switch (kernel) {
    case convoyKernelFill:
        convoyFill(a->fill);
        break;
    case convoyKernelPattern:
        convoyPattern(a->pattern);
        break;
    case convoyKernelVerify:
        convoyVerify(a->verify);
        break;
    case convoyKernelCompare:
        convoyCompare(a->compare);
        break;
    case convoyKernelNonFinite:
        convoyNonFinite(a->nonfinite);
        break;
    case convoyKernelChecksum:
        convoyChecksum(a->checksum);
        break;
    case convoyKernelCast:
        convoyCast(a->cast);
        break;
    case convoyKernelAxpy:
        convoyAxpy(a->axpy);
        break;
    case convoyKernelMomentum:
        convoyMomentum(a->momentum);
        break;
    case convoyKernelXor:
        convoyXor(a->xor);
        break;
    default:
        convoyMultiply(a->multiply);
    }
}

static void run_grid(int kernel, const union kernel_arguments *a) {
    grid_threads = 1 + random_below(300);
    for (grid_thread = 0; grid_thread < grid_threads; grid_thread++) {
        run_grid_thread(kernel, a);
    }
}

/* In parts, as a stream does, but at places that chance chooses. */
static void run_loops(const struct kernel_loops *loops, int kernel,
                      const union kernel_arguments *a) {
    uint64_t units;
    size_t unit_bytes;
    REQUIRE(table[kernel]->check(a, &units, &unit_bytes), loops->name);
    for (uint64_t begin = 0; begin < units;) {
        size_t count = 1 + random_below(random_below(PARTS) == 0 ? 20 : units);
        count = count < units - begin ? count : units - begin;
        table[kernel]->run(loops, a, begin, count);
        begin += count;
    }
}

/* False where this CPU does not have it. */
static bool run(int implementation, int kernel, const union kernel_arguments *a) {
    const char *name = implementations[implementation];
    if (implementation < 3) {
        const struct kernel_loops *loops = loops_named(name);
        if (loops != NULL) {
            run_loops(loops, kernel, a);
        }
        return loops != NULL;
    }
    if (implementation == 3) {
        size_t bytes = table[kernel]->argument_bytes;
        REQUIRE(convoyKernelLaunch(kernel, a, bytes, stream) == cudaSuccess, name);
        REQUIRE(cudaStreamSynchronize(stream) == cudaSuccess, name);
    } else {
        run_grid(kernel, a);
    }
    return true;
}

/* --- buffers: each area holds one, somewhere, between bytes that must stay --- */

struct buffer {
    int area;
    size_t offset;
    size_t bytes;
    uint64_t address;
};

static struct buffer buffer(int area, size_t bytes, size_t alignment) {
    size_t offset = random_below(40) * alignment;
    return (struct buffer){area, offset, bytes, (uint64_t)(uintptr_t)(areas[area] + offset)};
}

static void *at(struct buffer b) {
    return areas[b.area] + b.offset;
}

static void *was(struct buffer b) {
    return before[b.area] + b.offset;
}

static void fill_areas(void) {
    for (int i = 0; i < BUFFERS; i++) {
        for (size_t j = 0; j < AREA; j += 8) {
            uint64_t word = number_next(&random_state);
            memcpy(before[i] + j, &word, 8);
        }
    }
}

static void fill_elements(struct buffer b, ncclDataType_t type, size_t count) {
    for (size_t i = 0; i < count; i++) {
        number_store(type, was(b), i, number_element(type, &random_state));
    }
}

static void reset(void) {
    for (int i = 0; i < BUFFERS; i++) {
        memcpy(areas[i], before[i], AREA);
    }
    *result = 0;
}

/* Nothing but `but` (of `count` buffers) may have changed. */
static void require_rest(const struct buffer *but, int count, const char *name) {
    for (int i = 0; i < BUFFERS; i++) {
        size_t from = AREA;
        size_t to = AREA;
        for (int j = 0; j < count; j++) {
            if (but[j].area == i) {
                from = but[j].offset;
                to = from + but[j].bytes;
            }
        }
        REQUIRE(memcmp(areas[i], before[i], from) == 0, name);
        REQUIRE(memcmp(areas[i] + to, before[i] + to, AREA - to) == 0, name);
    }
}

static size_t some_count(void) {
    return random_below(4) == 0 ? random_below(COUNT_MOST) : random_below(70);
}

/* --- the kernels --- */

static void test_fill(ncclDataType_t type) {
    size_t count = some_count();
    size_t size = number_type_bytes(type);
    fill_areas();
    struct buffer out = buffer(0, count * size, size);
    uint64_t real_bits = number_element(ncclFloat64, &random_state);
    double real;
    memcpy(&real, &real_bits, 8);
    int64_t integer = (int64_t)number_element(ncclInt64, &random_state);
    uint64_t element = number_type_is_float(type) ? number_cast(type, ncclFloat64, real_bits)
                                                  : number_cast(type, ncclInt64, (uint64_t)integer);
    union kernel_arguments a = {.fill = {out.address, type, count, real, integer}};
    for (int m = 0; m < IMPLEMENTATIONS; m++) {
        reset();
        if (run(m, convoyKernelFill, &a)) {
            for (size_t i = 0; i < count; i++) {
                REQUIRE(number_load(type, at(out), i) == element, implementations[m]);
            }
            require_rest(&out, 1, implementations[m]);
        }
    }
}

static void test_pattern(ncclDataType_t type) {
    size_t count = some_count();
    size_t size = number_type_bytes(type);
    size_t first = random_below(100);
    uint64_t seed = number_next(&random_state);
    uint64_t ulps = random_below(3) == 0 ? number_next(&random_state) : random_below(4);
    fill_areas();
    struct buffer out = buffer(1, count * size, size);
    union kernel_arguments fill = {.pattern = {out.address, type, count, seed, first}};
    union kernel_arguments verify = {
        .verify = {out.address, type, count, seed, first, ulps, (uint64_t)(uintptr_t)result}};
    for (int m = 0; m < IMPLEMENTATIONS; m++) {
        uint64_t state = seed;
        uint64_t wrong = 0;
        reset();
        if (!run(m, convoyKernelPattern, &fill)) {
            continue;
        }
        for (size_t i = 0; i < first; i++) {
            number_next(&state);
        }
        for (size_t i = 0; i < count; i++) {
            uint64_t right = number_pattern(type, number_next(&state));
            uint64_t damaged = right ^ 1;
            REQUIRE(number_load(type, at(out), i) == right, implementations[m]);
            if (random_below(5) == 0) {
                number_store(type, at(out), i, damaged);
                wrong += number_distance(type, damaged, right) > ulps;
            }
        }
        REQUIRE(run(m, convoyKernelVerify, &verify), implementations[m]);
        REQUIRE(*result == wrong, implementations[m]);
        require_rest(&out, 1, implementations[m]);
    }
}

static void test_compare(ncclDataType_t type) {
    size_t count = some_count();
    size_t size = number_type_bytes(type);
    uint64_t ulps =
        random_below(3) == 0 ? number_next(&random_state) >> random_below(64) : random_below(4);
    uint64_t wrong = 0;
    uint64_t infinite = 0;
    fill_areas();
    struct buffer in = buffer(2, count * size, size);
    struct buffer other = buffer(3, count * size, size);
    fill_elements(in, type, count);
    fill_elements(other, type, count);
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = number_load(type, was(in), i);
        if (random_below(2) == 0) {
            number_store(type, was(other), i, bits + random_below(7) - 3);
        }
        wrong += number_distance(type, bits, number_load(type, was(other), i)) > ulps;
        infinite += !number_is_finite(type, bits);
    }
    union kernel_arguments compare = {
        .compare = {in.address, other.address, type, count, ulps, (uint64_t)(uintptr_t)result}};
    union kernel_arguments nonfinite = {
        .nonfinite = {in.address, type, count, (uint64_t)(uintptr_t)result}};
    for (int m = 0; m < IMPLEMENTATIONS; m++) {
        reset();
        if (run(m, convoyKernelCompare, &compare)) {
            REQUIRE(*result == wrong, implementations[m]);
            REQUIRE(run(m, convoyKernelNonFinite, &nonfinite), implementations[m]);
            REQUIRE(*result == wrong + infinite, implementations[m]);
            require_rest(NULL, 0, implementations[m]);
        }
    }
}

/* The definition, byte by byte. */
static uint64_t checksum_of(const unsigned char *bytes, size_t count, uint64_t first) {
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i += 8) {
        uint64_t word = 0;
        for (size_t j = 0; j < 8 && i + j < count; j++) {
            word |= (uint64_t)bytes[i + j] << 8 * j;
        }
        uint64_t tail = count - i < 8 ? count - i : 0;
        uint64_t state = word ^ ((first + i / 8 + 1) * 0x9e3779b97f4a7c15u) ^ tail << 56;
        state -= 0x9e3779b97f4a7c15u; /* which the generator adds */
        sum += number_next(&state);
    }
    return sum;
}

static void test_checksum(void) {
    size_t count = random_below(4) == 0 ? random_below(20000) : random_below(200);
    size_t cut = random_below(count / 8 + 1) * 8;
    uint64_t first = random_below(50);
    fill_areas();
    struct buffer in = buffer(4, count, 1);
    uint64_t right = checksum_of(was(in), count, first);
    uint64_t sum = (uint64_t)(uintptr_t)result;
    union kernel_arguments whole = {.checksum = {in.address, count, first, sum}};
    union kernel_arguments head = {.checksum = {in.address, cut, first, sum}};
    union kernel_arguments rest = {
        .checksum = {in.address + cut, count - cut, first + cut / 8, sum}};
    for (int m = 0; m < IMPLEMENTATIONS; m++) {
        reset();
        if (run(m, convoyKernelChecksum, &whole)) {
            REQUIRE(*result == right, implementations[m]);
            *result = 0;
            REQUIRE(run(m, convoyKernelChecksum, &rest), implementations[m]);
            REQUIRE(run(m, convoyKernelChecksum, &head), implementations[m]);
            REQUIRE(*result == right, implementations[m]);
            require_rest(NULL, 0, implementations[m]);
        }
    }
}

/* A changed bit, exchanged words, another length: other sums. */
static void test_checksum_sees(void) {
    unsigned char bytes[67];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)number_next(&random_state);
    }
    uint64_t right = checksum_of(bytes, sizeof bytes, 0);
    bytes[13] ^= 4;
    REQUIRE(checksum_of(bytes, sizeof bytes, 0) != right, "definition");
    bytes[13] ^= 4;
    unsigned char zeros[16] = {0};
    for (size_t i = 0; i < sizeof zeros; i++) {
        REQUIRE(checksum_of(zeros, i, 0) != checksum_of(zeros, i + 1, 0), "definition");
    }
    unsigned char swapped[16] = {1, [8] = 2};
    unsigned char straight[16] = {2, [8] = 1};
    REQUIRE(checksum_of(swapped, 16, 0) != checksum_of(straight, 16, 0), "definition");
}

static void test_cast(ncclDataType_t to, ncclDataType_t from) {
    size_t count = some_count();
    size_t in_size = number_type_bytes(from);
    size_t out_size = number_type_bytes(to);
    fill_areas();
    struct buffer in = buffer(5, count * in_size, in_size);
    struct buffer out = buffer(6, count * out_size, out_size);
    if (in_size == out_size && random_below(4) == 0) {
        out = in;
    }
    fill_elements(in, from, count);
    union kernel_arguments a = {.cast = {out.address, to, in.address, from, count}};
    for (int m = 0; m < IMPLEMENTATIONS; m++) {
        reset();
        if (run(m, convoyKernelCast, &a)) {
            for (size_t i = 0; i < count; i++) {
                uint64_t bits = number_load(from, was(in), i);
                uint64_t is = number_load(to, at(out), i);
                uint64_t right = number_cast(to, from, bits);
                if (is != right) {
                    fprintf(stderr, "type %d of type %d: %llx gives %llx, not %llx, ", to, from,
                            (unsigned long long)bits, (unsigned long long)is,
                            (unsigned long long)right);
                    fail("wrong", implementations[m]);
                }
            }
            require_rest(&out, 1, implementations[m]);
        }
    }
}

/* Rounded by the compiler's arithmetic, one operation at a time. */
static double rounded(ncclDataType_t type, double value) {
    volatile float narrow = (float)value;
    return type == ncclFloat64 ? value : (double)narrow;
}

static double decode(ncclDataType_t type, uint64_t bits) {
    return (double)number_decode(type, bits);
}

static double factor(void) {
    return (double)(int64_t)number_next(&random_state) * 0x1p-63;
}

static double multiplied(ncclDataType_t type, double a, double b) {
    volatile double product = a * b;
    return rounded(type, product);
}

static double added(ncclDataType_t type, double a, double b) {
    volatile double sum = a + b;
    return rounded(type, sum);
}

/* A product of two floats is exact in double, and their sum may be rounded twice without harm. */
static void test_axpy(ncclDataType_t type) {
    size_t count = some_count();
    size_t size = number_type_bytes(type);
    double a = factor();
    fill_areas();
    struct buffer x = buffer(0, count * size, size);
    struct buffer y = random_below(5) == 0 ? x : buffer(1, count * size, size);
    fill_elements(x, type, count);
    if (x.area != y.area) {
        fill_elements(y, type, count);
    }
    union kernel_arguments arguments = {.axpy = {y.address, x.address, type, count, a}};
    for (int m = 0; m < IMPLEMENTATIONS; m++) {
        reset();
        if (run(m, convoyKernelAxpy, &arguments)) {
            for (size_t i = 0; i < count; i++) {
                double each = decode(type, number_load(type, was(x), i));
                double product = multiplied(type, rounded(type, a), each);
                double sum = added(type, product, decode(type, number_load(type, was(y), i)));
                REQUIRE(number_load(type, at(y), i) == number_encode(type, sum),
                        implementations[m]);
            }
            require_rest(&y, 1, implementations[m]);
        }
    }
}

static void test_momentum(ncclDataType_t type) {
    size_t count = some_count();
    size_t size = number_type_bytes(type);
    double rate = factor();
    double momentum = factor();
    double decay = random_below(2) == 0 ? 0 : factor();
    fill_areas();
    struct buffer all[] = {buffer(2, count * size, size), buffer(3, count * size, size)};
    struct buffer gradient = buffer(4, count * size, size);
    fill_elements(all[0], type, count);
    fill_elements(all[1], type, count);
    fill_elements(gradient, type, count);
    union kernel_arguments arguments = {.momentum = {all[0].address, all[1].address,
                                                     gradient.address, type, count, rate, momentum,
                                                     decay}};
    for (int m = 0; m < IMPLEMENTATIONS; m++) {
        reset();
        if (!run(m, convoyKernelMomentum, &arguments)) {
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            double w = decode(type, number_load(type, was(all[0]), i));
            double v = decode(type, number_load(type, was(all[1]), i));
            double g = decode(type, number_load(type, was(gradient), i));
            double slope = added(type, g, multiplied(type, rounded(type, decay), w));
            v = added(type, multiplied(type, rounded(type, momentum), v), slope);
            w = added(type, w, -multiplied(type, rounded(type, rate), v));
            REQUIRE(number_load(type, at(all[1]), i) == number_encode(type, v), implementations[m]);
            REQUIRE(number_load(type, at(all[0]), i) == number_encode(type, w), implementations[m]);
        }
        require_rest(all, 2, implementations[m]);
    }
}

static void test_xor(void) {
    size_t count = random_below(4) == 0 ? random_below(20000) : random_below(300);
    fill_areas();
    struct buffer in = buffer(7, count, 1);
    struct buffer out = buffer(8, count, random_below(2) == 0 ? 1 : 8);
    union kernel_arguments a = {.xor = {out.address, in.address, count}};
    for (int m = 0; m < IMPLEMENTATIONS; m++) {
        reset();
        if (run(m, convoyKernelXor, &a)) {
            for (size_t i = 0; i < count; i++) {
                unsigned char right =
                    ((unsigned char *)was(in))[i] ^ ((unsigned char *)was(out))[i];
                REQUIRE(((unsigned char *)at(out))[i] == right, implementations[m]);
            }
            require_rest(&out, 1, implementations[m]);
        }
    }
}

static void test_multiply(void) {
    size_t count = random_below(4) == 0 ? random_below(20000) : random_below(300);
    size_t alignment = random_below(2) == 0 ? 1 : 8;
    uint64_t outputs = 1 + random_below(CONVOY_KERNEL_OUTPUTS);
    fill_areas();
    struct buffer in = buffer(0, count, alignment);
    struct buffer outs[CONVOY_KERNEL_OUTPUTS];
    uint64_t coefficients = number_next(&random_state);
    coefficients &= ~(0xffull << 8 * random_below(8)); /* often a 0 that counts */
    coefficients = random_below(3) == 0 ? (coefficients & ~0xffull) | 1 : coefficients;
    union kernel_arguments a = {.multiply = {in.address, count, outputs, coefficients, {0}}};
    for (uint64_t j = 0; j < outputs; j++) {
        outs[j] = buffer((int)j + 1, count, alignment);
        a.multiply.outs[j] = outs[j].address;
    }
    for (int m = 0; m < IMPLEMENTATIONS; m++) {
        reset();
        if (!run(m, convoyKernelMultiply, &a)) {
            continue;
        }
        for (uint64_t j = 0; j < outputs; j++) {
            for (size_t i = 0; i < count; i++) {
                uint8_t product =
                    number_product(((uint8_t *)was(in))[i], (uint8_t)(coefficients >> 8 * j));
                REQUIRE(((uint8_t *)at(outs[j]))[i] == (((uint8_t *)was(outs[j]))[i] ^ product),
                        implementations[m]);
            }
        }
        require_rest(outs, (int)outputs, implementations[m]);
    }
}

/* --- what one value at a time cannot miss --- */

static void test_all_narrow_codes(void) {
    static const ncclDataType_t narrow[] = {ncclFloat16, ncclBfloat16, ncclFloat8e4m3,
                                            ncclFloat8e5m2};
    for (size_t t = 0; t < 4; t++) {
        for (const char *const *name = implementations; name < implementations + 3; name++) {
            const struct kernel_loops *loops = loops_named(*name);
            size_t codes = number_type_bytes(narrow[t]) == 1 ? 256 : 65536;
            for (uint64_t code = 0; loops != NULL && code < codes; code += 64) {
                uint16_t in[64];
                float out[64];
                for (size_t i = 0; i < 64; i++) {
                    number_store(narrow[t], in, i, code + i);
                }
                loops->widen[narrow[t]](out, in, 64);
                for (size_t i = 0; i < 64; i++) {
                    uint32_t right = (uint32_t)number_cast(ncclFloat32, narrow[t], code + i);
                    REQUIRE(memcmp(&out[i], &right, 4) == 0, *name);
                }
            }
        }
    }
}

static void test_all_products(void) {
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            REQUIRE(galois_multiply((uint8_t)a, (uint8_t)b) ==
                        number_product((uint8_t)a, (uint8_t)b),
                    "element");
        }
    }
}

/* --- refusals --- */

static void refuse(int kernel, const union kernel_arguments *a, const char *what) {
    cudaError_t error = convoyKernelLaunch(kernel, a, table[kernel]->argument_bytes, stream);
    if (error != cudaErrorInvalidValue || cudaGetLastError() != cudaErrorInvalidValue) {
        fail(what, "stream");
    }
}

static void test_refusals(void) {
    uint64_t memory = (uint64_t)(uintptr_t)areas[0];
    uint64_t sum = (uint64_t)(uintptr_t)result;
    uint64_t stack = (uint64_t)(uintptr_t)&memory;
    union kernel_arguments a = {.fill = {memory, ncclFloat32, 4, 1, 1}};
    REQUIRE(convoyKernelLaunch(-1, &a, 40, stream) == cudaErrorInvalidValue, "stream");
    REQUIRE(convoyKernelLaunch(convoyKernels, &a, 40, stream) == cudaErrorInvalidValue, "stream");
    REQUIRE(convoyKernelLaunch(0, &a, 39, stream) == cudaErrorInvalidValue, "stream");
    REQUIRE(convoyKernelLaunch(0, NULL, 40, stream) == cudaErrorInvalidValue, "stream");
    (void)cudaGetLastError();
    refuse(convoyKernelFill, &(union kernel_arguments){.fill = {memory, 12, 4, 1, 1}}, "type");
    refuse(convoyKernelFill, &(union kernel_arguments){.fill = {memory + 2, ncclFloat32, 4, 1, 1}},
           "alignment");
    refuse(convoyKernelFill, &(union kernel_arguments){.fill = {stack, ncclInt8, 4, 1, 1}},
           "foreign memory");
    refuse(convoyKernelFill, &(union kernel_arguments){.fill = {memory, ncclFloat32, AREA, 1, 1}},
           "overrun");
    refuse(convoyKernelFill,
           &(union kernel_arguments){.fill = {memory, ncclFloat64, UINT64_MAX / 8 + 2, 1, 1}},
           "overflow");
    refuse(convoyKernelVerify,
           &(union kernel_arguments){.verify = {memory, ncclInt8, 4, 1, 0, 0, stack}}, "result");
    refuse(convoyKernelChecksum, &(union kernel_arguments){.checksum = {memory, 4, 0, sum + 4}},
           "result alignment");
    refuse(convoyKernelChecksum,
           &(union kernel_arguments){.checksum = {memory, UINT64_MAX, 0, sum}}, "huge");
    refuse(convoyKernelCast,
           &(union kernel_arguments){.cast = {memory, ncclFloat16, memory, ncclFloat32, 4}},
           "overlap");
    refuse(convoyKernelAxpy, &(union kernel_arguments){.axpy = {memory, memory, ncclInt32, 4, 1}},
           "integers");
    refuse(convoyKernelAxpy,
           &(union kernel_arguments){.axpy = {memory, memory + 4, ncclFloat32, 4, 1}}, "overlap");
    refuse(convoyKernelMomentum,
           &(union kernel_arguments){
               .momentum = {memory, memory, memory + 400, ncclFloat32, 4, 1, 1, 0}},
           "weights that are velocities");
    refuse(convoyKernelXor, &(union kernel_arguments){.xor = {memory + 1, memory, 4}}, "overlap");
    refuse(convoyKernelMultiply,
           &(union kernel_arguments){.multiply = {memory, 4, 0, 1, {memory + 8}}}, "no output");
    refuse(convoyKernelMultiply,
           &(union kernel_arguments){.multiply = {memory, 4, 9, 1, {memory + 8}}}, "outputs");
    refuse(convoyKernelMultiply,
           &(union kernel_arguments){.multiply = {memory, 4, 2, 1, {memory + 8, memory + 10}}},
           "outputs that overlap");
    refuse(convoyKernelMultiply, &(union kernel_arguments){.multiply = {memory, 4, 1, 1, {memory}}},
           "the input as output");
    cudaStream_t gone;
    REQUIRE(cudaStreamCreate(&gone) == cudaSuccess, "stream");
    REQUIRE(cudaStreamDestroy(gone) == cudaSuccess, "stream");
    REQUIRE(convoyKernelLaunch(0, &a, 40, gone) == cudaErrorInvalidResourceHandle, "stream");
    (void)cudaGetLastError();
}

/* --- order --- */

static void pass_gate(void *argument) {
    while (!atomic_load((atomic_bool *)argument)) {
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
}

/* A kernel takes its turn in its stream, and its arguments are read at the call. */
static void test_order(void) {
    atomic_bool open = false;
    fill_areas();
    reset();
    REQUIRE(cudaLaunchHostFunc(stream, pass_gate, &open) == cudaSuccess, "stream");
    union kernel_arguments a = {.fill = {(uint64_t)(uintptr_t)areas[0], ncclInt32, AREA / 4, 0, 7}};
    REQUIRE(convoyKernelLaunch(convoyKernelFill, &a, 40, stream) == cudaSuccess, "stream");
    memset(&a, 0, sizeof a);
    REQUIRE(cudaMemsetAsync(areas[0], 1, 4, stream) == cudaSuccess, "stream");
    REQUIRE(memcmp(areas[0], before[0], AREA) == 0, "stream");
    REQUIRE(cudaStreamQuery(stream) == cudaErrorNotReady, "stream");
    atomic_store(&open, true);
    REQUIRE(cudaStreamSynchronize(stream) == cudaSuccess, "stream");
    REQUIRE(number_load(ncclInt32, areas[0], 0) == 0x01010101, "stream");
    REQUIRE(number_load(ncclInt32, areas[0], AREA / 4 - 1) == 7, "stream");
}

/* More than a step of the stream does. */
static void test_large(void) {
    size_t bytes = ((size_t)3 << 20) + 5;
    unsigned char *memory;
    REQUIRE(cudaMalloc((void **)&memory, bytes) == cudaSuccess, "stream");
    uint64_t address = (uint64_t)(uintptr_t)memory;
    union kernel_arguments pattern = {.pattern = {address, ncclUint8, bytes, 99, 0}};
    union kernel_arguments verify = {
        .verify = {address, ncclUint8, bytes, 99, 0, 0, (uint64_t)(uintptr_t)result}};
    union kernel_arguments sum = {.checksum = {address, bytes, 0, (uint64_t)(uintptr_t)result}};
    reset();
    REQUIRE(run(3, convoyKernelPattern, &pattern), "stream");
    memory[bytes - 1] ^= 1;
    memory[12345] ^= 1;
    REQUIRE(run(3, convoyKernelVerify, &verify), "stream");
    REQUIRE(*result == 2, "stream");
    *result = 0;
    REQUIRE(run(3, convoyKernelChecksum, &sum), "stream");
    REQUIRE(*result == checksum_of(memory, bytes, 0), "stream");
    REQUIRE(cudaFree(memory) == cudaSuccess, "stream");
}

static void set_up(void) {
    for (int i = 0; i < BUFFERS; i++) {
        REQUIRE(cudaMalloc((void **)&areas[i], AREA) == cudaSuccess, "set up");
        before[i] = malloc(AREA);
        REQUIRE(before[i] != NULL, "set up");
    }
    REQUIRE(cudaMalloc((void **)&result, sizeof *result) == cudaSuccess, "set up");
    REQUIRE(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess, "set up");
}

static void test_random(void) {
    for (int to = 0; to < ncclNumTypes; to++) {
        test_fill((ncclDataType_t)to);
        test_pattern((ncclDataType_t)to);
        test_compare((ncclDataType_t)to);
        for (int from = 0; from < ncclNumTypes; from++) {
            test_cast((ncclDataType_t)to, (ncclDataType_t)from);
        }
        if (number_type_is_float((ncclDataType_t)to)) {
            test_axpy((ncclDataType_t)to);
            test_momentum((ncclDataType_t)to);
        }
        test_checksum();
        test_xor();
        test_multiply();
    }
}

int main(void) {
    const char *text = getenv("TEST_SEED");
    const char *repeat = getenv("TEST_REPEAT");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    int rounds = repeat != NULL ? atoi(repeat) : 3;
    fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
    random_state = seed;
    set_up();
    test_all_narrow_codes();
    test_all_products();
    test_checksum_sees();
    test_refusals();
    test_order();
    test_large();
    for (int i = 0; i < rounds; i++) {
        test_random();
    }
    return 0;
}
