/* SPDX-License-Identifier: MIT */
/* The calls that can fail, and the count that decides which one does. */
#include "emu/tests/fail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#ifdef EMU_HAVE_URING
#    include <liburing.h>
#endif

static struct {
    _Atomic bool armed, paused;
    _Atomic unsigned long calls;
    unsigned long nth; /* with those below: written while nothing is armed */
    bool sticky;
    unsigned which_errno;
    _Atomic int reason; /* of the first that failed; 0: none did */
    _Atomic(const char *) failed;
    _Atomic long blocks, pages;
} state;

void fail_arm(unsigned long nth, bool sticky, unsigned which_errno)
{
    state.nth = nth;
    state.sticky = sticky;
    state.which_errno = which_errno;
    atomic_store(&state.calls, 0);
    atomic_store(&state.failed, NULL);
    atomic_store(&state.reason, 0);
    atomic_store(&state.armed, true);
}

const char *fail_disarm(void)
{
    atomic_store(&state.armed, false);
    return atomic_load(&state.failed);
}

void fail_pause(bool pause)
{
    atomic_store(&state.paused, pause);
}

unsigned long fail_calls(void)
{
    return atomic_load(&state.calls);
}

long fail_live_blocks(void)
{
    return atomic_load(&state.blocks);
}

/* Pages, not mappings: some are cut to an alignment. */
long fail_live_pages(void)
{
    return atomic_load(&state.pages);
}

/* Why a call fails. With sticky, later ones fail that have the same reason. */
enum reason {
    RESOURCES = 1, /* memory, descriptors, threads */
    SANDBOX,       /* somebody forbids the call; other calls go on */
    IO,            /* the disk */
};

/* 0, or the errno with which this call fails. */
static int fails(const char *name, enum reason reason, const int *errors, unsigned count)
{
    const char *none = NULL;
    int unset = 0;
    unsigned long n;

    if (!atomic_load(&state.armed) || atomic_load(&state.paused))
        return 0;
    n = atomic_fetch_add(&state.calls, 1) + 1;
    if (!state.nth || (state.sticky ? n < state.nth : n != state.nth))
        return 0;
    if (!atomic_compare_exchange_strong(&state.reason, &unset, (int)reason) && unset != (int)reason)
        return 0;
    atomic_compare_exchange_strong(&state.failed, &none, name);
    /* Nothing is interrupted for ever. */
    if (state.sticky && errors[state.which_errno % count] == EINTR)
        return errors[0];
    return errors[state.which_errno % count];
}

