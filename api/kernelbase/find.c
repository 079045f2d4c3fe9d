/* SPDX-License-Identifier: MIT */
/*
 * FindFirstFile and its kin. A search is a directory's handle and a page of its entries; what the program
 * holds is the address of a record in a list, which no handle table knows.
 */
#include "api/kernelbase/kernelbase.h"

#include "api/ntdll/thread.h"
#include "emu/base/lock.h"

#define PAGE_NBYTES 4096u
#define LARGE_NBYTES 65536u

struct search {
    struct search *next;         /* searches_lock */
    _Atomic uint32_t references; /* the list's, and a caller's */
    /*
     * Of what follows: threads may share a search. Held while ntdll is asked, as on Windows: a hook there
     * may come back to this search on the same thread, which enters again.
     */
    CRITICAL_SECTION section;
    HANDLE directory;
    uint32_t capacity, used, at; /* bytes of page; what a query gave; the entry that is next */
    char *page;                  /* 8-byte aligned */
};

static struct emu_lock searches_lock = EMU_LOCK_INIT;
static struct search *searches;

static void release(struct search *search)
{
    if (atomic_fetch_sub(&search->references, 1) != 1)
        return;
    NtClose(search->directory);
    kb_DeleteCriticalSection(&search->section);
    free(search->page);
    free(search);
}

/* With a reference; NULL for what is no search. remove: and out of the list, whose reference it is then. */
static struct search *take(HANDLE handle, bool remove)
{
    struct search *search, **link;

    emu_lock_acquire(&searches_lock);
    for (link = &searches; (search = *link) && (HANDLE)search != handle; link = &search->next)
        ;
    if (search && remove)
        *link = search->next;
    else if (search)
        atomic_fetch_add(&search->references, 1);
    emu_lock_release(&searches_lock);
    return search;
}

/* ---- expressions ---- */

/*
 * [D] FindFirstFileW: wildcards are DOS', where a dot at the end is none and an extension may be missing.
 * ntdll knows them by characters of their own: < for a * before a dot, > for ?, " for a dot before either.
 * dotted: the name ended in a dot, which is gone from it.
 */
static void make_expression(UNICODE_STRING *name, bool dotted)
{
    size_t count = name->Length / sizeof(WCHAR);
    WCHAR *c = name->Buffer;

    if (count == 3 && c[0] == u'*' && c[1] == u'.' && c[2] == u'*') {
        name->Length = sizeof(WCHAR);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        bool wild = c[i] == u'?' || c[i] == u'*';

        if (i && c[i] == u'.' && c[i - 1] == u'*')
            c[i - 1] = u'<';
        if (i && wild && c[i - 1] == u'.')
            c[i - 1] = u'"';
        if (c[i] == u'?')
            c[i] = u'>';
    }
    if (dotted && count && c[count - 1] == u'*')
        c[count - 1] = u'<';
}

/* ---- entries ---- */

static NTSTATUS query(struct search *search, UNICODE_STRING *expression, ULONG nbytes, bool single)
{
    IO_STATUS_BLOCK iosb = {0};
    NTSTATUS status;

    /* [I] hooks.md 1.4: today's Windows asks the newer service, one before it the older. */
    if (nt_family() == NT_WIN11)
        status = NtQueryDirectoryFileEx(search->directory, NULL, NULL, NULL, &iosb, search->page,
                                        nbytes, FileBothDirectoryInformation,
                                        single ? SL_RETURN_SINGLE_ENTRY : 0, expression);
    else
        status =
            NtQueryDirectoryFile(search->directory, NULL, NULL, NULL, &iosb, search->page, nbytes,
                                 FileBothDirectoryInformation, single, expression, FALSE);
    search->at = 0;
    search->used = status == STATUS_SUCCESS ? (uint32_t)iosb.Information : 0;
    if (status == STATUS_SUCCESS && !search->used)
        return STATUS_NO_MORE_FILES; /* no name is as long as a page */
    return status;
}

static FILETIME filetime(LARGE_INTEGER time)
{
    return (FILETIME){time.LowPart, (DWORD)time.HighPart};
}

