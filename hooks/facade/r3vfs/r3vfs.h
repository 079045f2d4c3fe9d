/* SPDX-License-Identifier: MIT */
/*
 * The interface of the Reloaded family's virtual file system, as it is documented (hooks that were
 * written for it compile), over Ringer's provider layer; and the call that its documentation lacks,
 * by which a virtual file gets its bytes. Link libringer-r3vfs.a. Paths are UTF-8. Thread-safe, but
 * for one handle used from two threads at once.
 */
#ifndef RINGER_R3VFS_H
#define RINGER_R3VFS_H

#include <windows.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum R3VFS_RESULT {
    R3VFS_OK = 0,
    R3VFS_ERROR_NOT_INITIALIZED = -1,
    R3VFS_ERROR_INVALID_PATH = -2,
    R3VFS_ERROR_PATH_TOO_LONG = -3,
    R3VFS_ERROR_OUT_OF_MEMORY = -4,
    R3VFS_ERROR_ALREADY_EXISTS = -5,
    R3VFS_ERROR_NOT_FOUND = -6,
    R3VFS_ERROR_INVALID_HANDLE = -7
} R3VFS_RESULT;

/* NULL is none. A handle's removal leaves alone what was opened through it. */
typedef struct R3VFS_Redirect *R3VFS_RedirectHandle;
typedef struct R3VFS_Folder *R3VFS_FolderHandle;
typedef struct R3VFS_VFile *R3VFS_VFileHandle;

typedef struct R3VFS_Metadata {
    int64_t creation_time, last_access_time, last_write_time, change_time; /* as FILETIME */
    int64_t end_of_file, allocation_size;
    uint32_t file_attributes;
} R3VFS_Metadata;

typedef enum R3VFS_Setting {
    R3VFS_PRINT_REDIRECT = 0,
    R3VFS_PRINT_OPEN = 1,
    R3VFS_DONT_PRINT_NON_FILES = 2,
    R3VFS_PRINT_GET_ATTRIBUTES = 3,
    R3VFS_REMOVE_REDIRECT_ON_FILE_DELETE = 4
} R3VFS_Setting;

R3VFS_RESULT r3vfs_init(void);
R3VFS_RESULT r3vfs_shutdown(void);

/* One path to another; later additions win, and the target need not exist. */
R3VFS_RESULT r3vfs_redirector_add_file(const char *source, const char *target,
                                       R3VFS_RedirectHandle *handle);
R3VFS_RESULT r3vfs_redirector_remove_file(R3VFS_RedirectHandle handle);
/* Each file that the target has now. What comes into it later is not seen: there is no watch. */
R3VFS_RESULT r3vfs_redirector_add_folder_as_files(const char *source, const char *target,
                                                  R3VFS_FolderHandle *handle);
R3VFS_RESULT r3vfs_redirector_remove_folder_as_files(R3VFS_FolderHandle handle);
/* A fallback: what the target has is taken from there, once and from then on. */
R3VFS_RESULT r3vfs_redirector_add_folder(const char *source, const char *target,
                                         R3VFS_FolderHandle *handle);
R3VFS_RESULT r3vfs_redirector_remove_folder(R3VFS_FolderHandle handle);
/* Nothing to do: the table is always as good as it gets. */
R3VFS_RESULT r3vfs_redirector_optimize(void);

/* Makes a path visible and openable. Its bytes are zeros, until the call below gave it others. */
R3VFS_RESULT r3vfs_vfile_register(const char *path, const R3VFS_Metadata *metadata,
                                  R3VFS_VFileHandle *handle);
R3VFS_RESULT r3vfs_vfile_unregister(R3VFS_VFileHandle handle);
bool r3vfs_vfile_is_virtual_handle(HANDLE handle);

R3VFS_RESULT r3vfs_settings_get(R3VFS_Setting setting, bool *value);
R3VFS_RESULT r3vfs_settings_set(R3VFS_Setting setting, bool value);
R3VFS_RESULT r3vfs_enable(void);
R3VFS_RESULT r3vfs_disable(void);

/* ---- Ringer's ---- */

/*
 * Fills buffer with length bytes from offset on, all within the file. Any thread, several at once;
 * its own file I/O is real. Returns 0, or a Win32 code with which the read fails.
 */
typedef uint32_t (*R3VFS_ReadFn)(void *context, uint64_t offset, void *buffer, uint32_t length);

/* As r3vfs_vfile_register, with bytes. released, if not NULL, is called when context is used no
 * more. */
R3VFS_RESULT r3vfs_vfile_register_data(const char *path, const R3VFS_Metadata *metadata,
                                       R3VFS_ReadFn read, void *context,
                                       void (*released)(void *context), R3VFS_VFileHandle *handle);

struct ringer_vfs;
/*
 * For the hook that shows these files: the table that everything above goes into (its own, or one
 * that the hook has already), and how it knows its handles. Before r3vfs_init, and once.
 */
void r3vfs_use(struct ringer_vfs *vfs, bool (*is_virtual)(HANDLE handle));
/* NULL before r3vfs_init, and while disabled. */
struct ringer_vfs *r3vfs_vfs(void);

#ifdef __cplusplus
}
#endif

#endif
