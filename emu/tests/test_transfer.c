/* SPDX-License-Identifier: MIT */
/* What a kernel result means for a transfer: short steps, the end, interruptions, segments. */
#include "emu/engine/transfer.h"

#include <criterion/criterion.h>
#include <errno.h>

static struct emu_file disk = {.kind = EMU_FILE_DISK, .fd = -1};
static struct emu_file stream = {.kind = EMU_FILE_SOCKET, .fd = -1, .stream = true};
static struct emu_file unbuffered = {.kind = EMU_FILE_DISK, .fd = -1, .unbuffered = true};

static struct emu_io io_of(struct emu_file *file, uint8_t op, uint32_t length)
{
    return (struct emu_io){.file = file, .op = op, .length = length, .offset = 1000};
}

Test(transfer, a_full_step_ends_it)
{
    struct emu_io io = io_of(&disk, EMU_IO_READ, 100);

    cr_assert(emu_transfer_step(&io, 100));
    cr_assert_eq(io.status, STATUS_SUCCESS);
    cr_assert_eq(io.information, 100);
}

Test(transfer, a_short_disk_step_goes_on_where_it_stopped)
{
    char memory[100];
    struct emu_io io = io_of(&disk, EMU_IO_READ, 100);
    struct emu_transfer next;

    io.buffer = memory;
    cr_assert_not(emu_transfer_step(&io, 30));
    emu_transfer_next(&io, &next);
    cr_assert_eq(next.base, memory + 30);
    cr_assert_eq(next.length, 70);
    cr_assert_eq(next.offset, 1030);
}

Test(transfer, nothing_at_all_is_the_end_and_something_is_not)
{
    struct emu_io io = io_of(&disk, EMU_IO_READ, 100);

    cr_assert(emu_transfer_step(&io, 0));
    cr_assert_eq(io.status, STATUS_END_OF_FILE);
    cr_assert_eq(io.information, 0);

    io = io_of(&disk, EMU_IO_READ, 100);
    cr_assert_not(emu_transfer_step(&io, 4));
    cr_assert(emu_transfer_step(&io, 0));
    cr_assert_eq(io.status, STATUS_SUCCESS);
    cr_assert_eq(io.information, 4);
}

Test(transfer, an_unbuffered_read_is_short_only_at_the_end)
{
    struct emu_io io = io_of(&unbuffered, EMU_IO_READ, 8192);

    cr_assert(emu_transfer_step(&io, 5000));
    cr_assert_eq(io.status, STATUS_SUCCESS);
    cr_assert_eq(io.information, 5000);
}

Test(transfer, a_stream_read_ends_with_what_came_and_a_write_does_not)
{
    struct emu_io io = io_of(&stream, EMU_IO_READ, 100);

    cr_assert(emu_transfer_step(&io, 7));
    cr_assert_eq(io.information, 7);
    io = io_of(&stream, EMU_IO_WRITE, 100);
    cr_assert_not(emu_transfer_step(&io, 7));
    cr_assert(emu_transfer_step(&io, 93));
    cr_assert_eq(io.information, 100);
}

Test(transfer, an_interruption_counts_only_when_somebody_asked)
{
    struct emu_io io = io_of(&disk, EMU_IO_READ, 100);

    cr_assert_not(emu_transfer_step(&io, -ECANCELED));
    cr_assert_not(emu_transfer_step(&io, -EINTR));
    atomic_store(&io.cancel_requested, true);
    cr_assert(emu_transfer_step(&io, -ECANCELED));
    cr_assert_eq(io.status, STATUS_CANCELLED);
}

Test(transfer, a_full_disk_is_a_full_disk)
{
    struct emu_io io = io_of(&disk, EMU_IO_WRITE, 100);

    cr_assert(emu_transfer_step(&io, -ENOSPC));
    cr_assert_eq(io.status, STATUS_DISK_FULL);
}

Test(transfer, segments_are_used_up_in_order)
{
    char memory[300];
    struct iovec segments[3] = {{memory, 100}, {memory + 100, 100}, {memory + 200, 100}};
    struct emu_io io = io_of(&disk, EMU_IO_READ, 300);
    struct emu_transfer next;

    io.segments = segments;
    io.segment_count = 3;
    cr_assert_not(emu_transfer_step(&io, 150));
    emu_transfer_next(&io, &next);
    cr_assert_eq(next.segment_count, 2);
    cr_assert_eq(next.segments[0].iov_base, memory + 150);
    cr_assert_eq(next.segments[0].iov_len, 50);
    cr_assert_eq(next.offset, 1150);
    cr_assert(emu_transfer_step(&io, 150));
    cr_assert_eq(io.information, 300);
}
