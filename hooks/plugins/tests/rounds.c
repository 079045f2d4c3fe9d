/* SPDX-License-Identifier: MIT */
/*
 * Random rounds of real and virtual reads whose completions are waited for by the event alone: pop
 * until the queue is empty, then wait. Whoever loses one edge of the two queues together hangs. One
 * of the real files is a pipe, written to when nothing else is left to do: so there is something to
 * wait for under every strategy.
 *
 * rounds PLUGIN ROUNDS [SEED]
 */
#include "hooks/plugins/tests/files.h"

#include <ioringapi.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 8
#define LENGTH 64u
#define FILE_NBYTES 65536u
#define FILES 4
#define PIPE FILES
#define PATIENCE 60000 /* ms; nothing here takes a thousandth of it */

static const char *const hows[FILES] = {NULL, "inline", "worker", "early"};
static struct pf_files files = {.hows = hows, .count = FILES, .nbytes = FILE_NBYTES};
static unsigned seed, in_flight, kinds[FILES + 1];
static unsigned long waits;
static HANDLE handles[FILES + 1], peer, event;
static HIORING ring;

static bool thirsty; /* a read of the pipe has nothing to read yet */

static struct read {
    bool busy;
    unsigned file;
    uint64_t offset;
    char buffer[LENGTH];
} reads[DEPTH];

static unsigned pick(unsigned below)
{
    return (unsigned)rand_r(&seed) % below;
}

static unsigned build(unsigned most)
{
    unsigned built = 0;
    HRESULT hr;

    for (unsigned i = 0; i < DEPTH && built < most; i++) {
        if (reads[i].busy)
            continue;
        reads[i].busy = true;
        reads[i].file = pick(thirsty ? FILES : FILES + 1);
        reads[i].offset = reads[i].file == PIPE ? 0 : pick(FILE_NBYTES - LENGTH);
        thirsty |= reads[i].file == PIPE;
        memset(reads[i].buffer, 0, LENGTH);
        hr = BuildIoRingReadFile(ring, IoRingHandleRefFromHandle(handles[reads[i].file]),
                                 IoRingBufferRefFromPointer(reads[i].buffer), LENGTH,
                                 reads[i].offset, i, IOSQE_FLAGS_NONE);
        if (FAILED(hr))
            pf_fail("a read cannot be built", (unsigned long)hr);
        kinds[reads[i].file]++;
        built++;
    }
    return built;
}

static void judge(const IORING_CQE *cqe)
{
    struct read *read = &reads[cqe->UserData % DEPTH];

    if (cqe->UserData >= DEPTH || !read->busy)
        pf_fail("a completion that nobody waits for", (unsigned long)cqe->UserData);
    if (cqe->ResultCode != S_OK || cqe->Information != LENGTH)
        pf_fail("a wrong result", (unsigned long)cqe->ResultCode);
    for (unsigned i = 0; i < LENGTH; i++)
        if ((unsigned char)read->buffer[i] != pf_byte(read->file, read->offset + i))
            pf_fail("a wrong byte", (unsigned long)(read->offset + i));
    read->busy = false;
    in_flight--;
}

/* After a pop that found nothing: what comes of it sets the event. */
static void quench(void)
{
    char drink[LENGTH];
    DWORD moved;

    if (!thirsty)
        return;
    for (unsigned i = 0; i < LENGTH; i++)
        drink[i] = (char)pf_byte(PIPE, i);
    if (!WriteFile(peer, drink, LENGTH, &moved, NULL) || moved != LENGTH)
        pf_fail("the pipe cannot be written to", GetLastError());
    thirsty = false;
}

static void drain(void)
{
    IORING_CQE cqe;
    HRESULT hr;

    while ((hr = PopIoRingCompletion(ring, &cqe)) == S_OK)
        judge(&cqe);
    if (hr != S_FALSE)
        pf_fail("a pop", (unsigned long)hr);
}

/* Some of what is in flight is left to the next round, so that edges come from earlier ones too. */
static void one_round(unsigned number)
{
    unsigned submits = 1 + pick(3), left = pick(4) ? 0 : pick(DEPTH);
    DWORD woken;

    for (unsigned i = 0; i < submits; i++) {
        unsigned built = build(1 + pick(DEPTH));
        UINT32 submitted = 0;
        HRESULT hr = SubmitIoRing(ring, 0, 0, &submitted);

        if (FAILED(hr) || submitted != built)
            pf_fail("a submit", (unsigned long)hr);
        in_flight += built;
        if (pick(2))
            drain();
    }
    for (drain(); in_flight > left; drain()) {
        quench();
        woken = WaitForSingleObject(event, PATIENCE);
        waits++;
        if (woken != WAIT_OBJECT_0)
            pf_fail("nobody set the event, round", number);
    }
}

static void open_all(void)
{
    char name[64];

    for (unsigned i = 0; i < FILES; i++)
        handles[i] = pf_open(&files, i);
    snprintf(name, sizeof name, "\\\\.\\pipe\\ringer-rounds-%lu",
             (unsigned long)GetCurrentProcessId());
    handles[PIPE] = CreateNamedPipeA(name, PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED,
                                     PIPE_TYPE_BYTE | PIPE_WAIT, 1, 4096, 4096, 0, NULL);
    peer = CreateFileA(name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (handles[PIPE] == INVALID_HANDLE_VALUE || peer == INVALID_HANDLE_VALUE)
        pf_fail("no pipe", GetLastError());
}

int main(int argc, char **argv)
{
    IORING_CREATE_FLAGS flags = {0};
    unsigned rounds;
    HRESULT hr;

    if (argc < 3)
        return 2;
    pf_start(&files, argv);
    rounds = (unsigned)strtoul(argv[2], NULL, 10);
    seed = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 1;
    open_all();
    hr = CreateIoRing(IORING_VERSION_3, flags, DEPTH, 2 * DEPTH, &ring);
    if (FAILED(hr))
        pf_fail("no ring", (unsigned long)hr);
    event = CreateEventW(NULL, FALSE, FALSE, NULL);
    hr = SetIoRingCompletionEvent(ring, event);
    if (FAILED(hr))
        pf_fail("no event", (unsigned long)hr);
    for (unsigned i = 0; i < rounds; i++)
        one_round(i);
    for (drain(); in_flight; drain()) {
        quench();
        if (WaitForSingleObject(event, PATIENCE) != WAIT_OBJECT_0)
            pf_fail("nobody set the event at the end", in_flight);
    }
    CloseIoRing(ring);
    for (unsigned i = 0; i <= PIPE; i++) {
        CloseHandle(handles[i]);
        if (!kinds[i])
            pf_fail("a kind of file that was never read", i);
    }
    CloseHandle(peer);
    CloseHandle(event);
    pf_end(&files);
    if (!waits)
        pf_fail("the event was never needed", 0);
    printf("%u rounds, %lu waits\n", rounds, waits);
    return 0;
}
