/* SPDX-License-Identifier: MIT */
/*
 * The two system calls of a cached read, without what the C library puts around them (it makes each
 * a point of cancellation, which costs as much as our own part of the read). They return the number
 * of bytes or a negative errno, and errno itself stays as it was.
 *
 * Sanitizers look at memory through the library's functions, so builds with one call those.
 */
#ifndef EMU_BASE_SYS_H
#define EMU_BASE_SYS_H

#include "emu/base/sanitizer.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#if defined(__x86_64__) && defined(__LP64__) && !defined(EMU_SANITIZED)

static inline int64_t emu_sys_pread(int fd, void *buffer, size_t nbytes, int64_t offset)
{
    register int64_t r10 __asm__("r10") = offset;
    int64_t result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"((int64_t)SYS_pread64), "D"((int64_t)fd), "S"(buffer), "d"(nbytes), "r"(r10)
                     : "rcx", "r11", "memory");
    return result;
}

static inline int64_t emu_sys_preadv2(int fd, const struct iovec *pieces, int count, int64_t offset,
                                      int flags)
{
    register int64_t r10 __asm__("r10") = offset;
    register int64_t r9 __asm__("r9") = flags; /* r8 is the half of an offset that smaller machines have */
    int64_t result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"((int64_t)SYS_preadv2), "D"((int64_t)fd), "S"(pieces),
                       "d"((int64_t)count), "r"(r10), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#else

static inline int64_t emu_sys_pread(int fd, void *buffer, size_t nbytes, int64_t offset)
{
    int before = errno;
    ssize_t n = pread(fd, buffer, nbytes, (off_t)offset);
    int64_t result = n < 0 ? -errno : n;

    errno = before;
    return result;
}

static inline int64_t emu_sys_preadv2(int fd, const struct iovec *pieces, int count, int64_t offset,
                                      int flags)
{
    int before = errno;
    ssize_t n = preadv2(fd, pieces, count, (off_t)offset, flags);
    int64_t result = n < 0 ? -errno : n;

    errno = before;
    return result;
}

#endif
#endif
