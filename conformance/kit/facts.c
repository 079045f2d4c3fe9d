/* SPDX-License-Identifier: MIT */
/* Files and folders, asked in every way there is. */
#include "conformance/kit/facts.h"
#include "conformance/kit/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a virtual file may have otherwise than a real one: it is only read, and nobody backs it up. */
#define ITS_OWN (FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_NORMAL)

#define MOST_NAMES 256

static uint64_t joined(DWORD high, DWORD low)
{
    return (uint64_t)high << 32 | low;
}

bool cf_file_facts(HANDLE file, struct cf_file_facts *facts_out)
{
    BY_HANDLE_FILE_INFORMATION info;
    FILE_STANDARD_INFO standard;
    FILE_BASIC_INFO basic;
    LARGE_INTEGER size;
    DWORD low, high = 0, error;
    BOOL good;

    memset(&info, 0, sizeof info);
    memset(&standard, 0, sizeof standard);
    memset(&basic, 0, sizeof basic);
    size.QuadPart = -1;
    good = GetFileInformationByHandle(file, &info);
    error = GetLastError();
    GetFileSizeEx(file, &size);
    low = GetFileSize(file, &high);
    GetFileInformationByHandleEx(file, FileStandardInfo, &standard, sizeof standard);
    GetFileInformationByHandleEx(file, FileBasicInfo, &basic, sizeof basic);
    *facts_out = (struct cf_file_facts){
        .info = joined(info.nFileSizeHigh, info.nFileSizeLow),
        .sizeex = (uint64_t)size.QuadPart,
        .size = joined(high, low),
        .standard = (uint64_t)standard.EndOfFile.QuadPart,
        .directory = standard.Directory,
        .links = info.nNumberOfLinks,
        .attributes = info.dwFileAttributes & ~(DWORD)ITS_OWN,
        .basic = basic.FileAttributes & ~(DWORD)ITS_OWN,
        .type = GetFileType(file),
    };
    SetLastError(error);
    return good;
}

bool cf_path_facts(const WCHAR *path, struct cf_path_facts *facts_out)
{
    WIN32_FILE_ATTRIBUTE_DATA info;
    DWORD error;
    BOOL good;

    memset(&info, 0, sizeof info);
    good = GetFileAttributesExW(path, GetFileExInfoStandard, &info);
    error = GetLastError();
    *facts_out = (struct cf_path_facts){
        .size = joined(info.nFileSizeHigh, info.nFileSizeLow),
        .attributes = info.dwFileAttributes & ~(DWORD)ITS_OWN,
        .plain = GetFileAttributesW(path) & ~(DWORD)ITS_OWN,
    };
    SetLastError(error);
    return good;
}

bool cf_final_path(HANDLE file, const char *name, bool *same_out)
{
    WCHAR path[1024];
    char narrow[3072] = "";
    DWORD nchars = GetFinalPathNameByHandleW(file, path, 1024, FILE_NAME_NORMALIZED);
    DWORD error = GetLastError();
    size_t length, tail = strlen(name);

    *same_out = false;
    if (nchars && nchars < 1024) {
        WideCharToMultiByte(CP_UTF8, 0, path, -1, narrow, sizeof narrow, NULL, NULL);
        length = strlen(narrow);
        *same_out = length > tail && narrow[length - tail - 1] == '\\' &&
                    !strcmp(narrow + length - tail, name);
    }
    SetLastError(error);
    return nchars != 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool cf_list_names(const char *dir, const char *pattern, size_t *count_out, char *text_out,
                   size_t text_nbytes)
{
    char path[1200], narrow[800], *names[MOST_NAMES];
    WCHAR wide[1200];
    WIN32_FIND_DATAW found;
    size_t count = 0, nchars = 0;
    HANDLE search;
    DWORD error;

    snprintf(path, sizeof path, "%s/%s", dir, pattern);
    MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, 1200);
    search = FindFirstFileW(wide, &found);
    error = GetLastError();
    for (BOOL more = search != INVALID_HANDLE_VALUE; more && count < MOST_NAMES;
         more = FindNextFileW(search, &found)) {
        WideCharToMultiByte(CP_UTF8, 0, found.cFileName, -1, narrow, sizeof narrow, NULL, NULL);
        if (strcmp(narrow, ".") && strcmp(narrow, ".."))
            names[count++] = cf_xstrdup(narrow);
    }
    if (search != INVALID_HANDLE_VALUE)
        FindClose(search);
    qsort(names, count, sizeof *names, by_text);
    *text_out = 0;
    for (size_t i = 0; i < count; i++) {
        nchars += (size_t)snprintf(text_out + nchars, text_nbytes - nchars, "%s%s", i ? " " : "",
                                   names[i]);
        nchars = nchars < text_nbytes ? nchars : text_nbytes - 1;
        free(names[i]);
    }
    *count_out = count;
    SetLastError(error);
    return search != INVALID_HANDLE_VALUE;
}
