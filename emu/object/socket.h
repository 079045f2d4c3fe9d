/* SPDX-License-Identifier: MIT */
/* Adopted Linux descriptors: sockets above all. */
#ifndef EMU_OBJECT_SOCKET_H
#define EMU_OBJECT_SOCKET_H

#include "emu/object/file.h"

/* One reference, no handle; owns fd on success. */
NTSTATUS emu_socket_adopt(int fd, uint32_t access, uint32_t options, struct emu_file **file_out);

#endif
