/* SPDX-License-Identifier: MIT */
/* Workloads at the door of the emulator: rings, files, pipes, sockets, events, ports, memory. */
#include "emu/tests/fail.h"
#include "emu/tests/ring_queue.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <winternl.h>

#define NBYTES 64u

/* ---- rings ---- */

static bool open_ring(struct client *client, uint32_t sq, bool strict)
{
    NT_IORING_STRUCTV1 params = {400, sq, 2 * sq, {0, 0}};

    return OK(emu_nt_create_ioring(&client->ring, sizeof params, &params, sizeof client->info,
                                   &client->info));
}

static void close_handle(emu_handle handle)
{
    MUST(emu_nt_close(handle) == STATUS_SUCCESS);
}

/* The handle has the descriptor only when there is one. */
static bool adopt(emu_handle *handle_out, int fd, bool strict)
{
    if (OK(emu_nt_adopt_fd(handle_out, fd, FILE_READ_DATA | FILE_WRITE_DATA, 0)))
        return true;
    close(fd);
    return false;
}

static bool open_disk(emu_handle *disk_out, bool strict)
{
    char path[] = "/tmp/ringer-fail-XXXXXX";
    int fd;

    fail_pause(true);
    fd = mkstemp(path);
    MUST(fd >= 0 && !unlink(path));
    fail_pause(false);
    MUST(write(fd, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 64) == 64);
    return adopt(disk_out, fd, strict);
}

