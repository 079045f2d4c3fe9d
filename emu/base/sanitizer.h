/* SPDX-License-Identifier: MIT */
/* EMU_SANITIZED: a sanitizer watches this build, so what it cannot see through is left out. */
#ifndef EMU_BASE_SANITIZER_H
#define EMU_BASE_SANITIZER_H

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#    define EMU_SANITIZED 1
#elif defined(__has_feature)
#    if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer) || \
        __has_feature(memory_sanitizer)
#        define EMU_SANITIZED 1
#    endif
#endif

#endif
