/* SPDX-License-Identifier: MIT */
/* An emulator of rings that does as it is told: below the user-mode half, in its unit tests. */
#ifndef TEST_IORING_FAKE_H
#define TEST_IORING_FAKE_H

#include <windows.h>
#include <ioringapi.h>
#include <ioringnt.h>

#include "api/kernelbase/ioring.h"
#include "api/kernelbase/ioring_api.h"

#define FAKE_QUEUE_MAX 256u

struct fake_ring {
    NT_IORING_INFO info;
    struct {
        NT_IORING_SUBMISSION_QUEUE queue;
        NT_IORING_SQE entries[FAKE_QUEUE_MAX];
    } sq;
    struct {
        NT_IORING_COMPLETION_QUEUE queue;
        NT_IORING_CQE entries[FAKE_QUEUE_MAX];
    } cq;
    int open;
};

/* What the next calls do, and what the last ones were given. fake_reset clears all of it. */
struct fake_emu {
    NT_IORING_CAPABILITIES caps;
    UINT32 queries;

    NTSTATUS create_status;
    NT_IORING_STRUCTV1 created; /* the last request */
    struct fake_ring *ring;     /* the last ring made */

    NTSTATUS submit_status;
    UINT32 submit_takes; /* entries at most */
    UINT32 submits, submit_flags, submit_wait;
    int submit_timed;
    INT64 submit_timeout;
    NT_IORING_SQE taken[FAKE_QUEUE_MAX];
    UINT32 taken_count;

    NTSTATUS event_status;
    UINT64 event;

    NTSTATUS poll_status;
    UINT32 polls, poll_posts; /* completions that the next poll brings */

    UINT32 closes;
};
extern struct fake_emu fake;

void fake_reset(void);
void fake_post(struct fake_ring *ring, UINT64 user_data, NTSTATUS status, UINT64 information);

/* A ring of version 400 with 32 / 64 entries (20 asked for), or of another version. */
HIORING fake_create(void);
HIORING fake_create_version(UINT32 version, UINT32 advisory);

#endif
