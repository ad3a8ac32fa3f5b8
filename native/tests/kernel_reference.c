/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_reference.h"

#include <math.h>
#include <string.h>

/* A floating type: bits of exponent and fraction, and the codes at its end. */
struct format {
    int exponent;
    int fraction;
    uint64_t last;     /* the largest finite number */
    uint64_t overflow; /* what larger ones become */
    uint64_t nan;
};

static struct format format_of(ncclDataType_t type) {
    switch (type) {
    case ncclFloat16:
        return (struct format){5, 10, 0x7bff, 0x7c00, 0x7e00};
    case ncclBfloat16:
        return (struct format){8, 7, 0x7f7f, 0x7f80, 0x7fc0};
    case ncclFloat8e4m3:
        return (struct format){4, 3, 0x7e, 0x7e, 0x7f};
    case ncclFloat8e5m2:
        return (struct format){5, 2, 0x7b, 0x7b, 0x7e};
    case ncclFloat32:
        return (struct format){8, 23, 0x7f7fffff, 0x7f800000, 0x7fc00000};
    default:
        return (struct format){11, 52, 0x7fefffffffffffff, 0x7ff0000000000000, 0x7ff8000000000000};
    }
}

size_t number_type_bytes(ncclDataType_t type) {
    static const size_t bytes[] = {1, 1, 4, 4, 8, 8, 2, 4, 8, 2, 1, 1};
    return bytes[type];
}

bool number_type_is_float(ncclDataType_t type) {
    return type > ncclUint64;
}

static uint64_t mask_of(ncclDataType_t type) {
    return UINT64_MAX >> (64 - 8 * number_type_bytes(type));
}

static bool is_signed(ncclDataType_t type) {
    return type == ncclInt8 || type == ncclInt32 || type == ncclInt64;
}

/* The magnitude that a code without sign stands for; the one after the last is the next power. */
static long double magnitude_of(struct format format, uint64_t code) {
    int bias = (1 << (format.exponent - 1)) - 1;
    uint64_t fraction = code & ((1ull << format.fraction) - 1);
    int exponent = (int)(code >> format.fraction);
    long double whole = (long double)fraction + (exponent > 0 ? ldexpl(1, format.fraction) : 0);
    return ldexpl(whole, (exponent > 0 ? exponent : 1) - bias - format.fraction);
}

static bool code_is_infinite(ncclDataType_t type, uint64_t magnitude) {
    struct format format = format_of(type);
    return type != ncclFloat8e4m3 && magnitude == format.last + 1;
}

static int64_t extend(ncclDataType_t type, uint64_t bits) {
    int unused = 64 - 8 * (int)number_type_bytes(type);
    return (int64_t)(bits << unused) >> unused;
}

long double number_decode(ncclDataType_t type, uint64_t bits) {
    if (!number_type_is_float(type)) {
        return is_signed(type) ? (long double)extend(type, bits) : (long double)bits;
    }
    uint64_t sign = (mask_of(type) >> 1) + 1;
    uint64_t code = bits & (sign - 1);
    long double magnitude = code_is_infinite(type, code)  ? (long double)INFINITY
                            : code > format_of(type).last ? (long double)NAN
                                                          : magnitude_of(format_of(type), code);
    return bits & sign ? -magnitude : magnitude;
}

static uint64_t encode_integer(ncclDataType_t type, long double value) {
    int bits = 8 * (int)number_type_bytes(type);
    long double past = ldexpl(1, is_signed(type) ? bits - 1 : bits);
    long double least = is_signed(type) ? -past : 0;
    long double whole = truncl(value);
    if (isnan(value)) {
        return 0;
    }
    if (whole >= past) {
        return is_signed(type) ? mask_of(type) >> 1 : mask_of(type);
    }
    whole = whole < least ? least : whole;
    return (whole < 0 ? (uint64_t)(int64_t)whole : (uint64_t)whole) & mask_of(type);
}

/* The code whose magnitude is nearest; of two the even one. */
static uint64_t nearest(struct format format, long double magnitude) {
    uint64_t low = 0;
    uint64_t high = format.last + 1;
    if (magnitude >= magnitude_of(format, high)) {
        return high;
    }
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (magnitude_of(format, middle) <= magnitude) {
            low = middle;
        } else {
            high = middle;
        }
    }
    long double below = magnitude - magnitude_of(format, low);
    long double above = magnitude_of(format, high) - magnitude;
    bool up = below > above || (below == above && (low & 1) != 0);
    return up ? high : low;
}

uint64_t number_encode(ncclDataType_t type, long double value) {
    if (!number_type_is_float(type)) {
        return encode_integer(type, value);
    }
    struct format format = format_of(type);
    if (isnan(value)) {
        return format.nan;
    }
    uint64_t sign = signbit(value) ? (mask_of(type) >> 1) + 1 : 0;
    uint64_t code = isinf(value) ? format.overflow : nearest(format, fabsl(value));
    return sign | (code > format.last ? format.overflow : code);
}

