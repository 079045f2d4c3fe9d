/* SPDX-License-Identifier: MIT */
/*
 * The manifest by which the suite tells a hook under test which files are virtual and what is in
 * them; conformance/README.md, "Hooks under test", is the contract. Portable C, no Windows API, so
 * that any hook may take these two files along.
 */
#ifndef HOOKS_PLUGINS_MANIFEST_H
#define HOOKS_PLUGINS_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum vfs_how {
    VFS_INLINE, /* a read has its answer when it returns */
    VFS_EARLY,  /* it says pending, and was completed before it said so */
    VFS_WORKER  /* it says pending; a thread of the provider's completes it */
};

/* One line `file …`. Strings and bytes belong to the manifest. */
struct vfs_file {
    char *name; /* what the suite calls it in control commands; never NULL */
    char *path; /* UTF-8, as the program will name it */
    uint64_t nbytes;
    uint64_t seed;
    bool zero;            /* gen=zero; else ascii, unless bytes */
    const uint8_t *bytes; /* hex=: the content itself, nbytes of it; NULL: generated */
    enum vfs_how how;
    bool gate;               /* each read is held until it is released by a control command */
    uint32_t delay_ms;       /* what a read takes at least */
    bool fails;              /* reads that touch the byte at fail_at fail ... */
    uint64_t fail_at;
    uint32_t fail_code;      /* ... with this Win32 code */
    uint32_t short_nbytes;   /* no read is given more than this at a time; 0: all it asks for */
    uint32_t over_nbytes;    /* the provider claims so many bytes more than it was asked for */
    bool does_open, does_read, does_ring; /* what the provider itself does in a read, on a real file */
};

struct vfs_manifest {
    char *path; /* of the manifest: a real file that a provider may read */
    struct vfs_file *files;
    size_t count;
    void *text; /* what the strings point into */
};

/*
 * Where the manifest is: `manifest=FILE` among the plugin's arguments (which may be NULL; words are
 * parted by ':' or ' '), else RINGER_VFS of the environment. NULL when neither says; else the
 * caller's to free.
 */
char *vfs_manifest_where(const char *args);
/* False with one line in error (may be NULL). vfs_manifest_fini in either case. */
bool vfs_manifest_load(struct vfs_manifest *manifest, const char *path, char *error,
                       size_t error_nbytes);
void vfs_manifest_fini(struct vfs_manifest *manifest);
/* By path: ASCII letters in either case, either slash, with or without \\?\ or \??\. NULL: none. */
struct vfs_file *vfs_manifest_find(const struct vfs_manifest *manifest, const char *path);
/* By the name of control commands. */
struct vfs_file *vfs_manifest_named(const struct vfs_manifest *manifest, const char *name);
/* The bytes of the file from offset on; the caller keeps within the file. */
void vfs_file_fill(const struct vfs_file *file, uint64_t offset, void *buffer, size_t nbytes);

#endif