#define FAILS(name, reason, ...)               \
    static const int errors[] = {__VA_ARGS__}; \
    int err = fails(#name, reason, errors, sizeof errors / sizeof errors[0]);

/* result: what the function returns when it fails; err is in errno, and may be used. */
#define WRAP(reason, type, name, params, args, result, ...) \
    type __real_##name params;                              \
    type __wrap_##name params;                              \
    type __wrap_##name params                               \
    {                                                       \
        FAILS(name, reason, __VA_ARGS__)                    \
        if (err) {                                          \
            errno = err;                                    \
            return result;                                  \
        }                                                   \
        return __real_##name args;                          \
    }

/* ---- memory ---- */

static void *counted(void *block)
{
    if (block)
        atomic_fetch_add(&state.blocks, 1);
    return block;
}

#define WRAP_ALLOC(name, params, args)      \
    void *__real_##name params;             \
    void *__wrap_##name params;             \
    void *__wrap_##name params              \
    {                                       \
        FAILS(name, RESOURCES, ENOMEM)      \
        if (err) {                          \
            errno = err;                    \
            return NULL;                    \
        }                                   \
        return counted(__real_##name args); \
    }

WRAP_ALLOC(malloc, (size_t nbytes), (nbytes))
WRAP_ALLOC(calloc, (size_t count, size_t nbytes), (count, nbytes))
WRAP_ALLOC(aligned_alloc, (size_t align, size_t nbytes), (align, nbytes))
WRAP_ALLOC(strdup, (const char *text), (text))

void *__real_realloc(void *block, size_t nbytes);
void *__wrap_realloc(void *block, size_t nbytes);
void *__wrap_realloc(void *block, size_t nbytes)
{
    FAILS(realloc, RESOURCES, ENOMEM)
    if (err) {
        errno = err;
        return NULL;
    }
    return block ? __real_realloc(block, nbytes) : counted(__real_realloc(NULL, nbytes));
}

void __real_free(void *block);
void __wrap_free(void *block);
void __wrap_free(void *block)
{
    if (block)
        atomic_fetch_sub(&state.blocks, 1);
    __real_free(block);
}

static long pages_of(size_t nbytes)
{
    return (long)((nbytes + 4095) / 4096);
}

void *__real_mmap64(void *at, size_t nbytes, int protect, int flags, int fd, off64_t offset);
void *__wrap_mmap64(void *at, size_t nbytes, int protect, int flags, int fd, off64_t offset);
void *__wrap_mmap64(void *at, size_t nbytes, int protect, int flags, int fd, off64_t offset)
{
    FAILS(mmap, RESOURCES, ENOMEM, EAGAIN, ENFILE)
    void *made;

    if (err) {
        errno = err;
        return MAP_FAILED;
    }
    made = __real_mmap64(at, nbytes, protect, flags, fd, offset);
    if (made != MAP_FAILED && !(flags & MAP_FIXED))
        atomic_fetch_add(&state.pages, pages_of(nbytes));
    return made;
}

int __real_munmap(void *at, size_t nbytes);
int __wrap_munmap(void *at, size_t nbytes);
int __wrap_munmap(void *at, size_t nbytes)
{
    int rc = __real_munmap(at, nbytes);

    if (!rc)
        atomic_fetch_sub(&state.pages, pages_of(nbytes));
    return rc;
}

WRAP(RESOURCES, int, mprotect, (void *at, size_t nbytes, int protect), (at, nbytes, protect), -1,
     ENOMEM, EACCES)
WRAP(SANDBOX, ssize_t, process_vm_readv,
     (pid_t pid, const struct iovec *to, unsigned long n, const struct iovec *from, unsigned long m,
      unsigned long flags),
     (pid, to, n, from, m, flags), -1, EPERM, ENOSYS, ENOMEM)
WRAP(SANDBOX, ssize_t, process_vm_writev,
     (pid_t pid, const struct iovec *to, unsigned long n, const struct iovec *from, unsigned long m,
      unsigned long flags),
     (pid, to, n, from, m, flags), -1, EPERM, ENOSYS, ENOMEM)

/* ---- descriptors ---- */

WRAP(RESOURCES, int, memfd_create, (const char *name, unsigned flags), (name, flags), -1, EMFILE,
     ENFILE, ENOMEM, EPERM)
WRAP(RESOURCES, int, eventfd, (unsigned value, int flags), (value, flags), -1, EMFILE, ENFILE,
     ENOMEM)
WRAP(RESOURCES, int, epoll_create1, (int flags), (flags), -1, EMFILE, ENFILE, ENOMEM)
WRAP(RESOURCES, int, epoll_ctl, (int fd, int op, int other, struct epoll_event *event),
     (fd, op, other, event), -1, ENOSPC, ENOMEM)
WRAP(RESOURCES, int, pipe2, (int *ends, int flags), (ends, flags), -1, EMFILE, ENFILE)
/* Variadic where they are called; the third argument comes in the same place. */
WRAP(RESOURCES, int, open64, (const char *path, int flags, unsigned mode), (path, flags, mode), -1,
     EMFILE, ENFILE, ENOMEM, EACCES, ENOSPC)
WRAP(RESOURCES, int, openat64, (int at, const char *path, int flags, unsigned mode),
     (at, path, flags, mode), -1, EMFILE, ENFILE, ENOMEM, EACCES)
WRAP(RESOURCES, FILE *, fopen64, (const char *path, const char *mode), (path, mode), NULL, EMFILE,
     ENOMEM)
WRAP(RESOURCES, DIR *, opendir, (const char *path), (path), NULL, EMFILE, ENOMEM)
WRAP(RESOURCES, DIR *, fdopendir, (int fd), (fd), NULL, ENOMEM)

/* ---- threads ---- */

WRAP(RESOURCES, int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attr, void *(*body)(void *), void *arg),
     (thread, attr, body, arg), err, EAGAIN, EPERM)
int __real_pthread_setspecific(pthread_key_t key, const void *value);
int __wrap_pthread_setspecific(pthread_key_t key, const void *value);
int __wrap_pthread_setspecific(pthread_key_t key, const void *value)
{
#ifndef __clang__ /* whose sanitizers are linked in, too, and take no refusal */
    FAILS(pthread_setspecific, RESOURCES, ENOMEM)
    if (err)
        return err;
#endif
    return __real_pthread_setspecific(key, value);
}

/* ---- files ---- */

WRAP(IO, int, ftruncate64, (int fd, off64_t nbytes), (fd, nbytes), -1, ENOSPC, EIO)
WRAP(IO, int, fstat64, (int fd, struct stat64 *facts), (fd, facts), -1, ENOMEM, EIO)
WRAP(RESOURCES, int, stat64, (const char *path, struct stat64 *facts), (path, facts), -1, ENOMEM,
     EACCES)
WRAP(RESOURCES, int, lstat64, (const char *path, struct stat64 *facts), (path, facts), -1, ENOMEM,
     EACCES)
WRAP(SANDBOX, int, statx, (int at, const char *path, int flags, unsigned mask, struct statx *facts),
     (at, path, flags, mask, facts), -1, ENOSYS, ENOMEM)
WRAP(IO, int, unlink, (const char *path), (path), -1, EACCES, EIO)
WRAP(IO, int, fsync, (int fd), (fd), -1, EIO, ENOSPC)
WRAP(IO, int, fdatasync, (int fd), (fd), -1, EIO, ENOSPC)
WRAP(IO, int, fallocate64, (int fd, int mode, off64_t at, off64_t nbytes), (fd, mode, at, nbytes),
     -1, EOPNOTSUPP, ENOSPC)
WRAP(IO, ssize_t, preadv64v2,
     (int fd, const struct iovec *to, int count, off64_t offset, int flags),
     (fd, to, count, offset, flags), -1, EOPNOTSUPP, EIO, ENOMEM)
WRAP(IO, ssize_t, pwrite64, (int fd, const void *from, size_t nbytes, off64_t offset),
     (fd, from, nbytes, offset), -1, ENOSPC, EIO)
WRAP(IO, ssize_t, pwritev64v2,
     (int fd, const struct iovec *from, int count, off64_t offset, int flags),
     (fd, from, count, offset, flags), -1, ENOSPC, EIO)

/* ---- io_uring: the library's functions, because it makes its system calls inline ---- */

#ifdef EMU_HAVE_URING
WRAP(RESOURCES, int, io_uring_queue_init, (unsigned entries, struct io_uring *ring, unsigned flags),
     (entries, ring, flags), -err, ENOMEM, EMFILE, EPERM, ENOSYS)
WRAP(SANDBOX, int, io_uring_submit, (struct io_uring * ring), (ring), -err, EPERM, EAGAIN, EBUSY,
     EINTR, ENOSYS)
WRAP(SANDBOX, int, io_uring_enter,
     (unsigned fd, unsigned submit, unsigned min, unsigned flags, sigset_t *set),
     (fd, submit, min, flags, set), -err, EPERM, EAGAIN, EBUSY, EINTR)
WRAP(SANDBOX, int, io_uring_enter2,
     (unsigned fd, unsigned submit, unsigned min, unsigned flags, sigset_t *set, size_t nbytes),
     (fd, submit, min, flags, set, nbytes), -err, EPERM, EAGAIN, EBUSY, EINTR)
WRAP(SANDBOX, int, io_uring_register_probe,
     (struct io_uring * ring, struct io_uring_probe *probe, unsigned n), (ring, probe, n), -err,
     EPERM, EINVAL)
WRAP(RESOURCES, int, io_uring_register_files_sparse, (struct io_uring * ring, unsigned n),
     (ring, n), -err, ENOMEM, EMFILE, EINVAL, EPERM)
WRAP(RESOURCES, int, io_uring_register_files_update,
     (struct io_uring * ring, unsigned at, const int *fds, unsigned n), (ring, at, fds, n), -err,
     ENOMEM, EBADF, EPERM)
WRAP(RESOURCES, int, io_uring_register_buffers_sparse, (struct io_uring * ring, unsigned n),
     (ring, n), -err, ENOMEM, EINVAL, EPERM)
WRAP(RESOURCES, int, io_uring_register_buffers_update_tag,
     (struct io_uring * ring, unsigned at, const struct iovec *buffers, const __u64 *tags,
      unsigned n),
     (ring, at, buffers, tags, n), -err, ENOMEM, EFAULT, EPERM)
WRAP(SANDBOX, int, io_uring_register_sync_cancel,
     (struct io_uring * ring, struct io_uring_sync_cancel_reg *request), (ring, request), -err, EPERM,
     EINVAL, ENOENT)
WRAP(RESOURCES, int, io_uring_ring_dontfork, (struct io_uring * ring), (ring), -err, ENOMEM)
#endif
