/* SPDX-License-Identifier: MIT */
/*
 * Win32 path names: full ones, and NT ones (\??\X:\dir\file). Where a drive lies on Linux is the
 * emulator's business; here the current directory is on Z:, which is "/", so that relative and
 * absolute Linux paths work as they are.
 */
#include "api/ntdll/ntdll.h"

#include "api/ucrt/ucrt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNICODE_STRING_MAX_CHARS 32767u

/* A growing UTF-16 string; len counts characters without a terminator. failed: out of memory. */
struct path {
    WCHAR *chars;
    size_t len, capacity;
    bool failed;
};

static bool is_separator(WCHAR c)
{
    return c == u'\\' || c == u'/';
}

static void path_put(struct path *path, WCHAR c)
{
    if (path->len + 1 >= path->capacity) {
        size_t capacity = path->capacity ? path->capacity * 2 : 260;
        WCHAR *chars = realloc(path->chars, capacity * sizeof *chars);

        if (!chars) {
            path->failed = true;
            return;
        }
        path->chars = chars;
        path->capacity = capacity;
    }
    path->chars[path->len++] = c;
    path->chars[path->len] = 0;
}

static void path_put_all(struct path *path, const WCHAR *chars)
{
    while (*chars)
        path_put(path, *chars++);
}

static size_t length_of(const WCHAR *chars)
{
    size_t len = 0;

    while (chars[len])
        len++;
    return len;
}

static bool same_ignoring_case(const WCHAR *chars, size_t len, const char *name)
{
    for (size_t i = 0; i < len; i++) {
        WCHAR c = chars[i];

        if (c >= u'a' && c <= u'z')
            c = (WCHAR)(c - 32);
        if (!name[i] || c != (unsigned char)name[i])
            return false;
    }
    return name[len] == 0;
}

/* Names that are devices in every directory. [D] naming files; the serial and printer ones are left out */
static bool is_device(const WCHAR *name)
{
    size_t len = length_of(name);

    if (len && name[len - 1] == u':')
        len--;
    return same_ignoring_case(name, len, "NUL") || same_ignoring_case(name, len, "CON") ||
           same_ignoring_case(name, len, "CONIN$") || same_ignoring_case(name, len, "CONOUT$");
}

/* Appends name's components behind path, whose first root_len characters stay. */
static void path_join(struct path *path, size_t root_len, const WCHAR *name)
{
    while (*name && !path->failed) {
        const WCHAR *start;
        size_t len;

        while (is_separator(*name))
            name++;
        start = name;
        while (*name && !is_separator(*name))
            name++;
        len = (size_t)(name - start);
        if (len == 0 || (len == 1 && start[0] == u'.'))
            continue;
        if (len == 2 && start[0] == u'.' && start[1] == u'.') {
            while (path->len > root_len && path->chars[path->len - 1] != u'\\')
                path->len--;
            if (path->len > root_len)
                path->len--;
            path->chars[path->len] = 0;
            continue;
        }
        if (path->len && path->chars[path->len - 1] != u'\\')
            path_put(path, u'\\');
        for (size_t i = 0; i < len; i++)
            path_put(path, start[i]);
    }
}

/* [D] naming files: a final name does not end in spaces or dots. */
static void path_trim(struct path *path, size_t root_len)
{
    while (path->len > root_len &&
           (path->chars[path->len - 1] == u'.' || path->chars[path->len - 1] == u' '))
        path->chars[--path->len] = 0;
}

static NTSTATUS current_directory(struct path *path)
{
    char *utf8 = getcwd(NULL, 0);
    size_t length, at = 0;

    if (!utf8)
        return errno == ENOMEM ? STATUS_NO_MEMORY : STATUS_OBJECT_PATH_NOT_FOUND;
    path_put_all(path, u"Z:");
    for (length = strlen(utf8); at < length;) {
        char16_t units[2];
        uint32_t code;
        size_t taken = ucrt_utf8_take((unsigned char *)utf8 + at, length - at, &code);
        size_t count;

        if (taken == 0) {
            free(utf8);
            return STATUS_OBJECT_NAME_INVALID;
        }
        at += taken;
        count = ucrt_utf16_put(code, units);
        for (size_t i = 0; i < count; i++)
            path_put(path, units[i] == u'/' ? u'\\' : units[i]);
    }
    free(utf8);
    return STATUS_SUCCESS;
}

/* Keeps a separator at the end, as Windows does. */
static void path_end(struct path *path, size_t root_len, const WCHAR *name)
{
    size_t len = length_of(name);

    if (len && is_separator(name[len - 1])) {
        if (path->len && path->chars[path->len - 1] != u'\\')
            path_put(path, u'\\');
    } else {
        path_trim(path, root_len);
    }
}