/* The entry at search->at. Who answers for the directory may be somebody's hook: nothing is believed. */
static NTSTATUS next_entry(struct search *search, WIN32_FIND_DATAW *data)
{
    const uint32_t head = offsetof(FILE_BOTH_DIR_INFORMATION, FileName);
    const FILE_BOTH_DIR_INFORMATION *info = (const void *)(search->page + search->at);
    uint32_t left = search->used - search->at;

    if (left < head || info->FileNameLength > left - head)
        return STATUS_NO_MORE_FILES;
    memset(data, 0, sizeof *data);
    data->dwFileAttributes = info->FileAttributes;
    data->ftCreationTime = filetime(info->CreationTime);
    data->ftLastAccessTime = filetime(info->LastAccessTime);
    data->ftLastWriteTime = filetime(info->LastWriteTime);
    data->nFileSizeHigh = (DWORD)info->EndOfFile.HighPart;
    data->nFileSizeLow = info->EndOfFile.LowPart;
    memcpy(data->cFileName, info->FileName,
           info->FileNameLength < sizeof data->cFileName - sizeof(WCHAR)
               ? info->FileNameLength
               : sizeof data->cFileName - sizeof(WCHAR));
    if (info->ShortNameLength > 0 && info->ShortNameLength <= (CCHAR)sizeof info->ShortName)
        memcpy(data->cAlternateFileName, info->ShortName, (size_t)info->ShortNameLength);
    if (info->NextEntryOffset && info->NextEntryOffset < left)
        search->at += info->NextEntryOffset;
    else
        search->used = search->at = 0;
    return STATUS_SUCCESS;
}

/* ---- beginning ---- */

/* name: the whole NT name, cut at its last component. */
static NTSTATUS open_directory(UNICODE_STRING *name, HANDLE *handle_out)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtOpenFile(
        handle_out, FILE_LIST_DIRECTORY | SYNCHRONIZE, &attributes, &iosb, FILE_SHARE_VALID_FLAGS,
        FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_FOR_BACKUP_INTENT);
    /* [D] Whatever is missing of the path but its last component is a path. */
    return status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_TYPE_MISMATCH
               ? STATUS_OBJECT_PATH_NOT_FOUND
               : status;
}

/* Opens the directory and finds the first entry. The caller lists or releases the search. */
static NTSTATUS start(struct search *search, const WCHAR *file, WIN32_FIND_DATAW *data)
{
    size_t length = kb_length(file);
    UNICODE_STRING name, directory, expression;
    WCHAR *part = NULL;
    NTSTATUS status = RtlDosPathNameToNtPathName_U_WithStatus(file, &name, &part, NULL);

    if (status < 0)
        return status;
    directory = expression = name;
    if (!part) {
        RtlFreeUnicodeString(&name);
        return STATUS_NO_SUCH_FILE; /* [D] a separator at the end finds nothing */
    }
    directory.Length = (USHORT)((char *)part - (char *)name.Buffer);
    expression.Buffer = part;
    expression.Length = (USHORT)(name.Length - directory.Length);
    status = open_directory(&directory, &search->directory);
    if (status >= 0) {
        make_expression(&expression, file[length - 1] == u'.');
        status = query(search, &expression, PAGE_NBYTES, true);
    }
    if (status >= 0)
        status = next_entry(search, data);
    RtlFreeUnicodeString(&name);
    return status;
}

static HANDLE find_first(const WCHAR *file, DWORD flags, WIN32_FIND_DATAW *data)
{
    uint32_t capacity = flags & FIND_FIRST_EX_LARGE_FETCH ? LARGE_NBYTES : PAGE_NBYTES;
    struct search *search = calloc(1, sizeof *search);
    NTSTATUS status = STATUS_NO_MEMORY;

    if (!file || !file[0]) {
        free(search);
        kb_fail(ERROR_PATH_NOT_FOUND);
        return INVALID_HANDLE_VALUE;
    }
    if (search && (search->page = malloc(capacity))) {
        search->capacity = capacity;
        status = start(search, file, data);
    }
    if (status < 0) {
        if (search && search->directory)
            NtClose(search->directory);
        if (search)
            free(search->page);
        free(search);
        /* [D] No match at all is ERROR_FILE_NOT_FOUND. */
        kb_set_status(status == STATUS_NO_MORE_FILES ? STATUS_NO_SUCH_FILE : status);
        return INVALID_HANDLE_VALUE;
    }
    kb_InitializeCriticalSection(&search->section);
    atomic_init(&search->references, 1);
    emu_lock_acquire(&searches_lock);
    search->next = searches;
    searches = search;
    emu_lock_release(&searches_lock);
    return (HANDLE)search;
}

/* False: last error set. */
static bool valid(FINDEX_INFO_LEVELS level, const void *data, FINDEX_SEARCH_OPS op,
                  const void *filter, DWORD flags)
{
    if (op == FindExSearchLimitToDevices)
        return kb_fail(ERROR_NOT_SUPPORTED);
    if ((unsigned)level >= FindExInfoMaxInfoLevel || (unsigned)op > FindExSearchLimitToDevices ||
        filter ||
        flags & ~(DWORD)(FIND_FIRST_EX_CASE_SENSITIVE | FIND_FIRST_EX_LARGE_FETCH |
                         FIND_FIRST_EX_ON_DISK_ENTRIES_ONLY))
        return kb_fail(ERROR_INVALID_PARAMETER);
    return data || kb_fail(ERROR_INVALID_PARAMETER);
}

