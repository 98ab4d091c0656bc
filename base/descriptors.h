/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BASE_DESCRIPTORS_H
#define BASE_DESCRIPTORS_H

/**
 * descriptors_raise() - allow as many open files as this process may have
 *
 * For programs that keep a few files of each container open.
 */
void descriptors_raise(void);

#endif /* BASE_DESCRIPTORS_H */
