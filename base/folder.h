/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

/**
 * folder_probe() - may a file be made in the folder of @path?
 * @path: from the root
 * @ret_why: what is wrong where the errno says too little, else NULL
 */
int folder_probe(const char *path, const char **ret_why);

#endif /* BASE_FOLDER_H */
