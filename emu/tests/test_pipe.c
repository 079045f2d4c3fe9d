// SPDX-License-Identifier: MIT
#include "emu/tests/files.h"
#include "emu/tests/threads.h"

#include <stddef.h>

struct ends {
    emu_handle server, client;
};

static NTSTATUS make_server(emu_handle *h, const char *text, const struct emu_pipe_params *params)
{
    struct emu_iosb iosb;
    struct test_name t;

    return emu_nt_create_named_pipe_file(h, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE,
                                         nt_name(&t, text), &iosb, params);
}

static NTSTATUS make_client(emu_handle *h, const char *text, uint32_t options)
{
    struct emu_iosb iosb;
    struct test_name t;

    return emu_nt_create_file(h, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE | FILE_WRITE_ATTRIBUTES,
                              nt_name(&t, text), &iosb, NULL, 0, 0, FILE_OPEN, options);
}

static const struct emu_pipe_params bytes = {.share = FILE_SHARE_READ | FILE_SHARE_WRITE,
                                             .disposition = FILE_OPEN_IF,
                                             .max_instances = 2,
                                             .inbound_quota = 64,
                                             .outbound_quota = 64};

static struct ends connected(const struct emu_pipe_params *params)
{
    struct ends e;

    cr_assert_eq(make_server(&e.server, "\\??\\pipe\\t", params), STATUS_SUCCESS);
    cr_assert_eq(make_client(&e.client, "\\??\\PIPE\\T", 0), STATUS_SUCCESS);
    return e;
}

static void close_both(struct ends e)
{
    emu_nt_close(e.client);
    emu_nt_close(e.server);
    cr_assert_eq(emu_nt_handle_count(), 0);
}

static NTSTATUS begin_read(emu_handle h, struct emu_iosb *iosb, void *buffer, uint32_t nbytes)
{
    iosb->status = STATUS_PENDING;
    return emu_nt_read_file(h, 0, 0, iosb, buffer, nbytes, NULL, NULL);
}

static NTSTATUS begin_write(emu_handle h, struct emu_iosb *iosb, const void *buffer, uint32_t nbytes)
{
    iosb->status = STATUS_PENDING;
    return emu_nt_write_file(h, 0, 0, iosb, buffer, nbytes, NULL, NULL);
}

/* [R] IB20, IB21, IC17: a pipe has no offsets. */
Test(pipe, offsets_are_ignored)
{
    struct ends e = connected(&bytes);
    char buffer[16];
    uint64_t got;

    cr_assert_eq(write_at(e.client, "0123456789ABCDEF", 16, 512, &got), STATUS_SUCCESS);
    cr_assert_eq(got, 16);
    cr_assert_eq(read_at(e.server, buffer, 8, 4, &got), STATUS_SUCCESS);
    cr_assert(got == 8 && !memcmp(buffer, "01234567", 8));
    cr_assert_eq(read_at(e.server, buffer, 8, 99, &got), STATUS_SUCCESS);
    cr_assert(got == 8 && !memcmp(buffer, "89ABCDEF", 8));
    close_both(e);
}

