/* SPDX-License-Identifier: MIT */
/* Capabilities, creation, what a ring says of itself, the event, and HIORINGs that are none. */
#include "api/tests/ioring_fake.h"

#include <criterion/criterion.h>

#include <string.h>

TestSuite(ioring_ring, .init = fake_reset);

static const IORING_CREATE_FLAGS no_flags;

Test(ioring_ring, capabilities_are_asked_for_once)
{
    IORING_CAPABILITIES caps;

    for (int i = 0; i < 3; i++) {
        memset(&caps, 0x55, sizeof caps);
        cr_assert_eq(kb_QueryIoRingCapabilities(&caps), S_OK);
        cr_assert_eq(caps.MaxVersion, IORING_VERSION_4);
        cr_assert_eq(caps.MaxSubmissionQueueSize, 65536);
        cr_assert_eq(caps.MaxCompletionQueueSize, 131072);
        cr_assert_eq(caps.FeatureFlags, IORING_FEATURE_SET_COMPLETION_EVENT);
    }
    cr_assert_eq(fake.queries, 1);
    cr_assert_eq(kb_QueryIoRingCapabilities(NULL), E_INVALIDARG);
}

Test(ioring_ring, versions)
{
    static const struct {
        UINT32 asked;
        HRESULT result;
    } rows[] = {
        {0, IORING_E_VERSION_NOT_SUPPORTED},
        {1, S_OK},
        {2, S_OK},
        {3, IORING_E_VERSION_NOT_SUPPORTED},
        {299, IORING_E_VERSION_NOT_SUPPORTED},
        {300, S_OK},
        {301, S_OK}, /* [R] IB1: exactly the maximum, named or not */
        {400, IORING_E_VERSION_NOT_SUPPORTED},
        {0xFFFFFFFF, IORING_E_VERSION_NOT_SUPPORTED},
    };

    fake.caps.Version = 301;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        HIORING ring = (HIORING)0x55;
        HRESULT hr = kb_CreateIoRing((IORING_VERSION)rows[i].asked, no_flags, 1, 2, &ring);
        IORING_INFO info;

        cr_expect_eq(hr, rows[i].result, "version %u: %08x", rows[i].asked, (unsigned)hr);
        if (SUCCEEDED(hr)) {
            cr_expect_eq(kb_GetIoRingInfo(ring, &info), S_OK);
            cr_expect_eq(info.IoRingVersion, rows[i].asked);
            kb_CloseIoRing(ring);
        } else {
            cr_expect_eq(ring, (HIORING)0x55);
        }
    }
}

/* [R] W7 */
Test(ioring_ring, sizes_are_what_the_kernel_made_of_them)
{
    HIORING ring = fake_create();
    IORING_INFO info;

    memset(&info, 0x55, sizeof info);
    cr_assert_eq(kb_GetIoRingInfo(ring, &info), S_OK);
    cr_assert_eq(info.SubmissionQueueSize, 32);
    cr_assert_eq(info.CompletionQueueSize, 64);
    cr_assert_eq(info.Flags.Required, 0);
    cr_assert_eq(info.Flags.Advisory, 0);
    cr_assert_eq(kb_GetIoRingInfo(ring, NULL), E_INVALIDARG);
    kb_CloseIoRing(ring);
}

Test(ioring_ring, refusals)
{
    IORING_CREATE_FLAGS required = {(IORING_CREATE_REQUIRED_FLAGS)4, 0};
    IORING_CREATE_FLAGS advisory = {0, (IORING_CREATE_ADVISORY_FLAGS)0xFF};
    HIORING ring = (HIORING)0x55;

    cr_assert_eq(kb_CreateIoRing(IORING_VERSION_3, no_flags, 1, 1, NULL), E_INVALIDARG);
    cr_assert_eq(kb_CreateIoRing(IORING_VERSION_3, required, 1, 1, &ring),
                 IORING_E_REQUIRED_FLAG_NOT_SUPPORTED);
    cr_assert_null(fake.ring);
    fake.create_status = (NTSTATUS)0xC0460004;
    cr_assert_eq(kb_CreateIoRing(IORING_VERSION_3, no_flags, 0xFFFFFFFF, 0xFFFFFFFF, &ring),
                 IORING_E_SUBMISSION_QUEUE_TOO_BIG);
    cr_assert_eq(fake.created.SubmissionQueueSize, 0xFFFFFFFF);
    cr_assert_eq(ring, (HIORING)0x55);

    fake.create_status = 0;
    cr_assert_eq(kb_CreateIoRing(IORING_VERSION_3, advisory, 1, 1, &ring), S_OK);
    cr_assert_eq(fake.created.Flags.Advisory, IORING_CREATE_SKIP_BUILDER_PARAM_CHECKS);
    kb_CloseIoRing(ring);
}

