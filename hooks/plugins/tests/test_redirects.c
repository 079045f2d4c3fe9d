/* SPDX-License-Identifier: MIT */
/* Layer 1 as a program sees it: paths that lead elsewhere, under the hooks (HK-90). */
#include "hooks/plugins/tests/layer_test.h"

#define COBJMACROS
#include <dstorage.h>

#include <string.h>

TestSuite(redirects, .init = lt_start, .fini = lt_end);

static UINT64 file_to(const char *from, const char *to)
{
    UINT64 id = ringer_vfs_redirect_file(vl_vfs, lt_path(from), lt_path(to));

    cr_assert(id);
    return id;
}

static UINT64 folder_to(const char *from, const char *to)
{
    UINT64 id = ringer_vfs_redirect_folder(vl_vfs, lt_path(from), lt_path(to));

    cr_assert(id);
    return id;
}

Test(redirects, later_wins)
{
    UINT64 first, second;

    lt_write("a", "original");
    lt_write("b", "one");
    lt_write("c", "twice");
    cr_assert(lt_shows(lt_path("a"), "original"));
    first = file_to("a", "b");
    cr_assert(lt_shows(lt_path("a"), "one"));
    second = file_to("a", "c");
    cr_assert(lt_shows(lt_path("a"), "twice"));
    cr_assert(lt_shows(lt_path("b"), "one"), "only the one path");
    cr_assert(ringer_vfs_remove(vl_vfs, second));
    cr_assert(lt_shows(lt_path("a"), "one"));
    cr_assert(ringer_vfs_remove(vl_vfs, first));
    cr_assert(lt_shows(lt_path("a"), "original"));
}

/* A target that is not there is not found; the original is not shown in its place. */
Test(redirects, target_missing)
{
    lt_write("a", "original");
    file_to("a", "nothing");
    cr_assert(lt_lacks(lt_path("a")));
    lt_write("nothing", "something");
    cr_assert(lt_shows(lt_path("a"), "something"));
    lt_delete("nothing");
    cr_assert(lt_lacks(lt_path("a")));
}

Test(redirects, tiers)
{
    UINT64 file;

    lt_mkdir("game");
    lt_mkdir("game/sub");
    lt_mkdir("mod");
    lt_mkdir("mod/sub");
    lt_mkdir("deep");
    lt_write("game/f", "original");
    lt_write("game/sub/f", "original below");
    lt_write("game/only", "only there");
    lt_write("mod/f", "folder");
    lt_write("mod/sub/f", "folder below");
    lt_write("deep/f", "deeper");
    lt_write("other", "file");
    folder_to("game", "mod");
    cr_assert(lt_shows(lt_path("game/f"), "folder"));
    cr_assert(lt_shows(lt_path("game/sub/f"), "folder below"));
    cr_assert(lt_shows(lt_path("game/only"), "only there"),
              "what the folder lacks is the original");
    file = file_to("game/f", "other");
    cr_assert(lt_shows(lt_path("game/f"), "file"), "a file's redirect goes before a folder's");
    cr_assert(ringer_vfs_remove(vl_vfs, file));
    cr_assert(lt_shows(lt_path("game/f"), "folder"));
    folder_to("game/sub", "deep");
    cr_assert(lt_shows(lt_path("game/sub/f"), "deeper"), "the longest wins");
    folder_to("game", "deep");
    cr_assert(lt_shows(lt_path("game/f"), "deeper"), "of equals the later");
}

static bool lists(const char *folder, const char *name)
{
    WIN32_FIND_DATAW found;
    HANDLE search = FindFirstFileW(lt_path(folder), &found);
    bool seen = false;
    char text[300];

    cr_assert_neq(search, INVALID_HANDLE_VALUE, "%s", folder);
    do {
        cr_assert(WideCharToMultiByte(CP_UTF8, 0, found.cFileName, -1, text, 300, NULL, NULL));
        cr_assert(!seen || strcmp(text, name), "%s twice", name);
        seen |= !strcmp(text, name);
    } while (FindNextFileW(search, &found));
    cr_assert_eq(GetLastError(), ERROR_NO_MORE_FILES);
    FindClose(search);
    return seen;
}

/* A folder that both have lists the files of both; one that the original lacks is the other's. */
Test(redirects, folders_listed)
{
    lt_mkdir("game");
    lt_mkdir("game/sub");
    lt_mkdir("mod");
    lt_mkdir("mod/sub");
    lt_mkdir("mod/new");
    lt_write("game/both", "original");
    lt_write("mod/both", "mod");
    lt_write("game/sub/a", "");
    lt_write("mod/sub/b", "");
    lt_write("mod/new/c", "");
    folder_to("game", "mod");
    cr_assert(lists("game/*", "both"));
    cr_assert(lists("game/*", "sub"));
    cr_assert(lists("game/*", "new"));
    cr_assert(lists("game/sub/*", "a"));
    cr_assert(lists("game/sub/*", "b"));
    cr_assert(lists("game/new/*", "c"));
    cr_assert_not(lists("mod/sub/*", "a"));
    cr_assert(lt_shows(lt_path("game/sub/b"), ""));
    lt_delete("mod/new/c");
    cr_assert_not(lists("game/new/*", "c"));
}

/* Once it was taken from there, it is: also when it is gone, and when it is back. */
Test(redirects, sticky)
{
    lt_mkdir("game");
    lt_mkdir("mod");
    lt_write("game/f", "original");
    folder_to("game", "mod");
    cr_assert(lt_shows(lt_path("game/f"), "original"));
    lt_write("mod/f", "new");
    cr_assert(lt_shows(lt_path("game/f"), "new"));
    lt_delete("mod/f");
    cr_assert(lt_lacks(lt_path("game/f")));
    lt_write("mod/f", "again");
    cr_assert(lt_shows(lt_path("game/f"), "again"));
    cr_assert(DeleteFileW(lt_path("game/f")), "the target goes");
    cr_assert(lt_lacks(lt_path("game/f")));
    cr_assert(lt_lacks(lt_path("mod/f")));
}

