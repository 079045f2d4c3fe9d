/* SPDX-License-Identifier: MIT */
/* The exported functions of this folder, with char16_t where programs see wchar_t. */
#ifndef RINGER_UCRT_NAMES_H
#define RINGER_UCRT_NAMES_H

#include "api/ucrt/ucrt.h"

#pragma GCC visibility push(default)

/* string.c */
size_t ringer_wcslen(const char16_t *s);
size_t ringer_wcsnlen(const char16_t *s, size_t capacity);
char16_t *ringer_wmemcpy(char16_t *to, const char16_t *from, size_t count);
char16_t *ringer_wmemmove(char16_t *to, const char16_t *from, size_t count);
char16_t *ringer_wmemset(char16_t *to, char16_t c, size_t count);
int ringer_wmemcmp(const char16_t *a, const char16_t *b, size_t count);
char16_t *ringer_wmemchr(const char16_t *s, char16_t c, size_t count);
char16_t *ringer_wcscpy(char16_t *to, const char16_t *from);
char16_t *ringer_wcsncpy(char16_t *to, const char16_t *from, size_t count);
char16_t *ringer_wcscat(char16_t *to, const char16_t *from);
char16_t *ringer_wcsncat(char16_t *to, const char16_t *from, size_t count);
int ringer_wcscmp(const char16_t *a, const char16_t *b);
int ringer_wcsncmp(const char16_t *a, const char16_t *b, size_t count);
int ringer_wcscoll(const char16_t *a, const char16_t *b);
size_t ringer_wcsxfrm(char16_t *to, const char16_t *from, size_t capacity);
int ringer_wcsicmp(const char16_t *a, const char16_t *b);
int ringer_wcsnicmp(const char16_t *a, const char16_t *b, size_t count);
char16_t *ringer_wcschr(const char16_t *s, char16_t c);
char16_t *ringer_wcsrchr(const char16_t *s, char16_t c);
size_t ringer_wcsspn(const char16_t *s, const char16_t *set);
size_t ringer_wcscspn(const char16_t *s, const char16_t *set);
char16_t *ringer_wcspbrk(const char16_t *s, const char16_t *set);
char16_t *ringer_wcsstr(const char16_t *s, const char16_t *needle);
char16_t *ringer_wcstok(char16_t *s, const char16_t *set, char16_t **next);
char16_t *ringer_wcsdup(const char16_t *s);
char16_t *ringer_wcslwr(char16_t *s);
char16_t *ringer_wcsupr(char16_t *s);
char16_t *ringer_wcsrev(char16_t *s);
int ringer_wcscpy_s(char16_t *to, size_t capacity, const char16_t *from);
int ringer_wcscat_s(char16_t *to, size_t capacity, const char16_t *from);
int ringer_wcsncpy_s(char16_t *to, size_t capacity, const char16_t *from, size_t count);

/* number.c */
long ringer_wcstol(const char16_t *s, char16_t **end_out, int base);
unsigned long ringer_wcstoul(const char16_t *s, char16_t **end_out, int base);
long long ringer_wcstoll(const char16_t *s, char16_t **end_out, int base);
unsigned long long ringer_wcstoull(const char16_t *s, char16_t **end_out, int base);
double ringer_wcstod(const char16_t *s, char16_t **end_out);
float ringer_wcstof(const char16_t *s, char16_t **end_out);
long double ringer_wcstold(const char16_t *s, char16_t **end_out);
int ringer_wtoi(const char16_t *s);
long long ringer_wtoi64(const char16_t *s);
double ringer_wtof(const char16_t *s);

/* convert.c */
int ringer_mbtowc(char16_t *out, const char *bytes, size_t nbytes);
int ringer_wctomb(char *out, char16_t c);
size_t ringer_mbstowcs(char16_t *out, const char *bytes, size_t capacity);
size_t ringer_wcstombs(char *out, const char16_t *units, size_t capacity);
uint32_t ringer_btowc(int c);
int ringer_wctob(uint32_t c);

/* ctype.c */
int ringer_iswalnum(uint32_t c);
int ringer_iswalpha(uint32_t c);
int ringer_iswblank(uint32_t c);
int ringer_iswcntrl(uint32_t c);
int ringer_iswdigit(uint32_t c);
int ringer_iswgraph(uint32_t c);
int ringer_iswlower(uint32_t c);
int ringer_iswprint(uint32_t c);
int ringer_iswpunct(uint32_t c);
int ringer_iswspace(uint32_t c);
int ringer_iswupper(uint32_t c);
int ringer_iswxdigit(uint32_t c);
unsigned long ringer_wctype(const char *name);
int ringer_iswctype(uint32_t c, unsigned long type);
uint32_t ringer_towlower(uint32_t c);
uint32_t ringer_towupper(uint32_t c);

/* print.c: wide formats */
int ringer_vswprintf(char16_t *out, size_t capacity, const char16_t *format, va_list arguments);
int ringer_swprintf(char16_t *out, size_t capacity, const char16_t *format, ...);
int ringer_vsnwprintf(char16_t *out, size_t capacity, const char16_t *format, va_list arguments);
int ringer_snwprintf(char16_t *out, size_t capacity, const char16_t *format, ...);
int ringer_vscwprintf(const char16_t *format, va_list arguments);
int ringer_scwprintf(const char16_t *format, ...);
int ringer_vfwprintf(FILE *file, const char16_t *format, va_list arguments);
int ringer_fwprintf(FILE *file, const char16_t *format, ...);
int ringer_vwprintf(const char16_t *format, va_list arguments);
int ringer_wprintf(const char16_t *format, ...);
uint32_t ringer_fputwc(char16_t c, FILE *file);
uint32_t ringer_putwchar(char16_t c);
int ringer_fputws(const char16_t *s, FILE *file);
int ringer_putws(const char16_t *s);
size_t ringer_wcsftime(char16_t *out, size_t capacity, const char16_t *format,
                       const struct tm *time);

/* print.c: narrow formats, whose %ls, %lc, %S and %C are 16-bit too */
int ringer_vfprintf(FILE *file, const char *format, va_list arguments);
int ringer_fprintf(FILE *file, const char *format, ...);
int ringer_vprintf(const char *format, va_list arguments);
int ringer_printf(const char *format, ...);
int ringer_vsnprintf(char *out, size_t capacity, const char *format, va_list arguments);
int ringer_snprintf(char *out, size_t capacity, const char *format, ...);
int ringer_vsprintf(char *out, const char *format, va_list arguments);
int ringer_sprintf(char *out, const char *format, ...);
int ringer_vasprintf(char **out, const char *format, va_list arguments);
int ringer_asprintf(char **out, const char *format, ...);
int ringer_vdprintf(int fd, const char *format, va_list arguments);
int ringer_dprintf(int fd, const char *format, ...);

#pragma GCC visibility pop

#endif
