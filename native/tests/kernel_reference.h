/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernels must give, computed another way: conversions by search among all values of the
 * narrow type, in the 64-bit fraction of long double; the field's products by logarithms;
 * SplitMix64 by its state.
 */
#ifndef CONVOY_TEST_KERNEL_REFERENCE_H
#define CONVOY_TEST_KERNEL_REFERENCE_H

#include "convoy/nccl_abi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

size_t number_type_bytes(ncclDataType_t type);
bool number_type_is_float(ncclDataType_t type);

/* The number that an element is, exactly. */
long double number_decode(ncclDataType_t type, uint64_t bits);

/* Bits of the element that a number becomes; of an integer type by a cast from a floating one. */
uint64_t number_encode(ncclDataType_t type, long double value);

/* Bits of the element that `bits` becomes. */
uint64_t number_cast(ncclDataType_t to, ncclDataType_t from, uint64_t bits);

/* How many numbers of the type lie between two, or UINT64_MAX for a NaN and a number. */
uint64_t number_distance(ncclDataType_t type, uint64_t a, uint64_t b);

bool number_is_finite(ncclDataType_t type, uint64_t bits);

/* The next output of SplitMix64. */
uint64_t number_next(uint64_t *state);

/* What pattern word `word` becomes. */
uint64_t number_pattern(ncclDataType_t type, uint64_t word);

uint8_t number_product(uint8_t a, uint8_t b);

/* The checksum's definition, byte by byte; `first` words came before. */
uint64_t number_checksum(const unsigned char *bytes, size_t count, uint64_t first);

/* Numbers that are hard for the type: any bits, ends of ranges, halves between neighbours. */
uint64_t number_element(ncclDataType_t type, uint64_t *random);

uint64_t number_load(ncclDataType_t type, const void *from, size_t index);
void number_store(ncclDataType_t type, void *to, size_t index, uint64_t bits);

#endif
