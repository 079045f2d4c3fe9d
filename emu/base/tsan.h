/* SPDX-License-Identifier: MIT */
/*
 * Happens-before edges that cross the kernel or the two views of a queue. ThreadSanitizer sees
 * neither, and would report ghosts; in other builds these are nothing.
 */
#ifndef EMU_BASE_TSAN_H
#define EMU_BASE_TSAN_H

#if defined(__SANITIZE_THREAD__)
#    define EMU_TSAN 1
#elif defined(__has_feature)
#    if __has_feature(thread_sanitizer)
#        define EMU_TSAN 1
#    endif
#endif

#ifdef EMU_TSAN
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#    define emu_tsan_acquire(address) __tsan_acquire(address)
#    define emu_tsan_release(address) __tsan_release(address)
#else
#    define emu_tsan_acquire(address) ((void)(address))
#    define emu_tsan_release(address) ((void)(address))
#endif

#endif
