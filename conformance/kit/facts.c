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

bool cf_file_facts(HANDLE file, struct cf_fact facts_out[CF_FILE_FACTS])
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
    facts_out[0] = (struct cf_fact){"info", joined(info.nFileSizeHigh, info.nFileSizeLow)};
    facts_out[1] = (struct cf_fact){"sizeex", (uint64_t)size.QuadPart};
    facts_out[2] = (struct cf_fact){"size", joined(high, low)};
    facts_out[3] = (struct cf_fact){"standard", (uint64_t)standard.EndOfFile.QuadPart};
    facts_out[4] = (struct cf_fact){"directory", standard.Directory};
    facts_out[5] = (struct cf_fact){"links", info.nNumberOfLinks};
    facts_out[6] = (struct cf_fact){"attributes", info.dwFileAttributes & ~(DWORD)ITS_OWN};
    facts_out[7] = (struct cf_fact){"basic", basic.FileAttributes & ~(DWORD)ITS_OWN};
    facts_out[8] = (struct cf_fact){"type", GetFileType(file)};
    SetLastError(error);
    return good;
}

bool cf_path_facts(const WCHAR *path, struct cf_fact facts_out[CF_PATH_FACTS])
{
    WIN32_FILE_ATTRIBUTE_DATA info;
    DWORD error;
    BOOL good;

    memset(&info, 0, sizeof info);
    good = GetFileAttributesExW(path, GetFileExInfoStandard, &info);
    error = GetLastError();
    facts_out[0] = (struct cf_fact){"size", joined(info.nFileSizeHigh, info.nFileSizeLow)};
    facts_out[1] = (struct cf_fact){"attributes", info.dwFileAttributes & ~(DWORD)ITS_OWN};
    facts_out[2] = (struct cf_fact){"plain", GetFileAttributesW(path) & ~(DWORD)ITS_OWN};
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
