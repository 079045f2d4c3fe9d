/* SPDX-License-Identifier: MIT */
/*
 * Windows-source mode (-fshort-wchar): every wide function of the C library has a declaration here,
 * before the system's own, that leads either to Ringer's 16-bit version or to an error at compile
 * time. The C library's own would take wchar_t for 32 bits and read wrong data. Narrow printf is here
 * for its %ls, %lc, %S and %C.
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

extern size_t wcslen(const wchar_t *) RINGER_AS(wcslen);
extern size_t wcsnlen(const wchar_t *, size_t) RINGER_AS(wcsnlen);
extern wchar_t *wmemcpy(wchar_t *, const wchar_t *, size_t) RINGER_AS(wmemcpy);
extern wchar_t *wmemmove(wchar_t *, const wchar_t *, size_t) RINGER_AS(wmemmove);
extern wchar_t *wmemset(wchar_t *, wchar_t, size_t) RINGER_AS(wmemset);
extern int wmemcmp(const wchar_t *, const wchar_t *, size_t) RINGER_AS(wmemcmp);
extern wchar_t *wmemchr(const wchar_t *, wchar_t, size_t) RINGER_AS(wmemchr);
extern wchar_t *wcscpy(wchar_t *, const wchar_t *) RINGER_AS(wcscpy);
extern wchar_t *wcsncpy(wchar_t *, const wchar_t *, size_t) RINGER_AS(wcsncpy);
extern wchar_t *wcscat(wchar_t *, const wchar_t *) RINGER_AS(wcscat);
extern wchar_t *wcsncat(wchar_t *, const wchar_t *, size_t) RINGER_AS(wcsncat);
extern int wcscmp(const wchar_t *, const wchar_t *) RINGER_AS(wcscmp);
extern int wcsncmp(const wchar_t *, const wchar_t *, size_t) RINGER_AS(wcsncmp);
extern int wcscoll(const wchar_t *, const wchar_t *) RINGER_AS(wcscoll);
extern size_t wcsxfrm(wchar_t *, const wchar_t *, size_t) RINGER_AS(wcsxfrm);
extern wchar_t *wcschr(const wchar_t *, wchar_t) RINGER_AS(wcschr);
extern wchar_t *wcsrchr(const wchar_t *, wchar_t) RINGER_AS(wcsrchr);
extern size_t wcsspn(const wchar_t *, const wchar_t *) RINGER_AS(wcsspn);
extern size_t wcscspn(const wchar_t *, const wchar_t *) RINGER_AS(wcscspn);
extern wchar_t *wcspbrk(const wchar_t *, const wchar_t *) RINGER_AS(wcspbrk);
extern wchar_t *wcsstr(const wchar_t *, const wchar_t *) RINGER_AS(wcsstr);
extern wchar_t *wcstok(wchar_t *, const wchar_t *, wchar_t **) RINGER_AS(wcstok);
extern wchar_t *wcsdup(const wchar_t *) RINGER_AS(wcsdup);
extern int wcscasecmp(const wchar_t *, const wchar_t *) RINGER_AS(wcsicmp);
extern int wcsncasecmp(const wchar_t *, const wchar_t *, size_t) RINGER_AS(wcsnicmp);
extern int _wcsicmp(const wchar_t *, const wchar_t *) RINGER_AS(wcsicmp);
extern int _wcsnicmp(const wchar_t *, const wchar_t *, size_t) RINGER_AS(wcsnicmp);
extern int wcsicmp(const wchar_t *, const wchar_t *) RINGER_AS(wcsicmp);
extern int wcsnicmp(const wchar_t *, const wchar_t *, size_t) RINGER_AS(wcsnicmp);
extern wchar_t *_wcsdup(const wchar_t *) RINGER_AS(wcsdup);
extern wchar_t *_wcslwr(wchar_t *) RINGER_AS(wcslwr);
extern wchar_t *_wcsupr(wchar_t *) RINGER_AS(wcsupr);
extern wchar_t *_wcsrev(wchar_t *) RINGER_AS(wcsrev);
extern int wcscpy_s(wchar_t *, size_t, const wchar_t *) RINGER_AS(wcscpy_s);
extern int wcscat_s(wchar_t *, size_t, const wchar_t *) RINGER_AS(wcscat_s);
extern int wcsncpy_s(wchar_t *, size_t, const wchar_t *, size_t) RINGER_AS(wcsncpy_s);

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
extern double wcstod(const wchar_t *, wchar_t **) RINGER_AS(wcstod);
extern float wcstof(const wchar_t *, wchar_t **) RINGER_AS(wcstof);
extern long double wcstold(const wchar_t *, wchar_t **) RINGER_AS(wcstold);
extern int _wtoi(const wchar_t *) RINGER_AS(wtoi);
__extension__ extern long long _wtoi64(const wchar_t *) RINGER_AS(wtoi64);
extern double _wtof(const wchar_t *) RINGER_AS(wtof);

extern int swprintf(wchar_t *, size_t, const wchar_t *, ...) RINGER_AS(swprintf);
extern int vswprintf(wchar_t *, size_t, const wchar_t *, __gnuc_va_list) RINGER_AS(vswprintf);
extern int swprintf_s(wchar_t *, size_t, const wchar_t *, ...) RINGER_AS(swprintf);
extern int _snwprintf(wchar_t *, size_t, const wchar_t *, ...) RINGER_AS(snwprintf);
extern int _vsnwprintf(wchar_t *, size_t, const wchar_t *, __gnuc_va_list) RINGER_AS(vsnwprintf);
extern int _scwprintf(const wchar_t *, ...) RINGER_AS(scwprintf);
extern int _vscwprintf(const wchar_t *, __gnuc_va_list) RINGER_AS(vscwprintf);
extern int wprintf(const wchar_t *, ...) RINGER_AS(wprintf);
extern int vwprintf(const wchar_t *, __gnuc_va_list) RINGER_AS(vwprintf);
extern int fwprintf(__FILE *, const wchar_t *, ...) RINGER_AS(fwprintf);
extern int vfwprintf(__FILE *, const wchar_t *, __gnuc_va_list) RINGER_AS(vfwprintf);
extern wint_t fputwc(wchar_t, __FILE *) RINGER_AS(fputwc);
extern wint_t putwc(wchar_t, __FILE *) RINGER_AS(fputwc);
extern wint_t putwchar(wchar_t) RINGER_AS(putwchar);
extern int fputws(const wchar_t *, __FILE *) RINGER_AS(fputws);
extern int _putws(const wchar_t *) RINGER_AS(putws);
extern size_t wcsftime(wchar_t *, size_t, const wchar_t *, const struct tm *) RINGER_AS(wcsftime);

extern int printf(const char *, ...) RINGER_AS(printf);
extern int fprintf(__FILE *, const char *, ...) RINGER_AS(fprintf);
extern int vprintf(const char *, __gnuc_va_list) RINGER_AS(vprintf);
extern int vfprintf(__FILE *, const char *, __gnuc_va_list) RINGER_AS(vfprintf);
extern int sprintf(char *, const char *, ...) RINGER_AS_NTH(sprintf);
extern int vsprintf(char *, const char *, __gnuc_va_list) RINGER_AS_NTH(vsprintf);
extern int snprintf(char *, size_t, const char *, ...) RINGER_AS_NTH(snprintf);
extern int vsnprintf(char *, size_t, const char *, __gnuc_va_list) RINGER_AS_NTH(vsnprintf);
extern int vasprintf(char **, const char *, __gnuc_va_list) RINGER_AS_NTH(vasprintf);
extern int asprintf(char **, const char *, ...) RINGER_AS_NTH(asprintf);
extern int vdprintf(int, const char *, __gnuc_va_list) RINGER_AS(vdprintf);
extern int dprintf(int, const char *, ...) RINGER_AS(dprintf);

extern int mbtowc(wchar_t *, const char *, size_t) RINGER_AS_NTH(mbtowc);
extern int wctomb(char *, wchar_t) RINGER_AS_NTH(wctomb);
extern size_t mbstowcs(wchar_t *, const char *, size_t) RINGER_AS_NTH(mbstowcs);
extern size_t wcstombs(char *, const wchar_t *, size_t) RINGER_AS_NTH(wcstombs);
extern wint_t btowc(int) RINGER_AS(btowc);
extern int wctob(wint_t) RINGER_AS(wctob);

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
extern wctype_t wctype(const char *) RINGER_AS(wctype);
extern int iswctype(wint_t, wctype_t) RINGER_AS(iswctype);
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
