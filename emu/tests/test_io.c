// SPDX-License-Identifier: MIT
#include "emu/tests/files.h"

#include "emu/engine/engine.h"
#include "emu/object/disk.h"

struct watched {
    struct emu_io io;
    _Atomic uint32_t finished;
};

static void note(struct emu_io *io)
{
    struct watched *w = EMU_CONTAINER(io, struct watched, io);

    atomic_store(&w->finished, 1);
    emu_futex_wake(&w->finished, 1);
}

static struct emu_file *open_disk(const char *folder, uint32_t options)
{
    struct emu_disk_request request = {.access = RW, .disposition = FILE_OPEN_IF,
                                       .share = SHARE_ALL, .options = options};
    struct emu_file *file;
    uint64_t action;
    char path[200];

    snprintf(path, sizeof path, "%s/f", folder);
    request.path = path;
    cr_assert_eq(emu_disk_open(&request, &file, &action), STATUS_SUCCESS);
    return file;
}

static void drop(struct emu_file *file)
{
    file->ops->close(file);
    emu_object_release(&file->obj);
}

static void submit(struct watched *w)
{
    struct emu_list batch;

    emu_list_init(&batch);
    emu_list_append(&batch, &w->io.link);
    w->io.queue->ops->submit(w->io.queue, &batch);
    while (!atomic_load(&w->finished))
        emu_futex_wait(&w->finished, 0, UINT64_MAX);
}

static bool every_one(const struct emu_io *io, void *arg)
{
    (void)io;
    (void)arg;
    return true;
}

/* Half of the file is not in the cache: whoever reads which half, the reader gets all of it. */
Test(io, a_read_that_is_partly_cached_is_whole)
{
    const uint32_t nbytes = 4u << 20;
    const char *folder = scratch_in("/var/tmp");
    char *data = malloc(nbytes), *got = malloc(nbytes);
    struct emu_file *file = open_disk(folder, 0);

    for (uint32_t i = 0; i < nbytes; i++)
        data[i] = (char)(i * 2654435761u >> 24);
    cr_assert_eq(pwrite(file->fd, data, nbytes, 0), nbytes);
    fsync(file->fd);
    for (uint32_t cached = 0; cached <= nbytes; cached += nbytes / 4) {
        struct watched w = {.io = {.file = file, .op = EMU_IO_READ, .buffer = got,
                                   .length = nbytes, .complete = note,
                                   .queue = emu_engine_shared_queue()}};

        posix_fadvise(file->fd, cached, 0, POSIX_FADV_DONTNEED);
        memset(got, 0, nbytes);
        if (emu_io_start(&w.io) == EMU_IO_ENGINE)
            submit(&w);
        cr_assert_eq(w.io.status, STATUS_SUCCESS);
        cr_assert_eq(w.io.information, nbytes);
        cr_assert_eq(memcmp(got, data, nbytes), 0);
    }
    drop(file);
    free(got);
    free(data);
    scratch_remove(folder);
}

Test(io, what_is_with_the_caller_can_be_cancelled)
{
    const char *folder = scratch();
    struct emu_file *file = open_disk(folder, FILE_NO_INTERMEDIATE_BUFFERING);
    char *page = aligned_alloc(4096, 4096);
    struct watched w = {.io = {.file = file, .op = EMU_IO_READ, .buffer = page, .length = 4096,
                               .complete = note, .queue = emu_engine_shared_queue()}};

    cr_assert_eq(pwrite(file->fd, memset(page, 1, 4096), 4096, 0), 4096);
    cr_assert_eq(emu_io_cancel(file, every_one, NULL), 0);
    cr_assert_eq(emu_io_start(&w.io), EMU_IO_ENGINE);
    cr_assert_eq(atomic_load(&file->pending_count), 1);
    cr_assert_eq(emu_io_cancel(file, every_one, NULL), 1);
    cr_assert_eq(atomic_load(&w.finished), 0);
    submit(&w);
    cr_assert_eq(w.io.status, STATUS_CANCELLED);
    cr_assert_eq(atomic_load(&file->pending_count), 0);
    cr_assert_eq(emu_io_cancel(file, every_one, NULL), 0);
    drop(file);
    free(page);
    scratch_remove(folder);
}

/* [R] IS1: unbuffered, one page a segment. */
Test(io, scatter_and_gather)
{
    const char *folder = scratch();
    char *pages = aligned_alloc(4096, 4 * 4096);
    uint32_t options[] = {0, SYNC};

    for (int i = 0; i < 2; i++) {
        struct emu_file *file = open_disk(folder, options[i] | FILE_NO_INTERMEDIATE_BUFFERING);
        struct iovec out[2] = {{pages + 4096, 4096}, {pages, 4096}};
        struct iovec in[2] = {{pages + 8192, 4096}, {pages + 12288, 4096}};
        struct watched w = {.io = {.file = file, .op = EMU_IO_WRITE, .segments = out,
                                   .segment_count = 2, .length = 8192, .complete = note,
                                   .queue = emu_engine_shared_queue()}};
        struct watched r = {.io = {.file = file, .op = EMU_IO_READ, .segments = in,
                                   .segment_count = 2, .length = 8192, .complete = note,
                                   .queue = emu_engine_shared_queue()}};

        memset(pages, 'a', 4096);
        memset(pages + 4096, 'b', 4096);
        if (emu_io_start(&w.io) == EMU_IO_ENGINE)
            submit(&w);
        cr_assert(w.io.status == STATUS_SUCCESS && w.io.information == 8192);
        if (emu_io_start(&r.io) == EMU_IO_ENGINE)
            submit(&r);
        cr_assert(r.io.status == STATUS_SUCCESS && r.io.information == 8192);
        cr_assert(!memcmp(pages + 8192, pages + 4096, 4096) && !memcmp(pages + 12288, pages, 4096));
        drop(file);
        file = open_disk(folder, options[i]); /* buffered: not allowed */
        r.io = (struct emu_io){.file = file, .op = EMU_IO_READ, .segments = in, .segment_count = 2,
                               .length = 8192};
        cr_assert_eq(emu_io_start(&r.io), EMU_IO_DONE);
        cr_assert_eq(r.io.status, STATUS_INVALID_PARAMETER);
        drop(file);
    }
    free(pages);
    scratch_remove(folder);
}

Test(io, cached_reads_finish_inside_the_call)
{
    const char *folder = scratch_in("/dev/shm");
    struct emu_file *file = open_disk(folder, 0);
    char buffer[64];
    struct emu_io io = {.file = file, .op = EMU_IO_READ, .buffer = buffer, .length = 64};

    cr_assert_eq(pwrite(file->fd, "0123456789", 10, 0), 10);
    cr_assert_eq(emu_io_start(&io), EMU_IO_DONE);
    cr_assert(io.status == STATUS_SUCCESS && io.information == 10);
    io.offset = 10;
    cr_assert_eq(emu_io_start(&io), EMU_IO_DONE);
    cr_assert(io.status == STATUS_END_OF_FILE && io.information == 0);
    drop(file);
    scratch_remove(folder);
}
