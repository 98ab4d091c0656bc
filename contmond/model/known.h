/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Converts members of records with a mask of valid groups to numbers; NAN is
 * unknown
 */
#ifndef CONTMOND_MODEL_KNOWN_H
#define CONTMOND_MODEL_KNOWN_H

#include <math.h>
#include <stdint.h>

#include <contmon.h>

/* NAN unless @valid has one of the bits that make the number known */
static inline double known(uint64_t valid, uint64_t bits, uint64_t value)
{
	return valid & bits ? (double)value : NAN;
}

/* Bits that make a member of MEMCG known */
#define MEMCG(part) (CONTMON_CGROUP_MEMCG | CONTMON_CGROUP_PART_##part)

/* Like known(), but NAN if there is no limit */
static inline double known_limit(uint64_t valid, uint64_t bits, uint64_t value)
{
	return value == CONTMON_UNLIMITED ? NAN : known(valid, bits, value);
}

#endif /* CONTMOND_MODEL_KNOWN_H */
