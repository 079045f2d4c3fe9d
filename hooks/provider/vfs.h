/* SPDX-License-Identifier: MIT */
/* What virtual files and the table of their paths share. */
#ifndef HOOKS_PROVIDER_VFS_H
#define HOOKS_PROVIDER_VFS_H

#include "hooks/provider/provider.h"

struct ringer_vfile {
    atomic_uint references;
    struct ringer_source *source;
    void *file; /* the provider's */
    struct ringer_file_info info;
    WCHAR path[];
};

/* With one reference. Takes one on the source; file is closed with the vfile. NULL: no memory. */
struct ringer_vfile *rp_vfile_new(const WCHAR *path, struct ringer_source *source, void *file,
                                  const struct ringer_file_info *info);

/* ringer_vread.state: has the provider answered the question that is being asked? */
enum { RP_READ_ASKING = 1, RP_READ_ANSWERED, RP_READ_LEFT };
void rp_ask_all(struct ringer_vread *read);

/* ---- the table ---- */

enum rp_kind { RP_VIRTUAL, RP_FILE_TO_FILE, RP_FOLDER };

/* One rule, under the key of its path. Newer ones come first. */
struct rp_rule {
    struct rp_rule *next;
    enum rp_kind kind;
    UINT64 id, group; /* group: of rules that were made, and go, together; 0: none */
    size_t key_count; /* characters of key */
    WCHAR *key, *path;
    struct ringer_source *source; /* RP_VIRTUAL */
    struct ringer_file_info info;
    WCHAR *to;                /* redirects: a full path */
    struct rp_sticky *sticky; /* RP_FOLDER: what was found once */
};

struct rp_sticky {
    struct rp_sticky *next;
    size_t count;
    WCHAR key[];
};

#define RP_BUCKETS 1024u

struct ringer_vfs {
    SRWLOCK lock; /* of everything but count; never held across a provider or a file's opening */
    struct rp_rule *buckets[RP_BUCKETS];
    struct rp_rule *folders; /* longest first, then newest */
    UINT64 last_id;
    atomic_uint count;
};

UINT32 rp_hash(const WCHAR *key, size_t count);
/* A number that no rule has. */
UINT64 rp_group_new(struct ringer_vfs *vfs);
/* folder\name, the caller's to free. */
WCHAR *rp_joined(const WCHAR *folder, size_t count, const WCHAR *name);
struct rp_rule *rp_redirect_new(const WCHAR *from, const WCHAR *to, enum rp_kind kind);
/* The newest rule of that key in its bucket; the lock is held. */
struct rp_rule *rp_find_locked(struct ringer_vfs *vfs, const WCHAR *key, size_t count);
/* Takes the rule over. Returns its id, 0 (and frees it) when it is none. */
UINT64 rp_rule_add(struct ringer_vfs *vfs, struct rp_rule *rule);
void rp_rule_free(struct rp_rule *rule);
/* Fills key and path of a new rule. NULL: no memory, no path. */
struct rp_rule *rp_rule_new(const WCHAR *path, enum rp_kind kind);

#endif