static bool open_socket(emu_handle *socket_out, int *peer_out, bool strict)
{
    int pair[2];

    MUST(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
    *peer_out = pair[1];
    if (adopt(socket_out, pair[0], strict))
        return true;
    close(pair[1]);
    return false;
}

/* May one be lost, one come twice or two at once? No: exactly the userDatas 1..count, each once. */
static void collect(struct client *client, uint32_t count, bool strict)
{
    bool seen[32] = {false};
    NT_IORING_CQE cqe;
    uint32_t got = 0;

    while (got < count) {
        if (!pop(client, &cqe)) {
            NTSTATUS status = submit(client, 1, FAIL_PATIENCE_MS);

            MUST(status == STATUS_SUCCESS); /* a time-out is a completion that was lost */
            continue;
        }
        MUST(cqe.UserData >= 1 && cqe.UserData <= count && !seen[cqe.UserData]);
        seen[cqe.UserData] = true;
        /* A cancel's two sides, and the end of a stream, are no failures of ours. */
        if (cqe.IoStatus.Status != STATUS_CANCELLED && cqe.IoStatus.Status != STATUS_NOT_FOUND &&
            cqe.IoStatus.Status != STATUS_END_OF_FILE && cqe.IoStatus.Status != STATUS_PIPE_BROKEN)
            (void)OK(cqe.IoStatus.Status);
        got++;
    }
    MUST(!pop(client, &cqe));
}

static void add_write(struct client *client, emu_handle file, void *from, uint32_t nbytes,
                      uint64_t user_data)
{
    NT_IORING_SQE *sqe = read_entry(client, file, from, nbytes, user_data);

    sqe->OpCode = IORING_OP_WRITE;
}

static void add_flush(struct client *client, emu_handle file, uint64_t user_data)
{
    entry(client, IORING_OP_FLUSH, user_data)->Flush.File.Handle = (HANDLE)(uintptr_t)file;
}

static void ring_on_disk(bool strict)
{
    char from[NBYTES] = "written", to[4][NBYTES];
    struct client client;
    emu_handle disk;

    if (!open_ring(&client, 8, strict))
        return;
    if (open_disk(&disk, strict)) {
        for (uint32_t i = 0; i < 4; i++)
            read_entry(&client, disk, to[i], NBYTES, i + 1)->Read.Offset = 0;
        add_write(&client, disk, from, NBYTES, 5);
        add_flush(&client, disk, 6);
        MUST(submit(&client, 6, FAIL_PATIENCE_MS) == STATUS_SUCCESS);
        collect(&client, 6, strict);
        read_entry(&client, disk, to[0], NBYTES, 1);
        MUST(submit(&client, 0, -1) == STATUS_SUCCESS);
        collect(&client, 1, strict);
        MUST(!strict || !memcmp(to[0], from, NBYTES));
        close_handle(disk);
    }
    close_handle(client.ring);
}

/* With an event: the reaper brings the completion home, nobody polls. */
static void ring_with_event(bool strict)
{
    struct client client;
    emu_handle socket, event;
    char to[8];
    int peer;

    if (!open_ring(&client, 8, strict))
        return;
    if (open_socket(&socket, &peer, strict)) {
        if (OK(emu_nt_create_event(&event, 0x1F0003, NULL, 0, 0))) {
            bool attached = OK(emu_nt_set_information_ioring(client.ring, 1, 8, &event));
            int64_t timeout = -FAIL_PATIENCE_MS * INT64_C(10000);

            read_entry(&client, socket, to, 8, 1);
            MUST(submit(&client, 0, -1) == STATUS_SUCCESS);
            MUST(write(peer, "12345678", 8) == 8);
            if (attached)
                MUST(emu_nt_wait_for_multiple_objects(1, &event, 1, 0, &timeout) == STATUS_WAIT_0);
            collect(&client, 1, strict);
            close_handle(event);
        }
        close_handle(socket);
        close(peer);
    }
    close_handle(client.ring);
}

/* What pends is cancelled, by an entry and through the file; a drain holds entries meanwhile. */
static void ring_cancel(bool strict)
{
    char to[4][8];
    struct client client;
    emu_handle socket;
    int peer;

    if (!open_ring(&client, 16, strict))
        return;
    if (open_socket(&socket, &peer, strict)) {
        struct emu_iosb iosb;

        read_entry(&client, socket, to[0], 8, 1);
        MUST(submit(&client, 0, -1) == STATUS_SUCCESS);
        cancel_entry(&client, socket, 1, 2);
        MUST(submit(&client, 1, FAIL_PATIENCE_MS) == STATUS_SUCCESS);
        read_entry(&client, socket, to[1], 8, 3);
        read_entry(&client, socket, to[2], 8, 4)->Flags = NT_IORING_SQE_FLAG_DRAIN_PRECEDING_OPS;
        read_entry(&client, socket, to[3], 8, 5);
        MUST(submit(&client, 0, -1) == STATUS_SUCCESS);
        (void)emu_nt_cancel_io_file_ex(socket, NULL, &iosb);
        /* Whatever the cancel did, the peer's end ends the rest: at the end of a stream reads are 0. */
        close(peer);
        collect(&client, 5, strict);
        close_handle(socket);
    }
    close_handle(client.ring);
}

static void add_registrations(struct client *client, emu_handle *files, uint32_t file_count,
                              IORING_BUFFER_INFO *buffers, uint32_t buffer_count, uint64_t first)
{
    NT_IORING_SQE *sqe = entry(client, IORING_OP_REGISTER_FILES, first);

    sqe->RegisterFiles.Count = file_count;
    sqe->RegisterFiles.Handles = (HANDLE *)(void *)files;
    sqe = entry(client, IORING_OP_REGISTER_BUFFERS, first + 1);
    sqe->RegisterBuffers.Count = buffer_count;
    sqe->RegisterBuffers.Buffers = buffers;
}

static void ring_registered(bool strict)
{
    static char memory[3][NBYTES];
    IORING_BUFFER_INFO buffers[3] = {{memory[0], NBYTES}, {memory[1], NBYTES}, {memory[2], NBYTES}};
    struct client client;
    emu_handle files[2];
    bool registered;
    NT_IORING_CQE cqe;

    if (!open_ring(&client, 8, strict))
        return;
    if (open_disk(&files[0], strict)) {
        if (open_disk(&files[1], strict)) {
            add_registrations(&client, files, 2, buffers, 3, 1);
            MUST(submit(&client, 2, FAIL_PATIENCE_MS) == STATUS_SUCCESS);
            registered = pop(&client, &cqe) && OK(cqe.IoStatus.Status);
            registered = pop(&client, &cqe) && OK(cqe.IoStatus.Status) && registered;
            for (uint32_t i = 0; registered && i < 2; i++) {
                NT_IORING_SQE *sqe = entry(&client, IORING_OP_READ, i + 1);

                sqe->Read.CommonOpFlags =
                    NT_IORING_OP_FLAG_REGISTERED_FILE | NT_IORING_OP_FLAG_REGISTERED_BUFFER;
                sqe->Read.File.HandleIndex = i;
                sqe->Read.Buffer.FixedBuffer.BufferIndex = i;
                sqe->Read.Length = NBYTES;
            }
            if (registered) {
                MUST(submit(&client, 2, FAIL_PATIENCE_MS) == STATUS_SUCCESS);
                collect(&client, 2, strict);
                MUST(!strict || !memcmp(memory[1], "0123456789abcdef", 16));
            }
            add_registrations(&client, files, 1, buffers, 1, 1);
            MUST(submit(&client, 2, FAIL_PATIENCE_MS) == STATUS_SUCCESS);
            collect(&client, 2, strict);
            close_handle(files[1]);
        }
        close_handle(files[0]);
    }
    close_handle(client.ring);
}

/* ---- two threads wait on one ring ---- */

struct pair {
    struct client client;
};

static void *wait_for_one(void *arg)
{
    struct pair *pair = arg;
    NTSTATUS status;

    do
        status = submit(&pair->client, 1, FAIL_PATIENCE_MS);
    while (status == STATUS_IORING_SUBMIT_IN_PROGRESS);
    MUST(status == STATUS_SUCCESS);
    return NULL;
}

static void ring_two_waiters(bool strict)
{
    struct pair pair;
    pthread_t threads[2];
    emu_handle socket;
    char to[2][8];
    int peer;

    if (!open_ring(&pair.client, 8, strict))
        return;
    if (open_socket(&socket, &peer, strict)) {
        emu_nt_poll_ioring(pair.client.ring);
        read_entry(&pair.client, socket, to[0], 4, 1);
        read_entry(&pair.client, socket, to[1], 4, 2);
        MUST(submit(&pair.client, 0, -1) == STATUS_SUCCESS);
        fail_pause(true); /* the test's own threads are made whatever happens */
        for (int i = 0; i < 2; i++)
            MUST(!pthread_create(&threads[i], NULL, wait_for_one, &pair));
        fail_pause(false);
        MUST(write(peer, "12345678", 8) == 8);
        for (int i = 0; i < 2; i++)
            pthread_join(threads[i], NULL);
        collect(&pair.client, 2, strict);
        close_handle(socket);
        close(peer);
    }
    close_handle(pair.client.ring);
}

/* ---- files and pipes by the services ---- */

static struct emu_object_name *name_of(struct emu_object_name *name, uint16_t *chars,
                                       const char *text)
{
    uint32_t n = 0;

    for (; text[n]; n++)
        chars[n] = (uint16_t)text[n];
    *name = (struct emu_object_name){.chars = chars, .nbytes = 2 * n};
    return name;
}

/* Waits on the event for what pends; the outcome. */
static NTSTATUS outcome(NTSTATUS status, emu_handle event, const struct emu_iosb *iosb)
{
    int64_t timeout = -FAIL_PATIENCE_MS * INT64_C(10000);

    if (status != STATUS_PENDING)
        return status;
    MUST(emu_nt_wait_for_multiple_objects(1, &event, 1, 0, &timeout) == STATUS_WAIT_0);
    return iosb->status;
}

static void use_file(emu_handle file, emu_handle event, bool strict)
{
    char bytes[NBYTES] = "bytes";
    struct emu_iosb iosb;
    int64_t offset = 0, nbytes = 32;
    union {
        char bytes[512];
        uint64_t align;
    } info;

    if (OK(outcome(emu_nt_write_file(file, event, 0, &iosb, bytes, NBYTES, &offset, NULL), event,
                   &iosb)))
        (void)OK(outcome(emu_nt_read_file(file, event, 0, &iosb, bytes, 5, &offset, NULL), event,
                         &iosb));
    (void)OK(emu_nt_query_information_file(file, &iosb, &info, sizeof info, 5));
    (void)OK(emu_nt_query_volume_information_file(file, &iosb, &info, sizeof info, 3));
    (void)OK(emu_nt_set_information_file(file, &iosb, &nbytes, sizeof nbytes, 20));
    (void)OK(emu_nt_flush_buffers_file(file, &iosb));
}

static void files(bool strict)
{
    char text[100];
    struct emu_object_name name;
    uint16_t chars[100];
    struct emu_iosb iosb;
    emu_handle file, event;

    snprintf(text, sizeof text, "\\??\\Z:\\tmp\\ringer-fail-%ld", (long)getpid());
    if (OK(emu_nt_create_event(&event, 0x1F0003, NULL, 0, 0))) {
        for (uint32_t options = 0; options < 2; options++) {
            if (OK(emu_nt_create_file(&file, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE,
                                      name_of(&name, chars, text), &iosb, NULL, 0, 0,
                                      FILE_OVERWRITE_IF,
                                      options ? FILE_SYNCHRONOUS_IO_NONALERT : 0))) {
                use_file(file, event, strict);
                close_handle(file);
            }
        }
        close_handle(event);
    }
    if (strict)
        MUST(emu_nt_delete_file(name_of(&name, chars, text)) == STATUS_SUCCESS);
    else
        (void)emu_nt_delete_file(name_of(&name, chars, text));
}

static void use_pipe(emu_handle server, emu_handle client, emu_handle event, bool strict)
{
    struct emu_iosb read_iosb = {0}, iosb;
    char to[8] = "", from[8] = "1234567";
    NTSTATUS status = emu_nt_read_file(server, event, 0, &read_iosb, to, 8, NULL, NULL);

    if (OK(status)) {
        NTSTATUS written = emu_nt_write_file(client, 0, 0, &iosb, from, 8, NULL, NULL);

        if (written < 0) {
            (void)OK(written);
            MUST(emu_nt_cancel_io_file_ex(server, NULL, &iosb) == STATUS_SUCCESS);
            status = outcome(status, event, &read_iosb);
            MUST(status == STATUS_CANCELLED || fail_documented(status));
            return;
        }
        status = outcome(status, event, &read_iosb);
        MUST(!OK(status) || !memcmp(to, from, 8));
    }
    /* One that pends and is cancelled. */
    status = emu_nt_read_file(server, event, 0, &read_iosb, to, 8, NULL, NULL);
    if (status == STATUS_PENDING) {
        MUST(emu_nt_cancel_io_file_ex(server, NULL, &iosb) == STATUS_SUCCESS);
        status = outcome(status, event, &read_iosb);
        MUST(status == STATUS_CANCELLED);
    }
}

static void pipes(bool strict)
{
    struct emu_pipe_params params = {.share = FILE_SHARE_READ | FILE_SHARE_WRITE,
                                     .disposition = FILE_OPEN_IF,
                                     .max_instances = 2,
                                     .inbound_quota = 64,
                                     .outbound_quota = 64};
    struct emu_object_name name;
    uint16_t chars[40];
    struct emu_iosb iosb;
    emu_handle server, client, event;

    if (!OK(emu_nt_create_event(&event, 0x1F0003, NULL, 0, 0)))
        return;
    if (OK(emu_nt_create_named_pipe_file(&server, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE,
                                         name_of(&name, chars, "\\??\\pipe\\fail"), &iosb,
                                         &params))) {
        if (OK(emu_nt_create_file(&client, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, &name, &iosb,
                                  NULL, 0, 0, FILE_OPEN, 0))) {
            use_pipe(server, client, event, strict);
            close_handle(client);
        }
        close_handle(server);
    }
    close_handle(event);
}

/* ---- OVERLAPPED I/O on a socket, with an event and with a port ---- */

static void overlapped(bool strict)
{
    struct emu_iosb iosb = {0}, second = {0}, ignored;
    emu_handle socket, event, port;
    char to[8];
    int peer;

    if (!OK(emu_nt_create_event(&event, 0x1F0003, NULL, 1, 0)))
        return;
    if (open_socket(&socket, &peer, strict)) {
        NTSTATUS status = emu_nt_read_file(socket, event, 0, &iosb, to, 4, NULL, NULL);

        if (OK(status)) {
            MUST(write(peer, "1234", 4) == 4);
            status = outcome(status, event, &iosb);
            MUST(!OK(status) || iosb.information == 4);
        }
        if (OK(emu_nt_create_io_completion(&port, 0x1F0003, 0))) {
            struct {
                emu_handle port;
                uint64_t key;
            } bind = {port, 7};

            if (OK(emu_nt_set_information_file(socket, &ignored, &bind, sizeof bind, 30)) &&
                OK(status = emu_nt_read_file(socket, 0, 9, &second, to, 4, NULL, NULL))) {
                struct emu_completion_packet packet;
                int64_t timeout = -FAIL_PATIENCE_MS * INT64_C(10000);
                uint32_t removed = 0;

                close(peer);
                peer = -1;
                MUST(emu_nt_remove_io_completion(port, &packet, 1, &removed, &timeout, 0) ==
                     STATUS_SUCCESS);
                MUST(removed == 1 && packet.key == 7 && packet.apc_context == 9);
            }
            close_handle(port);
        }
        close_handle(socket);
        if (peer >= 0)
            close(peer);
    }
    close_handle(event);
}

/* ---- names, directories, sections, calls ---- */

static void use_names(emu_handle file, const struct emu_object_name *name, bool strict)
{
    uint16_t target[] = u"ringer-fail-name";
    struct emu_iosb iosb;
    union {
        FILE_RENAME_INFORMATION rename;
        char bytes[1024];
        uint64_t align;
    } info;

    (void)OK(emu_nt_query_attributes_file(name, &info, FileNetworkOpenInformation));
    (void)OK(emu_nt_query_information_by_name(name, &iosb, &info, sizeof info, FileStatInformation));
    (void)OK(emu_nt_query_object(file, ObjectNameInformation, &info, sizeof info, NULL));
    memset(&info, 0, sizeof info);
    info.rename.ReplaceIfExists = 1;
    info.rename.FileNameLength = sizeof target - 2;
    memcpy(info.rename.FileName, target, sizeof target);
    (void)OK(emu_nt_set_information_file(file, &iosb, &info, 64, FileRenameInformation));
}

static void names(bool strict)
{
    struct emu_object_name name;
    struct emu_iosb iosb;
    uint16_t chars[100];
    char text[100];
    emu_handle file;

    snprintf(text, sizeof text, "\\??\\Z:\\tmp\\ringer-fail-%ld", (long)getpid());
    if (!OK(emu_nt_create_file(&file, GENERIC_READ | DELETE | SYNCHRONIZE,
                               name_of(&name, chars, text), &iosb, NULL, 0, 7, FILE_OPEN_IF,
                               FILE_SYNCHRONOUS_IO_NONALERT | FILE_DELETE_ON_CLOSE)))
        return;
    use_names(file, &name, strict);
    close_handle(file);
}

static void directories(bool strict)
{
    struct emu_object_name name, pattern;
    uint16_t chars[100], wild[] = u"l*";
    struct emu_iosb iosb;
    emu_handle directory;
    uint64_t page[128];

    if (!OK(emu_nt_create_file(&directory, FILE_LIST_DIRECTORY | SYNCHRONIZE,
                               name_of(&name, chars, "\\??\\Z:\\usr"), &iosb, NULL, 0, 7, FILE_OPEN,
                               FILE_SYNCHRONOUS_IO_NONALERT | FILE_DIRECTORY_FILE)))
        return;
    pattern = (struct emu_object_name){.chars = wild, .nbytes = 4};
    for (uint32_t flags = 0; flags < 2; flags++) /* SL_RESTART_SCAN */
        (void)OK(emu_nt_query_directory_file(directory, 0, 0, 0, &iosb, page, sizeof page,
                                             FileBothDirectoryInformation, flags, &pattern));
    close_handle(directory);
}

static void sections(bool strict)
{
    struct emu_map_params params = {.inherit = 1, .protect = PAGE_READWRITE};
    emu_handle section;
    int64_t nbytes = 8192;

    if (!OK(emu_nt_create_section(&section, SECTION_ALL_ACCESS, &nbytes, PAGE_READWRITE, SEC_COMMIT,
                                  0)))
        return;
    if (OK(emu_nt_map_view_of_section(section, &params))) {
        memset((void *)(uintptr_t)params.base, 1, 8192);
        MUST(emu_nt_unmap_view_of_section(params.base) == STATUS_SUCCESS);
    }
    close_handle(section);
}

static void calls(bool strict)
{
    struct emu_apc_call call = {1, {2, 3, 4}}, taken;
    int64_t now = 0;
    int queued = 0;
    NTSTATUS status;

    for (int i = 0; i < 3; i++)
        queued += OK(emu_nt_queue_apc_thread(UINT64_MAX - 1, &call)); /* this thread */
    status = emu_nt_delay_execution(1, &now);
    MUST(status == (queued ? STATUS_USER_APC : STATUS_SUCCESS) || (!strict && !queued));
    while (queued--)
        MUST(emu_nt_take_apc(&taken) && taken.arguments[2] == 4);
    MUST(!emu_nt_take_apc(&taken));
}

/* ---- memory, handles, ports ---- */

static void memory(bool strict)
{
    void *base = NULL, *again;
    uint64_t nbytes = 200000, none = 0;
    uint32_t before;
    char info[48];
    uint64_t length;

    if (!OK(emu_nt_allocate_virtual_memory(&base, &nbytes, 0x3000, 4)))
        return;
    memset(base, 1, 4096);
    again = base;
    nbytes = 4096;
    (void)OK(emu_nt_protect_virtual_memory(&again, &nbytes, 2, &before));
    (void)OK(emu_nt_query_virtual_memory(base, 0, info, sizeof info, &length));
    again = base;
    nbytes = 8192;
    (void)OK(emu_nt_free_virtual_memory(&again, &nbytes, 0x4000)); /* MEM_DECOMMIT */
    again = base;
    if (!OK(emu_nt_free_virtual_memory(&again, &none, 0x8000))) {
        fail_pause(true); /* a release that failed must be possible again */
        none = 0;
        again = base;
        MUST(emu_nt_free_virtual_memory(&again, &none, 0x8000) == STATUS_SUCCESS);
        fail_pause(false);
    }
}

static void handles(bool strict)
{
    emu_handle made[280], port;
    int count = 0;

    fail_pause(true); /* up to where the table grows */
    while (count < 250)
        MUST(emu_nt_create_event(&made[count++], 0x1F0003, NULL, 0, 0) == STATUS_SUCCESS);
    fail_pause(false);
    while (count < 280 && OK(emu_nt_create_event(&made[count], 0x1F0003, NULL, 0, 0)))
        count++;
    if (count && OK(emu_nt_duplicate_object(UINT64_MAX, made[0], UINT64_MAX, &port, 0, 0, 2)))
        close_handle(port);
    while (count)
        close_handle(made[--count]);
    if (OK(emu_nt_create_io_completion(&port, 0x1F0003, 0))) {
        struct emu_completion_packet packet;
        uint32_t removed;
        int64_t now = 0;
        int posted = 0;

        for (int i = 0; i < 10; i++)
            posted += OK(emu_nt_set_io_completion(port, 1, 2, 0, 0));
        while (posted--)
            MUST(emu_nt_remove_io_completion(port, &packet, 1, &removed, &now, 0) == STATUS_SUCCESS);
        MUST(emu_nt_remove_io_completion(port, &packet, 1, &removed, &now, 0) == STATUS_TIMEOUT);
        close_handle(port);
    }
    if (OK(emu_nt_create_thread_object(&port)))
        close_handle(port);
}

static const struct fail_workload workloads[] = {
    {"ring on disk", ring_on_disk},
    {"ring with event", ring_with_event},
    {"ring cancel", ring_cancel},
    {"ring registered", ring_registered},
    {"ring two waiters", ring_two_waiters},
    {"files", files},
    {"names", names},
    {"directories", directories},
    {"sections", sections},
    {"calls", calls},
    {"pipes", pipes},
    {"overlapped", overlapped},
    {"memory", memory},
    {"handles", handles},
};

int main(int argc, char **argv)
{
    return fail_main(argc, argv, workloads, sizeof workloads / sizeof workloads[0]);
}
