/* SPDX-License-Identifier: MIT */
/* A provider of the suite's: one that has business of its own before it answers. */
#ifndef HOOKS_PLUGINS_LAYER_PROVIDER_H
#define HOOKS_PLUGINS_LAYER_PROVIDER_H

#include "hooks/plugins/manifest.h"

#include <ringer_provider.h>

/*
 * The file's bytes; but before each answer it does what the file's does_* say with a real file, on
 * the thread that reads. real is a UTF-8 path; both outlive it.
 */
struct ringer_source *vl_source_busy(const struct vfs_file *file, const char *real);

#endif
