/* SPDX-License-Identifier: MIT */
/*
 * Windows-source mode (-fshort-wchar): every wide function of the C library has a declaration here,
 * before the system's own, that leads either to Ringer's 16-bit version or to an error at compile
 * time. The C library's own would take wchar_t for 32 bits and read wrong data. Narrow printf is
 * here for its %ls, %lc, %S and %C.
 */
#ifndef RINGER_REDIRECT_H
#define RINGER_REDIRECT_H
#pragma GCC system_header

#if __SIZEOF_WCHAR_T__ != 2
#error "Ringer: this folder is for -fshort-wchar; take the flags of `pkg-config --cflags ringer` whole, or those of ringer-char16."
#endif
#ifdef RINGER_CHAR16
#error "Ringer: the flags of ringer.pc and ringer-char16.pc are mixed."
#endif

#include <features.h>
/* The checking versions of _FORTIFY_SOURCE call the 32-bit ones by other names. */
#undef __USE_FORTIFY_LEVEL
#define __USE_FORTIFY_LEVEL 0

#include <bits/types.h>
#include <bits/types/FILE.h>
#include <bits/types/__FILE.h>
#include <bits/types/mbstate_t.h>
#include <bits/types/wint_t.h>
#define __need_size_t
#define __need_wchar_t
#define __need_NULL
#include <stddef.h>
#define __need___va_list
#include <stdarg.h>
#include <stdint.h>