Test(ioring_ring, supported_operations)
{
    static const struct {
        UINT32 version;
        const char *supported; /* operations 0 to 9 */
    } rows[] = {{1, "1111100000"}, {2, "1111100000"}, {300, "1111111000"}, {400, "1111111110"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        HIORING ring = fake_create_version(rows[i].version, 0);

        for (int op = 0; op < 10; op++)
            cr_expect_eq(kb_IsIoRingOpSupported(ring, (IORING_OP_CODE)op),
                         rows[i].supported[op] == '1', "version %u operation %d", rows[i].version,
                         op);
        cr_expect_not(kb_IsIoRingOpSupported(ring, (IORING_OP_CODE)0x7FFFFFFF)); /* [R] IB4 */
        cr_expect_not(kb_IsIoRingOpSupported(ring, (IORING_OP_CODE)-1));
        kb_CloseIoRing(ring);
    }
    cr_expect_not(kb_IsIoRingOpSupported(NULL, IORING_OP_READ));
}

Test(ioring_ring, completion_event)
{
    HIORING ring = fake_create();
    HANDLE event = (HANDLE)(UINT_PTR)0x10010;

    cr_assert_eq(kb_SetIoRingCompletionEvent(ring, event), S_OK);
    cr_assert_eq(fake.event, 0x10010);
    cr_assert_eq(kb_SetIoRingCompletionEvent(ring, NULL), S_OK);
    cr_assert_eq(fake.event, 0);
    cr_assert_eq(kb_SetIoRingCompletionEvent(ring, INVALID_HANDLE_VALUE), E_INVALIDARG);
    fake.event_status = (NTSTATUS)0xC0000008;
    cr_assert_eq(kb_SetIoRingCompletionEvent(ring, event), E_INVALIDARG);
    fake.event_status = (NTSTATUS)0xC0000024;
    cr_assert_eq(kb_SetIoRingCompletionEvent(ring, event), E_INVALIDARG);
    cr_assert_eq(kb_SetIoRingCompletionEvent(NULL, event), E_HANDLE);
    kb_CloseIoRing(ring);
}

/* Every function, on what is no HIORING any more or never was. */
static void expect_no_ring(HIORING ring)
{
    IORING_INFO info;
    IORING_CQE cqe;
    UINT32 submitted = 55;
    IORING_HANDLE_REF file = IoRingHandleRefFromIndex(0);

    cr_expect_eq(kb_GetIoRingInfo(ring, &info), E_HANDLE);
    cr_expect_eq(kb_PopIoRingCompletion(ring, &cqe), E_HANDLE);
    cr_expect_eq(kb_SubmitIoRing(ring, 0, 0, &submitted), E_HANDLE);
    cr_expect_eq(submitted, 55);
    cr_expect_eq(kb_SetIoRingCompletionEvent(ring, NULL), E_HANDLE);
    cr_expect_eq(kb_BuildIoRingCancelRequest(ring, file, 0, 0), E_HANDLE);
    cr_expect_eq(kb_BuildIoRingRegisterBuffers(ring, 0, NULL, 0), E_HANDLE);
    cr_expect_eq(kb_BuildIoRingRegisterFileHandles(ring, 0, NULL, 0), E_HANDLE);
    cr_expect_not(kb_IsIoRingOpSupported(ring, IORING_OP_READ));
    cr_expect_eq(kb_CloseIoRing(ring), E_HANDLE);
}

Test(ioring_ring, junk)
{
    HIORING ring = fake_create();

    expect_no_ring(NULL);
    expect_no_ring((HIORING)INVALID_HANDLE_VALUE);
    expect_no_ring((HIORING)&ring);
    for (unsigned bit = 0; bit < 64; bit++) {
        expect_no_ring((HIORING)((UINT_PTR)1 << bit));
        expect_no_ring((HIORING)((UINT_PTR)ring ^ (UINT_PTR)1 << bit));
    }
    cr_assert_eq(kb_CloseIoRing(ring), S_OK);
}

Test(ioring_ring, closed_stays_closed_when_its_slot_is_reused)
{
    HIORING old[200], now;

    for (int i = 0; i < 200; i++) {
        old[i] = fake_create();
        cr_assert_eq(kb_CloseIoRing(old[i]), S_OK);
    }
    now = fake_create();
    for (int i = 0; i < 200; i++) {
        cr_assert_neq(old[i], now);
        expect_no_ring(old[i]);
    }
    cr_assert_eq(kb_CloseIoRing(now), S_OK);
    cr_assert_eq(fake.closes, 201);
}

Test(ioring_ring, many_at_once)
{
    HIORING rings[300];
    struct fake_ring *below[300];
    IORING_CQE cqe;

    for (int i = 0; i < 300; i++) {
        rings[i] = fake_create();
        below[i] = fake.ring;
    }
    for (int i = 0; i < 300; i++)
        fake_post(below[i], i, 0, 0);
    for (int i = 299; i >= 0; i--) {
        cr_assert_eq(kb_PopIoRingCompletion(rings[i], &cqe), S_OK);
        cr_assert_eq(cqe.UserData, (UINT_PTR)i);
        cr_assert_eq(kb_CloseIoRing(rings[i]), S_OK);
    }
}