HANDLE WINAPI kb_FindFirstFileExW(LPCWSTR lpFileName, FINDEX_INFO_LEVELS fInfoLevelId,
                                  LPVOID lpFindFileData, FINDEX_SEARCH_OPS fSearchOp,
                                  LPVOID lpSearchFilter, DWORD dwAdditionalFlags)
{
    if (!valid(fInfoLevelId, lpFindFileData, fSearchOp, lpSearchFilter, dwAdditionalFlags))
        return INVALID_HANDLE_VALUE;
    return find_first(lpFileName, dwAdditionalFlags, lpFindFileData);
}

HANDLE WINAPI kb_FindFirstFileW(LPCWSTR lpFileName, LPWIN32_FIND_DATAW lpFindFileData)
{
    return kb_FindFirstFileExW(lpFileName, FindExInfoStandard, lpFindFileData,
                               FindExSearchNameMatch, NULL, 0);
}

BOOL WINAPI kb_FindNextFileW(HANDLE hFindFile, LPWIN32_FIND_DATAW lpFindFileData)
{
    struct search *search = take(hFindFile, false);
    NTSTATUS status = STATUS_SUCCESS;

    if (!search)
        return kb_fail(ERROR_INVALID_HANDLE);
    if (!lpFindFileData) {
        release(search);
        return kb_fail(ERROR_INVALID_PARAMETER);
    }
    kb_EnterCriticalSection(&search->section);
    if (search->at == search->used)
        status = query(search, NULL, search->capacity, false);
    if (status >= 0)
        status = next_entry(search, lpFindFileData);
    kb_LeaveCriticalSection(&search->section);
    release(search);
    return kb_done(status);
}

BOOL WINAPI kb_FindClose(HANDLE hFindFile)
{
    struct search *search = take(hFindFile, true);

    if (!search)
        return kb_fail(ERROR_INVALID_HANDLE);
    release(search);
    return TRUE;
}

/* ---- narrow ---- */

/* [I] A name that does not fit into MAX_PATH bytes of UTF-8 is cut; Linux has none that long. */
static void narrow(const WIN32_FIND_DATAW *wide, WIN32_FIND_DATAA *data)
{
    memset(data, 0, sizeof *data);
    memcpy(data, wide, offsetof(WIN32_FIND_DATAW, cFileName)); /* alike up to the names */
    kb_WideCharToMultiByte(CP_UTF8, 0, wide->cFileName, -1, data->cFileName,
                           sizeof data->cFileName - 1, NULL, NULL);
    kb_WideCharToMultiByte(CP_UTF8, 0, wide->cAlternateFileName, -1, data->cAlternateFileName,
                           sizeof data->cAlternateFileName - 1, NULL, NULL);
}

HANDLE WINAPI kb_FindFirstFileExA(LPCSTR lpFileName, FINDEX_INFO_LEVELS fInfoLevelId,
                                  LPVOID lpFindFileData, FINDEX_SEARCH_OPS fSearchOp,
                                  LPVOID lpSearchFilter, DWORD dwAdditionalFlags)
{
    WIN32_FIND_DATAW data;
    HANDLE search;
    WCHAR *wide;

    if (!valid(fInfoLevelId, lpFindFileData, fSearchOp, lpSearchFilter, dwAdditionalFlags))
        return INVALID_HANDLE_VALUE;
    wide = kb_wide(lpFileName);
    if (!wide)
        return INVALID_HANDLE_VALUE;
    search = find_first(wide, dwAdditionalFlags, &data);
    free(wide);
    if (search != INVALID_HANDLE_VALUE)
        narrow(&data, lpFindFileData);
    return search;
}

HANDLE WINAPI kb_FindFirstFileA(LPCSTR lpFileName, LPWIN32_FIND_DATAA lpFindFileData)
{
    return kb_FindFirstFileExA(lpFileName, FindExInfoStandard, lpFindFileData,
                               FindExSearchNameMatch, NULL, 0);
}

BOOL WINAPI kb_FindNextFileA(HANDLE hFindFile, LPWIN32_FIND_DATAA lpFindFileData)
{
    WIN32_FIND_DATAW data;

    if (!kb_FindNextFileW(hFindFile, lpFindFileData ? &data : NULL))
        return FALSE;
    narrow(&data, lpFindFileData);
    return TRUE;
}
