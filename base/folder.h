/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

/**
 * folder_probe() - may a file be created in the folder of @path?
 * @path: an absolute path
 * @ret_why: what is wrong, or NULL if the errno is enough
 */
int folder_probe(const char *path, const char **ret_why);

/** folder_probe_target() - the same, but of what @path links to, if it does */
int folder_probe_target(const char *path, const char **ret_why);

/**
 * folder_follow() - what a file is called where its link leads
 * @ret: malloced; @path itself if it is no link
 *
 * The file need not exist. Returns -ELOOP, -ENOMEM.
 */
int folder_follow(const char *path, char **ret);

#endif /* BASE_FOLDER_H */
