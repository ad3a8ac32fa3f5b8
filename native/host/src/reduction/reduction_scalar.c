/* SPDX-License-Identifier: Apache-2.0 */
#include "reduction/reduction_scalar.h"

#include <string.h>

/* How a type of 16 bits or less is built. */
struct format {
    int exponent_bits;
    int fraction_bits;
    bool has_infinity; /* else the largest exponent is one of numbers, but for the last fraction */
};

static struct format format_of(ncclDataType_t type) {
    switch (type) {
    case ncclFloat16:
        return (struct format){5, 10, true};
    case ncclBfloat16:
        return (struct format){8, 7, true};
    case ncclFloat8e4m3:
        return (struct format){4, 3, false};
    case ncclFloat8e5m2:
        return (struct format){5, 2, true};
    default:
        return (struct format){0};
    }
}

static double double_of(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* For exponents of normal doubles. */
static double power_of_two(int exponent) {
    return double_of((uint64_t)(exponent + 1023) << 52);
}

static double widen(struct format format, uint64_t bits) {
    int bias = (1 << (format.exponent_bits - 1)) - 1;
    uint64_t last_fraction = (1u << format.fraction_bits) - 1;
    uint64_t last_exponent = (1u << format.exponent_bits) - 1;
    uint64_t fraction = bits & last_fraction;
    uint64_t exponent = bits >> format.fraction_bits & last_exponent;
    bool negative = bits >> (format.fraction_bits + format.exponent_bits) & 1;
    double magnitude;
    if (exponent == last_exponent && (format.has_infinity || fraction == last_fraction)) {
        bool infinite = format.has_infinity && fraction == 0;
        magnitude = double_of(infinite ? 0x7ff0000000000000u : 0x7ff8000000000000u);
    } else if (exponent == 0) {
        magnitude = (double)fraction * power_of_two(1 - bias - format.fraction_bits);
    } else {
        magnitude = (double)(fraction + last_fraction + 1) *
                    power_of_two((int)exponent - bias - format.fraction_bits);
    }
    return negative ? -magnitude : magnitude;
}

struct reduction_scalar reduction_scalar_of(ncclDataType_t type, uint64_t bits) {
    struct reduction_scalar scalar = {.integer = bits};
    struct format format = format_of(type);
    if (format.exponent_bits > 0) {
        scalar.real = widen(format, bits);
        scalar.single = (float)scalar.real;
    } else if (type == ncclFloat32) {
        memcpy(&scalar.single, &bits, sizeof scalar.single);
        scalar.real = (double)scalar.single;
    } else if (type == ncclFloat64) {
        scalar.real = double_of(bits);
    }
    return scalar;
}

/* To nearest even; the value is positive and not beyond the format's largest. */
static double nearest(struct format format, float value) {
    int least = 2 - (1 << (format.exponent_bits - 1));
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    int exponent = (int)(bits >> 23) - 127;
    /* A double whose last place is the format's for this exponent: adding it rounds. */
    double unit = power_of_two((exponent > least ? exponent : least) - format.fraction_bits + 52);
    return ((double)value + unit) - unit;
}

double reduction_reciprocal(ncclDataType_t type, int n) {
    struct format format = format_of(type);
    float single = 1.0f / (float)n;
    if (format.exponent_bits > 0) {
        return nearest(format, single);
    }
    return type == ncclFloat32 ? (double)single : 1.0 / n;
}