Test(redirects, removed_while_open)
{
    char text[64] = "";
    HANDLE file;
    DWORD count;
    UINT64 id;

    lt_write("a", "original");
    lt_write("b", "target");
    id = file_to("a", "b");
    file = CreateFileW(lt_path("a"), GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    cr_assert_neq(file, INVALID_HANDLE_VALUE);
    cr_assert(ringer_vfs_remove(vl_vfs, id));
    cr_assert(ReadFile(file, text, 63, &count, NULL));
    cr_assert_str_eq(text, "target");
    CloseHandle(file);
    cr_assert(lt_shows(lt_path("a"), "original"));
}

Test(redirects, spellings)
{
    static const char *const ways[] = {"Game/Data/F.bin", "Game/Data/f.BIN", "Game\\Data/F.bin",
                                       "Game/./Data/../Data/F.bin", "Game//Data//F.bin"};
    char text[64];

    lt_mkdir("Game");
    lt_mkdir("Game/Data");
    lt_write("target", "there");
    file_to("Game/Data/F.bin", "target");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        cr_assert(lt_shows(lt_path(ways[i]), "there"), "%s", ways[i]);
    /* What really is in a folder is found by its own spelling only; redirects in any. */
    cr_assert_eq(lt_read(lt_path("gAME/dATA/f.BIN"), text), 5);
    cr_assert(lt_lacks(lt_path("Game/Data/F.bin2")));
    cr_assert(lt_lacks(lt_path("Game/Data/F.bi")));
}

Test(redirects, long_path)
{
    char name[600] = "", *at = name;

    /* Longer than MAX_PATH. */
    for (int i = 0; i < 10; i++) {
        memset(at, 'a' + i, 40);
        at[40] = 0;
        lt_mkdir(name);
        at[40] = '/';
        at += 41;
    }
    strcpy(at, "f");
    lt_write("target", "far away");
    file_to(name, "target");
    cr_assert(lt_shows(lt_path(name), "far away"));
    file_to("near", name);
    lt_write(name, "from afar");
    cr_assert(lt_shows(lt_path("near"), "from afar"), "a redirect's target is not redirected");
}

/* A redirect may lead to a virtual file. */
Test(redirects, to_virtual)
{
    file_to("a", "v");
    cr_assert(lt_lacks(lt_path("a")));
    lt_add("v", "made up");
    cr_assert(lt_shows(lt_path("a"), "made up"));
}

static void ds_shows(IDStorageFactory *factory, const char *name, const char *text)
{
    DSTORAGE_QUEUE_DESC desc = {.SourceType = DSTORAGE_REQUEST_SOURCE_FILE, .Capacity = 0x80};
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
    UINT32 nbytes = (UINT32)strlen(text);
    DSTORAGE_REQUEST request = {0};
    BY_HANDLE_FILE_INFORMATION info;
    IDStorageQueue1 *queue;
    IDStorageFile *file;
    char seen[64] = "";

    cr_assert_eq(
        IDStorageFactory_OpenFile(factory, lt_path(name), &IID_IDStorageFile, (void **)&file), S_OK,
        "%s", name);
    cr_assert_eq(IDStorageFile_GetFileInformation(file, &info), S_OK);
    cr_assert_eq(info.nFileSizeLow, nbytes, "%s", name);
    cr_assert_eq(
        IDStorageFactory_CreateQueue(factory, &desc, &IID_IDStorageQueue1, (void **)&queue), S_OK);
    request.Source.File.Source = file;
    request.Source.File.Size = request.Destination.Memory.Size = nbytes;
    request.Destination.Memory.Buffer = seen;
    IDStorageQueue1_EnqueueRequest(queue, &request);
    IDStorageQueue1_EnqueueSetEvent(queue, event);
    IDStorageQueue1_Submit(queue);
    cr_assert_eq(WaitForSingleObject(event, 60000), WAIT_OBJECT_0);
    cr_assert_str_eq(seen, text, "%s", name);
    CloseHandle(event);
    IDStorageQueue1_Release(queue);
    IDStorageFile_Release(file);
}

/* HK-95. By handle: of the layer this program has the half that hooks no ring. */
Test(redirects, directstorage)
{
    DSTORAGE_CONFIGURATION configuration = {.ForceMappingLayer = TRUE};
    IDStorageFactory *factory;
    IDStorageFile *file;

    lt_mkdir("game");
    lt_mkdir("mod");
    lt_write("a", "original");
    lt_write("b", "elsewhere, and longer");
    lt_write("mod/f", "of the folder");
    lt_add("made", "of nothing");
    file_to("a", "b");
    file_to("c", "made");
    file_to("d", "nothing");
    folder_to("game", "mod");
    cr_assert_eq(DStorageSetConfiguration(&configuration), S_OK);
    cr_assert_eq(DStorageGetFactory(&IID_IDStorageFactory, (void **)&factory), S_OK);
    ds_shows(factory, "a", "elsewhere, and longer");
    ds_shows(factory, "game/f", "of the folder");
    ds_shows(factory, "made", "of nothing");
    ds_shows(factory, "c", "of nothing");
    cr_assert_eq(
        IDStorageFactory_OpenFile(factory, lt_path("d"), &IID_IDStorageFile, (void **)&file),
        HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND));
    cr_assert_eq(IDStorageFactory_Release(factory), 0);
}