/* [R] IB23, IB24, IC5 */
Test(pipe, reads_wait_in_order_and_are_cancelled_one_by_one)
{
    struct ends e = connected(&bytes);
    struct emu_iosb one, two, cancel;
    char a[16], b[16];
    uint64_t got;

    cr_assert_eq(begin_read(e.server, &one, a, 16), STATUS_PENDING);
    cr_assert_eq(begin_read(e.server, &two, b, 16), STATUS_PENDING);
    cr_assert_eq(emu_nt_cancel_io_file_ex(e.client, NULL, &cancel), STATUS_NOT_FOUND);
    cr_assert_eq(emu_nt_cancel_io_file_ex(e.server, &cancel, &cancel), STATUS_NOT_FOUND);
    cr_assert_eq(emu_nt_cancel_io_file_ex(e.server, &one, &cancel), STATUS_SUCCESS);
    cr_assert_eq(one.status, STATUS_CANCELLED);
    cr_assert_eq(two.status, STATUS_PENDING);
    cr_assert_eq(write_at(e.client, "kept", 4, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(two.status, STATUS_SUCCESS);
    cr_assert(two.information == 4 && !memcmp(b, "kept", 4));
    cr_assert_eq(begin_read(e.server, &one, a, 16), STATUS_PENDING);
    cr_assert_eq(begin_read(e.server, &two, b, 16), STATUS_PENDING);
    cr_assert_eq(emu_nt_cancel_io_file_ex(e.server, NULL, &cancel), STATUS_SUCCESS);
    cr_assert_eq(one.status, STATUS_CANCELLED);
    cr_assert_eq(two.status, STATUS_CANCELLED);
    close_both(e);
}

static void *flush(void *arg)
{
    struct emu_iosb iosb;

    return (void *)(intptr_t)emu_nt_flush_buffers_file(*(emu_handle *)arg, &iosb);
}

/* [R] IB22: the flush ends when the peer has read, and the reader proves which came first. */
Test(pipe, flush_waits_for_the_reader)
{
    struct ends e = connected(&bytes);
    pthread_t thread;
    void *status;
    char buffer[8];
    uint64_t got;

    cr_assert_eq(write_at(e.client, "123456", 6, 0, &got), STATUS_SUCCESS);
    cr_assert(pthread_create(&thread, NULL, flush, &e.client) == 0);
    cr_assert_eq(read_at(e.server, buffer, 3, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(read_at(e.server, buffer, 3, 0, &got), STATUS_SUCCESS);
    pthread_join(thread, &status);
    cr_assert_eq((NTSTATUS)(intptr_t)status, STATUS_SUCCESS);
    close_both(e);
}

Test(pipe, listening_and_connecting)
{
    struct emu_iosb iosb, listen = {.status = STATUS_PENDING};
    emu_handle server, second, client, none;
    char buffer[4];
    uint64_t got;

    cr_assert_eq(make_client(&client, "\\??\\pipe\\t", 0), STATUS_OBJECT_NAME_NOT_FOUND);
    cr_assert_eq(make_server(&server, "\\??\\pipe\\t", &bytes), STATUS_SUCCESS);
    cr_assert_eq(read_at(server, buffer, 4, 0, &got), STATUS_PIPE_LISTENING); /* [R] IC17 */
    cr_assert_eq(emu_nt_fs_control_file(server, 0, 0, &listen, FSCTL_PIPE_LISTEN, 0, 0, 0, 0),
                 STATUS_PENDING);
    cr_assert_eq(make_client(&client, "\\??\\pipe\\t", 0), STATUS_SUCCESS);
    cr_assert_eq(listen.status, STATUS_SUCCESS);
    cr_assert_eq(emu_nt_fs_control_file(server, 0, 0, &iosb, FSCTL_PIPE_LISTEN, 0, 0, 0, 0),
                 STATUS_PIPE_CONNECTED);
    cr_assert_eq(make_client(&none, "\\??\\pipe\\t", 0), STATUS_PIPE_NOT_AVAILABLE);
    cr_assert_eq(make_server(&second, "\\??\\pipe\\T", &bytes), STATUS_SUCCESS);
    cr_assert_eq(make_server(&none, "\\??\\pipe\\t", &bytes), STATUS_INSTANCE_NOT_AVAILABLE);
    emu_nt_close(second);
    /* Disconnecting: what is unread is lost, both ends know. */
    cr_assert_eq(write_at(server, "lost", 4, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_fs_control_file(server, 0, 0, &iosb, FSCTL_PIPE_DISCONNECT, 0, 0, 0, 0),
                 STATUS_SUCCESS);
    cr_assert_eq(read_at(client, buffer, 4, 0, &got), STATUS_PIPE_DISCONNECTED);
    cr_assert_eq(write_at(server, "x", 1, 0, &got), STATUS_PIPE_DISCONNECTED);
    cr_assert_eq(make_client(&none, "\\??\\pipe\\t", 0), STATUS_PIPE_NOT_AVAILABLE);
    listen.status = STATUS_PENDING;
    cr_assert_eq(emu_nt_fs_control_file(server, 0, 0, &listen, FSCTL_PIPE_LISTEN, 0, 0, 0, 0),
                 STATUS_PENDING);
    emu_nt_close(client);
    cr_assert_eq(make_client(&client, "\\??\\pipe\\t", 0), STATUS_SUCCESS);
    cr_assert_eq(listen.status, STATUS_SUCCESS);
    cr_assert_eq(write_at(server, "new", 3, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(read_at(client, buffer, 4, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(got, 3);
    close_both((struct ends){server, client});
}

Test(pipe, a_listen_can_be_cancelled)
{
    struct emu_iosb iosb, listen = {.status = STATUS_PENDING};
    emu_handle server;

    cr_assert_eq(make_server(&server, "\\??\\pipe\\t", &bytes), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_fs_control_file(server, 0, 0, &listen, FSCTL_PIPE_LISTEN, 0, 0, 0, 0),
                 STATUS_PENDING);
    cr_assert_eq(emu_nt_cancel_io_file_ex(server, &listen, &iosb), STATUS_SUCCESS);
    cr_assert_eq(listen.status, STATUS_CANCELLED);
    emu_nt_close(server);
    cr_assert_eq(emu_nt_handle_count(), 0);
}

Test(pipe, quota)
{
    struct ends e = connected(&bytes);
    struct emu_iosb iosb, cancel;
    char buffer[100] = "x";
    uint64_t got;

    cr_assert_eq(begin_write(e.client, &iosb, buffer, 64), STATUS_SUCCESS);
    cr_assert_eq(begin_write(e.client, &iosb, buffer, 30), STATUS_PENDING);
    cr_assert_eq(read_at(e.server, buffer, 29, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(iosb.status, STATUS_PENDING);
    cr_assert_eq(read_at(e.server, buffer, 1, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(iosb.status, STATUS_SUCCESS);
    cr_assert_eq(iosb.information, 30);
    /* What is cancelled is not read. */
    cr_assert_eq(begin_write(e.client, &iosb, "Z", 1), STATUS_PENDING);
    cr_assert_eq(emu_nt_cancel_io_file_ex(e.client, &iosb, &cancel), STATUS_SUCCESS);
    cr_assert_eq(iosb.status, STATUS_CANCELLED);
    cr_assert_eq(read_at(e.server, buffer, 100, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(got, 64);
    close_both(e);
}

Test(pipe, the_peer_goes)
{
    struct ends e = connected(&bytes);
    struct emu_iosb iosb;
    char buffer[8];
    uint64_t got;

    cr_assert_eq(write_at(e.client, "last", 4, 0, &got), STATUS_SUCCESS);
    emu_nt_close(e.client);
    cr_assert_eq(write_at(e.server, "x", 1, 0, &got), STATUS_PIPE_CLOSING);
    cr_assert_eq(read_at(e.server, buffer, 8, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(got, 4);
    cr_assert_eq(read_at(e.server, buffer, 8, 0, &got), STATUS_PIPE_BROKEN);
    emu_nt_close(e.server);

    e = connected(&bytes);
    cr_assert_eq(begin_read(e.client, &iosb, buffer, 8), STATUS_PENDING);
    emu_nt_close(e.server);
    cr_assert_eq(iosb.status, STATUS_PIPE_BROKEN);
    emu_nt_close(e.client);
    cr_assert_eq(emu_nt_handle_count(), 0);
}

Test(pipe, messages)
{
    struct emu_pipe_params params = bytes;
    FILE_PIPE_LOCAL_INFORMATION local;
    struct emu_iosb iosb;
    struct ends e;
    union {
        FILE_PIPE_PEEK_BUFFER head;
        char all[64];
    } peek;
    char buffer[16];
    uint64_t got;

    params.message_type = params.message_read = 1;
    e = connected(&params);
    cr_assert_eq(write_at(e.client, "first", 5, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(write_at(e.client, "second", 6, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_fs_control_file(e.server, 0, 0, &iosb, FSCTL_PIPE_PEEK, 0, 0, &peek,
                                        sizeof peek),
                 STATUS_SUCCESS);
    cr_assert_eq(peek.head.ReadDataAvailable, 11);
    cr_assert_eq(peek.head.NumberOfMessages, 2);
    cr_assert_eq(peek.head.MessageLength, 5);
    cr_assert(!memcmp(peek.head.Data, "first", 5));
    cr_assert_eq(iosb.information, offsetof(FILE_PIPE_PEEK_BUFFER, Data) + 5);
    cr_assert_eq(emu_nt_query_information_file(e.server, &iosb, &local, sizeof local,
                                               FilePipeLocalInformation),
                 STATUS_SUCCESS);
    cr_assert(local.ReadDataAvailable == 11 && local.NamedPipeState == FILE_PIPE_CONNECTED_STATE &&
              local.MaximumInstances == 2 && local.CurrentInstances == 1);
    cr_assert_eq(read_at(e.server, buffer, 3, 0, &got), STATUS_BUFFER_OVERFLOW);
    cr_assert(got == 3 && !memcmp(buffer, "fir", 3));
    cr_assert_eq(read_at(e.server, buffer, 16, 0, &got), STATUS_SUCCESS);
    cr_assert(got == 2 && !memcmp(buffer, "st", 2));
    cr_assert_eq(read_at(e.server, buffer, 16, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(got, 6);
    cr_assert_eq(write_at(e.client, "", 0, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(read_at(e.server, buffer, 16, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(got, 0);
    close_both(e);
}

static void *blocked_read(void *arg)
{
    struct emu_iosb iosb;
    static char buffer[8];
    NTSTATUS status = emu_nt_read_file(*(emu_handle *)arg, 0, 0, &iosb, buffer, 8, NULL, NULL);

    return (void *)(intptr_t)(status == STATUS_SUCCESS ? (int)iosb.information : -1);
}

Test(pipe, a_synchronous_end_blocks_its_caller)
{
    struct emu_pipe_params params = bytes;
    struct ends e;
    pthread_t thread;
    uint64_t got;
    void *result;

    params.options = SYNC;
    e = connected(&params);
    cr_assert(pthread_create(&thread, NULL, blocked_read, &e.server) == 0);
    cr_assert_eq(write_at(e.client, "abc", 3, 0, &got), STATUS_SUCCESS);
    pthread_join(thread, &result);
    cr_assert_eq((int)(intptr_t)result, 3);
    close_both(e);
}

Test(pipe, waiting_for_an_instance)
{
    struct {
        FILE_PIPE_WAIT_FOR_BUFFER head;
        uint16_t more[8];
    } wait = {.head = {.NameLength = 2, .TimeoutSpecified = 1}};
    struct ends e = connected(&bytes);
    struct emu_iosb iosb;
    struct test_name t;
    emu_handle root, second;

    memcpy(wait.head.Name, u"t", 2);
    wait.head.Timeout.QuadPart = -10000; /* 1 ms */
    cr_assert_eq(emu_nt_create_file(&root, FILE_READ_ATTRIBUTES | SYNCHRONIZE,
                                    nt_name(&t, "\\??\\pipe\\"), &iosb, NULL, 0, SHARE_ALL,
                                    FILE_OPEN, SYNC),
                 STATUS_SUCCESS);
    cr_assert_eq(emu_nt_fs_control_file(root, 0, 0, &iosb, FSCTL_PIPE_WAIT, &wait, sizeof wait, 0,
                                        0),
                 STATUS_IO_TIMEOUT);
    cr_assert_eq(make_server(&second, "\\??\\pipe\\t", &bytes), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_fs_control_file(root, 0, 0, &iosb, FSCTL_PIPE_WAIT, &wait, sizeof wait, 0,
                                        0),
                 STATUS_SUCCESS);
    emu_nt_close(second);
    memcpy(wait.head.Name, u"u", 2);
    cr_assert_eq(emu_nt_fs_control_file(root, 0, 0, &iosb, FSCTL_PIPE_WAIT, &wait, sizeof wait, 0,
                                        0),
                 STATUS_OBJECT_NAME_NOT_FOUND);
    emu_nt_close(root);
    close_both(e);
}

static void *pump(void *arg)
{
    struct ends *e = arg;
    uint64_t got;

    for (int i = 0; i < 2000; i++) {
        uint32_t word = (uint32_t)i;

        if (write_at(e->client, &word, 4, 0, &got) != STATUS_SUCCESS)
            return (void *)1;
    }
    return NULL;
}

Test(pipe, many_words_through_a_small_quota)
{
    struct emu_pipe_params params = bytes;
    struct ends e;
    pthread_t thread;
    void *failed;
    uint64_t got;

    params.inbound_quota = 7;
    e = connected(&params);
    cr_assert(pthread_create(&thread, NULL, pump, &e) == 0);
    for (uint32_t i = 0, word, have; i < 2000; i++) {
        for (have = 0; have < 4; have += (uint32_t)got)
            cr_assert_eq(read_at(e.server, (char *)&word + have, 4 - have, 0, &got),
                         STATUS_SUCCESS);
        cr_assert_eq(word, i);
    }
    pthread_join(thread, &failed);
    cr_assert_null(failed);
    close_both(e);
}

/* Each read ends once, cancelled or with data, and no word is lost to a cancelled one. */
Test(pipe, cancel_races_with_data)
{
    struct emu_pipe_params params = bytes;
    struct emu_iosb iosb, cancel;
    struct ends e;
    pthread_t thread;
    emu_handle event;
    void *failed;

    params.inbound_quota = 4;
    e = connected(&params);
    cr_assert_eq(emu_nt_create_event(&event, 0x1F0003, NULL, 1, 0), STATUS_SUCCESS);
    cr_assert(pthread_create(&thread, NULL, pump, &e) == 0);
    for (uint32_t i = 0, word = 0; i < 2000;) {
        NTSTATUS status = emu_nt_read_file(e.server, event, 0, &iosb, &word, 4, NULL, NULL);

        if (status == STATUS_PENDING) {
            status = emu_nt_cancel_io_file_ex(e.server, &iosb, &cancel);
            cr_assert(status == STATUS_SUCCESS || status == STATUS_NOT_FOUND);
            status = ended(STATUS_PENDING, event, &iosb);
        }
        if (status == STATUS_CANCELLED)
            continue;
        cr_assert_eq(status, STATUS_SUCCESS);
        cr_assert_eq(iosb.information, 4);
        cr_assert_eq(word, i++);
    }
    pthread_join(thread, &failed);
    cr_assert_null(failed);
    emu_nt_close(event);
    close_both(e);
}
