// SPDX-License-Identifier: MIT
#include "emu/base/usermem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * The kernel copies within this process and answers EFAULT instead of a signal. Where a sandbox
 * refuses these two calls, a pipe does the same with two.
 */
static _Atomic bool no_vm_calls;

static bool refused(int err)
{
    return err == ENOSYS || err == EPERM || err == EACCES;
}

/* Moves n bytes through a pipe: either end reports a bad address. */
static bool copy_by_pipe(void *to, const void *from, size_t nbytes)
{
    int ends[2];
    bool good = true;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    while (good && nbytes) {
        size_t part = nbytes < 4096 ? nbytes : 4096; /* always fits, so neither call blocks */
        ssize_t n = write(ends[1], from, part);

        good = n > 0 && read(ends[0], to, (size_t)n) == n;
        if (good) {
            from = (const char *)from + n;
            to = (char *)to + n;
            nbytes -= (size_t)n;
        }
    }
    close(ends[0]);
    close(ends[1]);
    return good;
}

static bool copy(struct iovec *local, struct iovec *user, unsigned count, bool write_user)
{
    size_t nbytes = 0;

    for (unsigned i = 0; i < count; i++)
        nbytes += user[i].iov_len;
    if (!atomic_load_explicit(&no_vm_calls, memory_order_relaxed)) { /* only a hint */
        pid_t self = getpid();
        ssize_t n = write_user ? process_vm_writev(self, local, count, user, count, 0)
                               : process_vm_readv(self, local, count, user, count, 0);

        if (n >= 0 || errno == EFAULT)
            return n == (ssize_t)nbytes;
        if (refused(errno)) /* else the kernel has no memory at this moment */
            atomic_store_explicit(&no_vm_calls, true, memory_order_relaxed);
    }
    for (unsigned i = 0; i < count; i++) {
        void *to = write_user ? user[i].iov_base : local[i].iov_base;
        void *from = write_user ? local[i].iov_base : user[i].iov_base;

        if (!copy_by_pipe(to, from, user[i].iov_len))
            return false;
    }
    return true;
}

/*
 * Most of what callers pass lies on their own stack, above this frame: that is there as long as they
 * are. Where the thread runs on memory of its own (a fibre, a signal stack) this is never true.
 */
static bool on_own_stack(const void *user, size_t nbytes)
{
    static _Thread_local uintptr_t low, high; /* high 0: not known yet; 1: never */
    uintptr_t here = (uintptr_t)__builtin_frame_address(0), at = (uintptr_t)user;

    if (!high) {
        pthread_attr_t attributes;
        void *base;
        size_t size;

        high = 1;
        if (!pthread_getattr_np(pthread_self(), &attributes)) {
            if (!pthread_attr_getstack(&attributes, &base, &size)) {
                low = (uintptr_t)base;
                high = low + size;
            }
            pthread_attr_destroy(&attributes);
        }
    }
    return here >= low && here < high && at >= here && at < high && nbytes <= high - at;
}

bool emu_copy_to_user(void *user, const void *from, size_t nbytes)
{
    struct iovec local = {(void *)(uintptr_t)from, nbytes}, remote = {user, nbytes};

    if (on_own_stack(user, nbytes)) {
        memcpy(user, from, nbytes);
        return true;
    }
    return !nbytes || copy(&local, &remote, 1, true);
}

bool emu_copy_from_user(void *to, const void *user, size_t nbytes)
{
    struct iovec local = {to, nbytes}, remote = {(void *)(uintptr_t)user, nbytes};

    if (on_own_stack(user, nbytes)) {
        memcpy(to, user, nbytes);
        return true;
    }
    return !nbytes || copy(&local, &remote, 1, false);
}

bool emu_probe_user(void *user, size_t nbytes)
{
    char bytes[64];

    if (on_own_stack(user, nbytes))
        return true;
    return nbytes <= sizeof bytes && emu_copy_from_user(bytes, user, nbytes) &&
           emu_copy_to_user(user, bytes, nbytes);
}

#define SPOIL_PAGES 256

bool emu_spoil_user(void *user, size_t nbytes)
{
    static const char zero;
    struct iovec local[SPOIL_PAGES], remote[SPOIL_PAGES];
    uintptr_t at = (uintptr_t)user, end = at + nbytes;
    bool good = end >= at;

    for (unsigned i = 0; i < SPOIL_PAGES; i++)
        local[i] = (struct iovec){(void *)(uintptr_t)&zero, 1};
    while (good && at < end) {
        unsigned count = 0;

        for (; count < SPOIL_PAGES && at < end; at = (at | 4095) + 1)
            remote[count++] = (struct iovec){(void *)at, 1};
        good = copy(local, remote, count, true);
    }
    return good;
}

bool emu_write_iosb(void *iosb, NTSTATUS status, uint64_t information)
{
    struct iovec local[2] = {{&information, 8}, {&status, 4}};
    struct iovec remote[2] = {{(char *)iosb + 8, 8}, {iosb, 4}};

    if (on_own_stack(iosb, 16)) {
        memcpy((char *)iosb + 8, &information, 8);
        /* Release: pairs with whoever reads the status first. */
        __atomic_store_n((NTSTATUS *)iosb, status, __ATOMIC_RELEASE);
        return true;
    }
    return copy(local, remote, 2, true);
}