#define RINGER_AS(name) __asm__("ringer_" #name)
#ifdef __cplusplus
#define RINGER_NONE_NTH(name) __THROW RINGER_NONE(name)
#define RINGER_AS_NTH(name) __THROW RINGER_AS(name)
#else
#define RINGER_NONE_NTH(name) RINGER_NONE(name) __THROW
#define RINGER_AS_NTH(name) RINGER_AS(name) __THROW
#endif
#if defined(__has_attribute)
#if __has_attribute(error)
#define RINGER_NONE(name)                                                              \
    __asm__("ringer_has_no_16_bit_" #name)                                             \
        __attribute__((__error__(#name " has no version for 16-bit wchar_t in Ringer")))
#endif
#endif
#ifndef RINGER_NONE
#define RINGER_NONE(name) __asm__("ringer_has_no_16_bit_" #name)
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct tm;
typedef unsigned long wctype_t;
typedef const __int32_t *wctrans_t;

/*
 * The length of a string.
 * wcslen(s), wcsnlen(s, count)
 * s: the string.
 * count: characters to look at; the end of the string need not be among them.
 * Returns characters before the terminator, for wcsnlen count at most; cannot fail.
 * Source: [D] wcslen, wcsnlen.
 */
extern size_t wcslen(const wchar_t *) RINGER_AS(wcslen);
extern size_t wcsnlen(const wchar_t *, size_t) RINGER_AS(wcsnlen);

/*
 * Memory of characters, terminators being nothing special; wmemmove bears an overlap.
 * wmemcpy(to, from, count), wmemmove(to, from, count), wmemset(to, c, count), wmemcmp(a, b, count),
 * wmemchr(s, c, count)
 * to: where to.
 * from: where from.
 * a, b: what is compared.
 * s: what is searched.
 * c: a character.
 * count: characters.
 * Returns to; of wmemcmp -1, 0 or 1; of wmemchr the first that is c, or NULL. They cannot fail.
 * Source: [D] wmemcpy, wmemmove, wmemset, wmemcmp, wmemchr.
 */
extern wchar_t *wmemcpy(wchar_t *, const wchar_t *, size_t) RINGER_AS(wmemcpy);
extern wchar_t *wmemmove(wchar_t *, const wchar_t *, size_t) RINGER_AS(wmemmove);
extern wchar_t *wmemset(wchar_t *, wchar_t, size_t) RINGER_AS(wmemset);
extern int wmemcmp(const wchar_t *, const wchar_t *, size_t) RINGER_AS(wmemcmp);
extern wchar_t *wmemchr(const wchar_t *, wchar_t, size_t) RINGER_AS(wmemchr);

/*
 * Copies a string, or puts it behind another. wcsncpy fills up with terminators and leaves a string
 * that is too long without one; wcsncat always terminates.
 * wcscpy(to, from), wcsncpy(to, from, count), wcscat(to, from), wcsncat(to, from, count)
 * to: the caller's, with room for all of it.
 * from: the string.
 * count: characters of from at most.
 * Returns to; cannot fail.
 * Source: [D] wcscpy, wcsncpy, wcscat, wcsncat.
 */
extern wchar_t *wcscpy(wchar_t *, const wchar_t *) RINGER_AS(wcscpy);
extern wchar_t *wcsncpy(wchar_t *, const wchar_t *, size_t) RINGER_AS(wcsncpy);
extern wchar_t *wcscat(wchar_t *, const wchar_t *) RINGER_AS(wcscat);
extern wchar_t *wcsncat(wchar_t *, const wchar_t *, size_t) RINGER_AS(wcsncat);

/*
 * Compares strings by the numbers of their characters; so does wcscoll, whatever the locale, and
 * wcsxfrm copies.
 * wcscmp(a, b), wcsncmp(a, b, count), wcscoll(a, b), wcsxfrm(to, from, count)
 * a, b: strings.
 * to: written only if all of it fits; may be NULL with count 0.
 * from: the string.
 * count: characters to compare, or of to.
 * Returns -1, 0 or 1; of wcsxfrm the length of from in characters. They cannot fail.
 * Source: [D] wcscmp, wcsncmp, wcscoll, wcsxfrm; [I].
 */
extern int wcscmp(const wchar_t *, const wchar_t *) RINGER_AS(wcscmp);
extern int wcsncmp(const wchar_t *, const wchar_t *, size_t) RINGER_AS(wcsncmp);
extern int wcscoll(const wchar_t *, const wchar_t *) RINGER_AS(wcscoll);
extern size_t wcsxfrm(wchar_t *, const wchar_t *, size_t) RINGER_AS(wcsxfrm);

/*
 * Looks into a string: for its first or last c, how long it is of set or of none of it, for the
 * first of set, for another string.
 * wcschr(s, c), wcsrchr(s, c), wcsspn(s, set), wcscspn(s, set), wcspbrk(s, set), wcsstr(s, needle)
 * s: the string.
 * c: a character; the terminator is found, too.
 * set: characters, as a string.
 * needle: a string; an empty one is found at once.
 * Returns where it is, or NULL; of wcsspn and wcscspn characters. They cannot fail.
 * Source: [D] wcschr, wcsrchr, wcsspn, wcscspn, wcspbrk, wcsstr.
 */
extern wchar_t *wcschr(const wchar_t *, wchar_t) RINGER_AS(wcschr);
extern wchar_t *wcsrchr(const wchar_t *, wchar_t) RINGER_AS(wcsrchr);
extern size_t wcsspn(const wchar_t *, const wchar_t *) RINGER_AS(wcsspn);
extern size_t wcscspn(const wchar_t *, const wchar_t *) RINGER_AS(wcscspn);
extern wchar_t *wcspbrk(const wchar_t *, const wchar_t *) RINGER_AS(wcspbrk);
extern wchar_t *wcsstr(const wchar_t *, const wchar_t *) RINGER_AS(wcsstr);

/*
 * Cuts a string into pieces.
 * wcstok(s, set, next)
 * s: the string, which is changed; NULL goes on behind the last piece.
 * set: the characters between pieces.
 * next: in and out; where to go on.
 * Returns the piece; NULL when there is none left.
 * Source: [D] wcstok.
 */
extern wchar_t *wcstok(wchar_t *, const wchar_t *, wchar_t **) RINGER_AS(wcstok);

/*
 * Copies a string into memory of malloc.
 * wcsdup(s)
 * s: the string.
 * Returns the copy, which the caller frees with free; NULL without memory.
 * Source: [D] _wcsdup.
 */
extern wchar_t *wcsdup(const wchar_t *) RINGER_AS(wcsdup);

/*
 * Compares strings without regard to case, by Unicode's simple mapping in every locale.
 * wcscasecmp(a, b), _wcsicmp(a, b), wcsicmp(a, b), wcsncasecmp(a, b, count), _wcsnicmp(a, b,
 * count), wcsnicmp(a, b, count)
 * a, b: strings.
 * count: characters to compare.
 * Returns -1, 0 or 1; cannot fail.
 * Source: [D] _wcsicmp, _wcsnicmp; [I].
 */
extern int wcscasecmp(const wchar_t *, const wchar_t *) RINGER_AS(wcsicmp);
extern int wcsncasecmp(const wchar_t *, const wchar_t *, size_t) RINGER_AS(wcsnicmp);
extern int _wcsicmp(const wchar_t *, const wchar_t *) RINGER_AS(wcsicmp);
extern int _wcsnicmp(const wchar_t *, const wchar_t *, size_t) RINGER_AS(wcsnicmp);
extern int wcsicmp(const wchar_t *, const wchar_t *) RINGER_AS(wcsicmp);
extern int wcsnicmp(const wchar_t *, const wchar_t *, size_t) RINGER_AS(wcsnicmp);

/*
 * As wcsdup.
 * _wcsdup(s)
 * s: the string.
 * Returns the copy, which the caller frees with free; NULL without memory.
 * Source: [D] _wcsdup.
 */
extern wchar_t *_wcsdup(const wchar_t *) RINGER_AS(wcsdup);

/*
 * Changes a string in place: to lower case, to upper case, back to front by its 16-bit units.
 * _wcslwr(s), _wcsupr(s), _wcsrev(s)
 * s: the string.
 * Returns s; cannot fail.
 * Source: [D] _wcslwr, _wcsupr, _wcsrev; [I].
 */
extern wchar_t *_wcslwr(wchar_t *) RINGER_AS(wcslwr);
extern wchar_t *_wcsupr(wchar_t *) RINGER_AS(wcsupr);
extern wchar_t *_wcsrev(wchar_t *) RINGER_AS(wcsrev);

/*
 * Copying and appending that does not leave its room. What does not fit leaves an empty string,
 * except with wcsncpy_s and count (size_t)-1, which cuts. There is no handler that ends the
 * process: the code comes back.
 * wcscpy_s(to, capacity, from), wcscat_s(to, capacity, from), wcsncpy_s(to, capacity, from, count)
 * to: the caller's.
 * capacity: characters of to, its terminator included.
 * from: the string.
 * count: characters of from at most.
 * Returns 0; EINVAL for NULL, a capacity of 0 or a to without an end; ERANGE for no room; of
 *   wcsncpy_s 80 when it cut.
 * Source: [D] wcscpy_s, wcscat_s, wcsncpy_s; [I].
 */
extern int wcscpy_s(wchar_t *, size_t, const wchar_t *) RINGER_AS(wcscpy_s);
extern int wcscat_s(wchar_t *, size_t, const wchar_t *) RINGER_AS(wcscat_s);
extern int wcsncpy_s(wchar_t *, size_t, const wchar_t *, size_t) RINGER_AS(wcsncpy_s);

/*
 * A number at the front of a string, behind blanks. long has 64 bits, as everywhere on Linux.
 * wcstol(s, end, base), wcstoul(s, end, base), wcstoll(s, end, base), wcstoull(s, end, base),
 * _wcstoi64(s, end, base), _wcstoui64(s, end, base), wcstoimax(s, end, base), wcstoumax(s, end,
 * base)
 * s: the string.
 * end: out; behind the number, or s when there is none. May be NULL.
 * base: 2 to 36; 0 goes by the prefix.
 * Returns the number; 0 when there is none; the nearest one and errno ERANGE when it is too large.
 * Source: [D] wcstol, wcstoul, wcstoll, wcstoull, _wcstoi64, _wcstoui64, wcstoimax, wcstoumax; [I].
 */
extern long wcstol(const wchar_t *, wchar_t **, int) RINGER_AS(wcstol);
extern unsigned long wcstoul(const wchar_t *, wchar_t **, int) RINGER_AS(wcstoul);
__extension__ extern long long wcstoll(const wchar_t *, wchar_t **, int) RINGER_AS(wcstoll);
__extension__ extern unsigned long long wcstoull(const wchar_t *, wchar_t **, int)
    RINGER_AS(wcstoull);
__extension__ extern long long _wcstoi64(const wchar_t *, wchar_t **, int) RINGER_AS(wcstoll);
__extension__ extern unsigned long long _wcstoui64(const wchar_t *, wchar_t **, int)
    RINGER_AS(wcstoull);
extern intmax_t wcstoimax(const wchar_t *, wchar_t **, int) RINGER_AS_NTH(wcstoll);
extern uintmax_t wcstoumax(const wchar_t *, wchar_t **, int) RINGER_AS_NTH(wcstoull);

/*
 * A floating-point number at the front of a string, behind blanks.
 * wcstod(s, end), wcstof(s, end), wcstold(s, end)
 * s: the string.
 * end: out; behind the number, or s when there is none. May be NULL.
 * Returns the number; 0 when there is none; the largest or least one and errno ERANGE when it is
 *   out of range.
 * Source: [D] wcstod, wcstof, wcstold.
 */
extern double wcstod(const wchar_t *, wchar_t **) RINGER_AS(wcstod);
extern float wcstof(const wchar_t *, wchar_t **) RINGER_AS(wcstof);
extern long double wcstold(const wchar_t *, wchar_t **) RINGER_AS(wcstold);

/*
 * A number at the front of a string, in base 10, with nothing said about mistakes. _wtoi stops at
 * the ends of 32 bits.
 * _wtoi(s), _wtoi64(s), _wtof(s)
 * s: the string.
 * Returns the number; 0 when there is none.
 * Source: [D] _wtoi, _wtoi64, _wtof.
 */
extern int _wtoi(const wchar_t *) RINGER_AS(wtoi);
__extension__ extern long long _wtoi64(const wchar_t *) RINGER_AS(wtoi64);
extern double _wtof(const wchar_t *) RINGER_AS(wtof);

/*
 * Formats into memory. %s and %c mean wide text, %S and %C, %hs and %hc narrow UTF-8, as in
 * Microsoft's library; positional arguments and %n are refused.
 * swprintf(to, count, format, ...), vswprintf(to, count, format, arguments), swprintf_s(to, count,
 * format, ...)
 * to: the caller's; always terminated unless count is 0.
 * count: characters of to, its terminator included.
 * format: wide text.
 * arguments: what the format asks for.
 * Returns characters written, without the terminator; -1 when it does not fit, or with errno
 *   EINVAL, EILSEQ, ENOMEM.
 * Source: [D] swprintf, vswprintf, swprintf_s; [I].
 */
extern int swprintf(wchar_t *, size_t, const wchar_t *, ...) RINGER_AS(swprintf);
extern int vswprintf(wchar_t *, size_t, const wchar_t *, __gnuc_va_list) RINGER_AS(vswprintf);
extern int swprintf_s(wchar_t *, size_t, const wchar_t *, ...) RINGER_AS(swprintf);

/*
 * The same, but what fills to exactly is left without a terminator, as is what does not fit; NULL
 * and 0 count.
 * _snwprintf(to, count, format, ...), _vsnwprintf(to, count, format, arguments)
 * to: the caller's, or NULL.
 * count: characters of to.
 * format: wide text.
 * arguments: what the format asks for.
 * Returns characters written or needed, without the terminator; -1 when it does not fit, or with
 *   errno EINVAL, EILSEQ, ENOMEM.
 * Source: [D] _snwprintf, _vsnwprintf.
 */
extern int _snwprintf(wchar_t *, size_t, const wchar_t *, ...) RINGER_AS(snwprintf);
extern int _vsnwprintf(wchar_t *, size_t, const wchar_t *, __gnuc_va_list) RINGER_AS(vsnwprintf);

/*
 * Counts what swprintf would write.
 * _scwprintf(format, ...), _vscwprintf(format, arguments)
 * format: wide text.
 * arguments: what the format asks for.
 * Returns characters, without the terminator; -1 with errno EINVAL, EILSEQ, ENOMEM.
 * Source: [D] _scwprintf, _vscwprintf.
 */
extern int _scwprintf(const wchar_t *, ...) RINGER_AS(scwprintf);
extern int _vscwprintf(const wchar_t *, __gnuc_va_list) RINGER_AS(vscwprintf);

/*
 * Formats to a stream, as UTF-8. The stream stays narrow: wide and narrow output may be mixed.
 * wprintf(format, ...), vwprintf(format, arguments), fwprintf(file, format, ...), vfwprintf(file,
 * format, arguments)
 * file: the stream; stdout where there is none.
 * format: wide text, as for swprintf.
 * arguments: what the format asks for.
 * Returns characters written; -1 with errno, EILSEQ for a lone surrogate.
 * Source: [D] wprintf, vwprintf, fwprintf, vfwprintf; [I].
 */
extern int wprintf(const wchar_t *, ...) RINGER_AS(wprintf);
extern int vwprintf(const wchar_t *, __gnuc_va_list) RINGER_AS(vwprintf);
extern int fwprintf(__FILE *, const wchar_t *, ...) RINGER_AS(fwprintf);
extern int vfwprintf(__FILE *, const wchar_t *, __gnuc_va_list) RINGER_AS(vfwprintf);

/*
 * Writes one character as UTF-8; half of a pair cannot be written alone.
 * fputwc(c, file), putwc(c, file), putwchar(c)
 * c: the character.
 * file: the stream; stdout where there is none.
 * Returns c; WEOF on failure, with errno EILSEQ for a surrogate.
 * Source: [D] fputwc, putwc, putwchar; [I].
 */
extern wint_t fputwc(wchar_t, __FILE *) RINGER_AS(fputwc);
extern wint_t putwc(wchar_t, __FILE *) RINGER_AS(fputwc);
extern wint_t putwchar(wchar_t) RINGER_AS(putwchar);

/*
 * Writes a string as UTF-8; _putws a line end behind it.
 * fputws(s, file), _putws(s)
 * s: the string.
 * file: the stream; stdout where there is none.
 * Returns 0; EOF, which is -1, on failure.
 * Source: [D] fputws, _putws; [I].
 */
extern int fputws(const wchar_t *, __FILE *) RINGER_AS(fputws);
extern int _putws(const wchar_t *) RINGER_AS(putws);

/*
 * Formats a time, by strftime in the locale of the program.
 * wcsftime(to, count, format, time)
 * to: the caller's.
 * count: characters of to, its terminator included.
 * format: wide text.
 * time: the time.
 * Returns characters written, without the terminator; 0 when it does not fit, is empty or is no
 *   UTF-8.
 * Source: [D] wcsftime; [I].
 */
extern size_t wcsftime(wchar_t *, size_t, const wchar_t *, const struct tm *) RINGER_AS(wcsftime);

/*
 * Narrow formats to a stream, with %ls, %lc, %ws, %S and %C for 16-bit text and Microsoft's %I64d.
 * A format without those goes to the C library as it is; in one with them positional arguments and
 * %n are refused.
 * printf(format, ...), fprintf(file, format, ...), vprintf(format, arguments), vfprintf(file,
 * format, arguments)
 * file: the stream; stdout where there is none.
 * format: narrow text; wide arguments come out as UTF-8.
 * arguments: what the format asks for.
 * Returns bytes written; -1 with errno, EILSEQ for a lone surrogate, EINVAL for what is refused.
 * Source: [D] printf, fprintf, vprintf, vfprintf; [I].
 */
extern int printf(const char *, ...) RINGER_AS(printf);
extern int fprintf(__FILE *, const char *, ...) RINGER_AS(fprintf);
extern int vprintf(const char *, __gnuc_va_list) RINGER_AS(vprintf);
extern int vfprintf(__FILE *, const char *, __gnuc_va_list) RINGER_AS(vfprintf);

/*
 * The same into memory, always terminated unless count is 0.
 * sprintf(to, format, ...), vsprintf(to, format, arguments), snprintf(to, count, format, ...),
 * vsnprintf(to, count, format, arguments)
 * to: the caller's, with room for all of it where there is no count.
 * count: bytes of to, its terminator included.
 * format: narrow text.
 * arguments: what the format asks for.
 * Returns bytes, without the terminator, that it has or would have had; -1 with errno.
 * Source: [D] sprintf, vsprintf, snprintf, vsnprintf; [I].
 */
extern int sprintf(char *, const char *, ...) RINGER_AS_NTH(sprintf);
extern int vsprintf(char *, const char *, __gnuc_va_list) RINGER_AS_NTH(vsprintf);
extern int snprintf(char *, size_t, const char *, ...) RINGER_AS_NTH(snprintf);
extern int vsnprintf(char *, size_t, const char *, __gnuc_va_list) RINGER_AS_NTH(vsnprintf);

/*
 * The same into memory of malloc.
 * vasprintf(out, format, arguments), asprintf(out, format, ...)
 * out: receives the text, which the caller frees with free; NULL on failure.
 * format: narrow text.
 * arguments: what the format asks for.
 * Returns bytes, without the terminator; -1 on failure.
 * Source: [I].
 */
extern int vasprintf(char **, const char *, __gnuc_va_list) RINGER_AS_NTH(vasprintf);
extern int asprintf(char **, const char *, ...) RINGER_AS_NTH(asprintf);

/*
 * The same to a descriptor.
 * vdprintf(fd, format, arguments), dprintf(fd, format, ...)
 * fd: the descriptor.
 * format: narrow text.
 * arguments: what the format asks for.
 * Returns bytes written; -1 with errno.
 * Source: [I].
 */
extern int vdprintf(int, const char *, __gnuc_va_list) RINGER_AS(vdprintf);
extern int dprintf(int, const char *, ...) RINGER_AS(dprintf);

/*
 * One character between UTF-8, whatever the locale, and a 16-bit unit. What takes two units, or is
 * half of them, is refused.
 * mbtowc(out, text, nbytes), wctomb(narrow, c)
 * out: out; the unit. May be NULL.
 * text: UTF-8; NULL asks for state, of which there is none.
 * nbytes: bytes to look at.
 * narrow: out; 3 bytes of room. NULL asks for state.
 * c: the unit.
 * Returns bytes taken or made; 0 for the terminator of mbtowc, and for state; -1 with errno EILSEQ.
 * Source: [D] mbtowc, wctomb; [I].
 */
extern int mbtowc(wchar_t *, const char *, size_t) RINGER_AS_NTH(mbtowc);
extern int wctomb(char *, wchar_t) RINGER_AS_NTH(wctomb);

/*
 * A string between UTF-8, whatever the locale, and UTF-16; never half a character.
 * mbstowcs(out, text, capacity), wcstombs(narrow, units, nbytes)
 * out: out; NULL counts only.
 * text: UTF-8.
 * capacity: characters of out.
 * narrow: out; NULL counts only.
 * units: UTF-16.
 * nbytes: bytes of narrow.
 * Returns characters, of wcstombs bytes, without the terminator, which is there if it fits;
 *   (size_t)-1 with errno EILSEQ.
 * Source: [D] mbstowcs, wcstombs; [I].
 */
extern size_t mbstowcs(wchar_t *, const char *, size_t) RINGER_AS_NTH(mbstowcs);
extern size_t wcstombs(char *, const wchar_t *, size_t) RINGER_AS_NTH(wcstombs);

/*
 * One byte as a character and back; ASCII only, as that is what UTF-8 has in one byte.
 * btowc(byte), wctob(c)
 * byte: a byte, or EOF.
 * c: a character.
 * Returns the other; WEOF, of wctob EOF, which is -1, when there is none.
 * Source: [D] btowc, wctob; [I].
 */
extern wint_t btowc(int) RINGER_AS(btowc);
extern int wctob(wint_t) RINGER_AS(wctob);

/*
 * Whether a character is of a class, by Unicode in every locale; surrogates and what is beyond 16
 * bits are of none.
 * iswalnum(c), iswalpha(c), iswblank(c), iswcntrl(c), iswdigit(c), iswgraph(c), iswlower(c),
 * iswprint(c), iswpunct(c), iswspace(c), iswupper(c), iswxdigit(c)
 * c: the character.
 * Returns 1 or 0; cannot fail.
 * Source: [D] iswalnum, iswalpha, iswblank, iswcntrl, iswdigit, iswgraph, iswlower, iswprint,
 *   iswpunct, iswspace, iswupper, iswxdigit; [I].
 */
extern int iswalnum(wint_t) RINGER_AS(iswalnum);
extern int iswalpha(wint_t) RINGER_AS(iswalpha);
extern int iswblank(wint_t) RINGER_AS(iswblank);
extern int iswcntrl(wint_t) RINGER_AS(iswcntrl);
extern int iswdigit(wint_t) RINGER_AS(iswdigit);
extern int iswgraph(wint_t) RINGER_AS(iswgraph);
extern int iswlower(wint_t) RINGER_AS(iswlower);
extern int iswprint(wint_t) RINGER_AS(iswprint);
extern int iswpunct(wint_t) RINGER_AS(iswpunct);
extern int iswspace(wint_t) RINGER_AS(iswspace);
extern int iswupper(wint_t) RINGER_AS(iswupper);
extern int iswxdigit(wint_t) RINGER_AS(iswxdigit);

/*
 * The same with the class by its name.
 * wctype(name), iswctype(c, type)
 * name: "alpha" and the like.
 * c: the character.
 * type: of wctype.
 * Returns the class, 0 for none of that name; of iswctype 1 or 0.
 * Source: [D] wctype, iswctype; [I].
 */
extern wctype_t wctype(const char *) RINGER_AS(wctype);
extern int iswctype(wint_t, wctype_t) RINGER_AS(iswctype);

/*
 * The other case of a character, by Unicode's simple mapping in every locale.
 * towlower(c), towupper(c)
 * c: the character.
 * Returns it, or c when it has none; cannot fail.
 * Source: [D] towlower, towupper; [I].
 */
extern wint_t towlower(wint_t) RINGER_AS(towlower);
extern wint_t towupper(wint_t) RINGER_AS(towupper);

extern wint_t fgetwc(__FILE *) RINGER_NONE(fgetwc);
extern wint_t getwc(__FILE *) RINGER_NONE(getwc);
extern wint_t getwchar(void) RINGER_NONE(getwchar);
extern wchar_t *fgetws(wchar_t *, int, __FILE *) RINGER_NONE(fgetws);
extern wint_t ungetwc(wint_t, __FILE *) RINGER_NONE(ungetwc);
extern int fwide(__FILE *, int) RINGER_NONE(fwide);
extern int wscanf(const wchar_t *, ...) RINGER_NONE(wscanf);
extern int fwscanf(__FILE *, const wchar_t *, ...) RINGER_NONE(fwscanf);
extern int swscanf(const wchar_t *, const wchar_t *, ...) RINGER_NONE(swscanf);
extern int vwscanf(const wchar_t *, __gnuc_va_list) RINGER_NONE(vwscanf);
extern int vfwscanf(__FILE *, const wchar_t *, __gnuc_va_list) RINGER_NONE(vfwscanf);
extern int vswscanf(const wchar_t *, const wchar_t *, __gnuc_va_list) RINGER_NONE(vswscanf);
extern int mbsinit(const mbstate_t *) RINGER_NONE(mbsinit);
extern size_t mbrlen(const char *, size_t, mbstate_t *) RINGER_NONE(mbrlen);
extern size_t mbrtowc(wchar_t *, const char *, size_t, mbstate_t *) RINGER_NONE(mbrtowc);
extern size_t wcrtomb(char *, wchar_t, mbstate_t *) RINGER_NONE(wcrtomb);
extern size_t mbsrtowcs(wchar_t *, const char **, size_t, mbstate_t *) RINGER_NONE(mbsrtowcs);
extern size_t wcsrtombs(char *, const wchar_t **, size_t, mbstate_t *) RINGER_NONE(wcsrtombs);
extern size_t mbsnrtowcs(wchar_t *, const char **, size_t, size_t, mbstate_t *)
    RINGER_NONE(mbsnrtowcs);
extern size_t wcsnrtombs(char *, const wchar_t **, size_t, size_t, mbstate_t *)
    RINGER_NONE(wcsnrtombs);
extern wctrans_t wctrans(const char *) RINGER_NONE(wctrans);
extern wint_t towctrans(wint_t, wctrans_t) RINGER_NONE(towctrans);
extern int wcwidth(wchar_t) RINGER_NONE(wcwidth);
extern int wcswidth(const wchar_t *, size_t) RINGER_NONE(wcswidth);
extern wchar_t *wcswcs(const wchar_t *, const wchar_t *) RINGER_NONE(wcswcs);
extern wchar_t *wcschrnul(const wchar_t *, wchar_t) RINGER_NONE(wcschrnul);
extern wchar_t *wcpcpy(wchar_t *, const wchar_t *) RINGER_NONE(wcpcpy);
extern wchar_t *wcpncpy(wchar_t *, const wchar_t *, size_t) RINGER_NONE(wcpncpy);
extern wchar_t *wmempcpy(wchar_t *, const wchar_t *, size_t) RINGER_NONE(wmempcpy);
extern __FILE *open_wmemstream(wchar_t **, size_t *) RINGER_NONE_NTH(open_wmemstream);
extern wint_t fgetwc_unlocked(__FILE *) RINGER_NONE(fgetwc_unlocked);
extern wint_t getwc_unlocked(__FILE *) RINGER_NONE(getwc_unlocked);
extern wint_t getwchar_unlocked(void) RINGER_NONE(getwchar_unlocked);
extern wint_t fputwc_unlocked(wchar_t, __FILE *) RINGER_NONE(fputwc_unlocked);
extern wint_t putwc_unlocked(wchar_t, __FILE *) RINGER_NONE(putwc_unlocked);
extern wint_t putwchar_unlocked(wchar_t) RINGER_NONE(putwchar_unlocked);
extern wchar_t *fgetws_unlocked(wchar_t *, int, __FILE *) RINGER_NONE(fgetws_unlocked);
extern int fputws_unlocked(const wchar_t *, __FILE *) RINGER_NONE(fputws_unlocked);
extern __FILE *_wfopen(const wchar_t *, const wchar_t *) RINGER_NONE(_wfopen);

#ifdef __cplusplus
}
#endif

#endif
