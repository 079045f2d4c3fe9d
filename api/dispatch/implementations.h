/* SPDX-License-Identifier: MIT */
/* The implementations by name: kb_CreateFileW, nt_NtClose, ... as exports.def has them. */
#ifndef DISPATCH_IMPLEMENTATIONS_H
#define DISPATCH_IMPLEMENTATIONS_H

#include <ntstatus.h>
#include <windows.h>
#include <winternl.h>
#include <dstorage.h>
#include <dstoragecore_x.h>
#include <ioringapi.h>
#include <ioringnt.h>
#include <ringer_d3d12.h>

#define DISPATCH_PREFIX_kernelbase(name) kb_##name
#define DISPATCH_PREFIX_ntdll(name) nt_##name
#define DISPATCH_PREFIX_dstorage(name) ds_##name
#define DISPATCH_PREFIX_dstoragecore(name) dsc_##name
#define DISPATCH_PREFIX_d3d12(name) d3d_##name
#define DISPATCH_IMPLEMENTATION(module, name) DISPATCH_PREFIX_##module(name)

#define EXPORT(module, ret, name, params, args)                                                    \
    ret WINAPI DISPATCH_IMPLEMENTATION(module, name) params;
#define EXPORT_NORETURN(module, ret, name, params, args)                                           \
    DECLSPEC_NORETURN ret WINAPI DISPATCH_IMPLEMENTATION(module, name) params;
#include "api/dispatch/exports.def"
#undef EXPORT_NORETURN
#undef EXPORT

#endif