uint64_t number_cast(ncclDataType_t to, ncclDataType_t from, uint64_t bits) {
    if (!number_type_is_float(to) && !number_type_is_float(from)) {
        return (is_signed(from) ? (uint64_t)extend(from, bits) : bits) & mask_of(to);
    }
    return number_encode(to, number_decode(from, bits));
}

/* The numbers in order, zeros of both signs in one place. */
static int64_t place(ncclDataType_t type, uint64_t bits) {
    uint64_t sign = (mask_of(type) >> 1) + 1;
    int64_t code = (int64_t)(bits & (sign - 1));
    return bits & sign ? -code : code;
}

uint64_t number_distance(ncclDataType_t type, uint64_t a, uint64_t b) {
    if (!number_type_is_float(type)) {
        long double distance = fabsl(number_decode(type, a) - number_decode(type, b));
        return (uint64_t)distance;
    }
    bool a_nan = isnan(number_decode(type, a));
    bool b_nan = isnan(number_decode(type, b));
    if (a_nan || b_nan) {
        return a_nan == b_nan ? 0 : UINT64_MAX;
    }
    int64_t x = place(type, a);
    int64_t y = place(type, b);
    return x > y ? (uint64_t)x - (uint64_t)y : (uint64_t)y - (uint64_t)x;
}

bool number_is_finite(ncclDataType_t type, uint64_t bits) {
    return isfinite(number_decode(type, bits));
}

uint64_t number_next(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t number_pattern(ncclDataType_t type, uint64_t word) {
    if (!number_type_is_float(type)) {
        return word & mask_of(type);
    }
    int fraction = format_of(type).fraction;
    long double whole = floorl((long double)(int64_t)word / ldexpl(1, 63 - fraction));
    return number_encode(type, ldexpl(whole, -fraction));
}

uint8_t number_product(uint8_t a, uint8_t b) {
    static uint8_t powers[255];
    static uint8_t logarithms[256];
    if (powers[0] == 0) {
        unsigned power = 1;
        for (unsigned i = 0; i < 255; i++) {
            powers[i] = (uint8_t)power;
            logarithms[power] = (uint8_t)i;
            power = power * 2 >= 256 ? (power * 2) ^ 0x11d : power * 2;
        }
    }
    return a == 0 || b == 0 ? 0 : powers[(logarithms[a] + logarithms[b]) % 255];
}

uint64_t number_element(ncclDataType_t type, uint64_t *random) {
    uint64_t word = number_next(random);
    uint64_t bits = number_next(random) & mask_of(type);
    uint64_t sign = (mask_of(type) >> 1) + 1;
    if (!number_type_is_float(type)) {
        /* Among them halves between neighbours of narrow types of fewer bits, or next to that. */
        uint64_t half = ((bits & 0x1ff) | 1) << (word >> 16) % 55;
        uint64_t ends[] = {0, mask_of(type), mask_of(type) >> 1, sign, half, half + 1, half - 1};
        return word % 2 == 0 ? bits : ends[(word >> 8) % 7] & mask_of(type);
    }
    struct format format = format_of(type);
    uint64_t ends[] = {0,
                       1,
                       format.last,
                       format.last + 1,
                       format.nan,
                       1ull << format.fraction,
                       (1ull << format.fraction) - 1};
    switch (word % 4) {
    case 0:
        return bits;
    case 1:
        return ends[(word >> 8) % 7] | (bits & sign);
    case 2: { /* halfway between neighbours of a narrower type, or next to that */
        ncclDataType_t narrow[] = {ncclFloat16, ncclBfloat16, ncclFloat8e4m3, ncclFloat8e5m2,
                                   ncclFloat32};
        ncclDataType_t other = narrow[(word >> 8) % 5];
        uint64_t code = number_next(random) % format_of(other).last;
        long double half =
            (magnitude_of(format_of(other), code) + magnitude_of(format_of(other), code + 1)) / 2;
        uint64_t near = number_encode(type, half) + (word >> 16) % 3 - 1;
        return (near & (sign - 1)) | (bits & sign);
    }
    default: /* near 1, and near the ends of integers */
        return number_encode(type, ldexpl((long double)(int64_t)bits * (word & 16 ? 1 : -1),
                                          (int)(word >> 8) % 90 - 80));
    }
}

uint64_t number_load(ncclDataType_t type, const void *from, size_t index) {
    uint64_t bits = 0;
    size_t bytes = number_type_bytes(type);
    memcpy(&bits, (const char *)from + index * bytes, bytes);
    return bits;
}

void number_store(ncclDataType_t type, void *to, size_t index, uint64_t bits) {
    size_t bytes = number_type_bytes(type);
    memcpy((char *)to + index * bytes, &bits, bytes);
}

uint64_t number_checksum(const unsigned char *bytes, size_t count, uint64_t first) {
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
