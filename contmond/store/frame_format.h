/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A frame consists of version, flags, time, ticks, ms, the members (unless they
 * are those of the previous frame), and for each column the length of its
 * section and the section: which cells are unknown (unless none is), then the
 * cells.
 */
#ifndef CONTMOND_STORE_FRAME_FORMAT_H
#define CONTMOND_STORE_FRAME_FORMAT_H

#define FRAME_VERSION 1

/* Flags of a frame */
#define FRAME_KEY 1
#define FRAME_SAME_MEMBERS 2

/* Flags of a column */
#define FRAME_ALL_KNOWN 1
#define FRAME_ALL_FULL 2	/* in all ticks of their containers */

#endif /* CONTMOND_STORE_FRAME_FORMAT_H */
