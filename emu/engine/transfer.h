/* SPDX-License-Identifier: MIT */
/* What every engine does with the outcome of one kernel step: where errno ends for transfers. */
#ifndef EMU_ENGINE_TRANSFER_H
#define EMU_ENGINE_TRANSFER_H

#include "emu/object/file.h"

/* Where the next step of io starts: the part of the caller's memory that is still to be moved. */
struct emu_transfer {
    struct iovec *segments; /* NULL: one piece, base and length */
    uint32_t segment_count;
    void *base;
    uint32_t length;
    uint64_t offset;
};

void emu_transfer_next(const struct emu_io *io, struct emu_transfer *next_out);

/*
 * Takes the result of a step (bytes, or a negative errno). True: the io is over, status and
 * information are set. False: another step is due (a short transfer, an interruption nobody asked
 * for); done_nbytes and segments say where it goes on.
 */
bool emu_transfer_step(struct emu_io *io, int64_t result);

/* A read met the end of its file: sets the outcome. True, as the last step is. */
bool emu_transfer_read_ended(struct emu_io *io);

/* What information says of a transfer that was cancelled, or failed. */
uint64_t emu_transfer_sent(const struct emu_io *io);

/*
 * A write that the kernel answers with SIGPIPE when nobody reads any more: in whichever thread it gets
 * to it. emu_transfer_run keeps the signal from the program; nothing else does.
 */
bool emu_transfer_may_signal(const struct emu_io *io);

/* Runs one step with plain system calls in the calling thread; returns bytes or -errno. */
int64_t emu_transfer_run(const struct emu_io *io);

#endif