/* X:\a, \\server\a, \\.\a or a plain name -> the full Win32 name. */
static NTSTATUS full_name(const WCHAR *name, struct path *path)
{
    size_t root_len;
    NTSTATUS status;

    if (is_device(name)) {
        path_put_all(path, u"\\\\.\\");
        path_put_all(path, name);
        if (path->len && path->chars[path->len - 1] == u':')
            path->chars[--path->len] = 0;
        return path->failed ? STATUS_NO_MEMORY : STATUS_SUCCESS;
    }
    if (is_separator(name[0]) && is_separator(name[1])) {
        /* \\.\ and \\server; a Linux "//tmp" would be a server too, as on Windows. */
        path_put_all(path, u"\\\\");
        root_len = path->len;
        name += 2;
        if (name[0] == u'.' && (is_separator(name[1]) || !name[1])) {
            path_put_all(path, u".\\");
            root_len = path->len;
            name++;
        }
        path_join(path, root_len, name);
    } else if (name[0] && name[1] == u':') {
        WCHAR drive = name[0] >= u'a' && name[0] <= u'z' ? (WCHAR)(name[0] - 32) : name[0];

        if (!is_separator(name[2]) && drive == u'Z') {
            status = current_directory(path);
            if (status < 0)
                return status;
        } else {
            path_put(path, drive);
            path_put_all(path, u":\\");
        }
        root_len = 3;
        path_join(path, root_len, name + 2);
    } else if (is_separator(name[0])) {
        path_put_all(path, u"Z:\\");
        root_len = 3;
        path_join(path, root_len, name);
    } else {
        status = current_directory(path);
        if (status < 0)
            return status;
        root_len = 3;
        path_join(path, root_len, name);
    }
    path_end(path, root_len, name);
    return path->failed ? STATUS_NO_MEMORY : STATUS_SUCCESS;
}

static bool is_literal(const WCHAR *name)
{
    return (name[0] == u'\\' && name[1] == u'\\' && name[2] == u'?' && name[3] == u'\\') ||
           (name[0] == u'\\' && name[1] == u'?' && name[2] == u'?' && name[3] == u'\\');
}

NTSTATUS NTAPI nt_RtlDosPathNameToNtPathName_U_WithStatus(PCWSTR DosName, PUNICODE_STRING NtName,
                                                          PWSTR *FilePart, PVOID RelativeName)
{
    struct path nt = {0}, full = {0};
    NTSTATUS status = STATUS_SUCCESS;
    const WCHAR *rest;

    if (!DosName || !NtName || !DosName[0])
        return STATUS_OBJECT_NAME_INVALID;
    path_put_all(&nt, u"\\??\\");
    if (is_literal(DosName)) {
        path_put_all(&nt, DosName + 4); /* [D] \\?\ switches every rule off */
    } else {
        status = full_name(DosName, &full);
        if (status >= 0) {
            rest = full.chars;
            if (rest[0] == u'\\' && rest[1] == u'\\' && rest[2] == u'.') {
                path_put_all(&nt, rest + (rest[3] ? 4 : 3));
            } else if (rest[0] == u'\\') {
                path_put_all(&nt, u"UNC\\");
                path_put_all(&nt, rest + 2);
            } else {
                path_put_all(&nt, rest);
            }
        }
        free(full.chars);
    }
    if (status >= 0 && nt.failed)
        status = STATUS_NO_MEMORY;
    if (status >= 0 && nt.len >= UNICODE_STRING_MAX_CHARS)
        status = STATUS_NAME_TOO_LONG;
    if (status < 0) {
        free(nt.chars);
        return status;
    }
    NtName->Buffer = nt.chars;
    NtName->Length = (USHORT)(nt.len * sizeof(WCHAR));
    NtName->MaximumLength = (USHORT)(NtName->Length + sizeof(WCHAR));
    if (FilePart) {
        size_t at = nt.len;

        while (at && nt.chars[at - 1] != u'\\')
            at--;
        *FilePart = at < nt.len ? nt.chars + at : NULL;
    }
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI nt_RtlDosPathNameToNtPathName_U(PCWSTR DosName, PUNICODE_STRING NtName,
                                              PWSTR *FilePart, PVOID RelativeName)
{
    return nt_RtlDosPathNameToNtPathName_U_WithStatus(DosName, NtName, FilePart, RelativeName) >= 0;
}

/* Bytes, as every Rtl string function: without the terminator when it fits, with it when it does not. */
ULONG NTAPI nt_RtlGetFullPathName_U(PCWSTR Name, ULONG Length, PWSTR Buffer, PWSTR *FilePart)
{
    struct path full = {0};
    size_t nbytes, at;

    if (!Name || !Name[0])
        return 0;
    if (is_literal(Name)) {
        path_put_all(&full, Name);
    } else if (full_name(Name, &full) < 0) {
        free(full.chars);
        return 0;
    }
    if (full.failed) {
        free(full.chars);
        return 0;
    }
    nbytes = (full.len + 1) * sizeof(WCHAR);
    if (nbytes <= Length && Buffer) {
        memcpy(Buffer, full.chars, nbytes);
        for (at = full.len; at && full.chars[at - 1] != u'\\'; at--)
            ;
        if (FilePart)
            *FilePart = at < full.len ? Buffer + at : NULL;
        nbytes -= sizeof(WCHAR);
    }
    free(full.chars);
    return (ULONG)nbytes;
}

void NTAPI nt_RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    size_t len = SourceString ? length_of(SourceString) : 0;

    if (len >= UNICODE_STRING_MAX_CHARS)
        len = UNICODE_STRING_MAX_CHARS - 1; /* [D] cut to what a USHORT counts */
    DestinationString->Buffer = (PWSTR)SourceString;
    DestinationString->Length = (USHORT)(len * sizeof(WCHAR));
    DestinationString->MaximumLength =
        SourceString ? (USHORT)(DestinationString->Length + sizeof(WCHAR)) : 0;
}

void NTAPI nt_RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
    free(UnicodeString->Buffer);
    *UnicodeString = (UNICODE_STRING){0};
}
