/* SPDX-License-Identifier: MIT */
/*
 * A client of DirectStorage that says what it looks at and notes all that it sees, a line a run, in the
 * file that NOTES names: what a search with reduction sees must be what one without it sees.
 * argv: data file, way ("ring" or "mapping"), what is done.
 */
#include "conformance/explore/examples/ds_client.h"

#include <ringer_sim.h>
#include <stdarg.h>
#include <stdlib.h>

enum { REQUESTS = 2 };

static char notes[4096];
static size_t length;

static void note(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    length += (size_t)vsnprintf(notes + length, sizeof notes - length, format, arguments);
    va_end(arguments);
    if (length >= sizeof notes)
        abort();
}

static int write_notes(void)
{
    FILE *to = fopen(getenv("NOTES"), "a");

    return !to || fprintf(to, "%s\n", notes) < 0 || fclose(to) != 0;
}

static void look_at_data(void)
{
    for (unsigned n = 0; n < REQUESTS; n++) {
        ringer_sim_look(buffers[n], CHUNK);
        note("%c", buffers[n][0] ? buffers[n][0] : '.');
    }
    note(" ");
}

static HRESULT look(unsigned index)
{
    HRESULT hr = IDStorageStatusArray_GetHResult(statuses, index);

    note("s%u=%x ", index, (unsigned)hr);
    look_at_data();
    return hr;
}

/* failing: the second is beyond the end of the file. each: a status behind each of them. */
static void enqueue(bool failing, bool each)
{
    for (unsigned n = 0; n < REQUESTS; n++) {
        read_chunk(buffers[n], failing && n ? n + 100 : n);
        if (each || n + 1 == REQUESTS)
            IDStorageQueue1_EnqueueStatus(queue, statuses, n);
    }
    IDStorageQueue1_Submit(queue);
}

static void do_errors(void)
{
    HANDLE failed = IDStorageQueue1_GetErrorEvent(queue);
    DSTORAGE_ERROR_RECORD record;

    enqueue(true, false);
    WaitForSingleObject(failed, INFINITE);
    look(REQUESTS - 1);
    IDStorageQueue1_RetrieveErrorRecord(queue, &record);
    note("n=%u e=%u ", record.FailureCount, (unsigned)WaitForSingleObject(failed, 0));
    while (look(REQUESTS - 1) == E_PENDING)
        YieldProcessor();
}

static void do_it(const char *what)
{
    if (!strcmp(what, "errors")) {
        do_errors();
        return;
    }
    enqueue(false, !strcmp(what, "statuses"));
    if (!strcmp(what, "cancel"))
        IDStorageQueue1_CancelRequestsWithTag(queue, ~(UINT64)0, 1);
    if (!strcmp(what, "close"))
        IDStorageQueue1_Close(queue);
    for (unsigned n = strcmp(what, "statuses") ? REQUESTS - 1 : 0; n < REQUESTS; n++)
        while (look(n) == E_PENDING && strcmp(what, "close"))
            YieldProcessor();
}

int main(int argc, char **argv)
{
    if (argc != 4 || !getenv("NOTES") || !begin(argc, argv, REQUESTS))
        return fail("cannot begin");
    do_it(argv[3]);
    end();
    return write_notes();
}
