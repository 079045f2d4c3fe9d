/* SPDX-License-Identifier: MIT */
/* Each row of NTSTATUS -> HRESULT that somebody saw on Windows, and the rule for the rest. */
#include "api/kernelbase/ioring.h"

#include <criterion/criterion.h>

#include <ntstatus.h>

struct row {
    NTSTATUS status;
    UINT32 hr;
};

static const struct row completions[] = {
    {STATUS_SUCCESS, 0},
    {STATUS_PENDING, 0},                    /* success and information are S_OK */
    {STATUS_END_OF_FILE, 0x80070026},       /* [R] IC3 */
    {STATUS_CANCELLED, 0x80004004},         /* [R] IB9, IS12: E_ABORT */
    {STATUS_NOT_FOUND, 0x80070490},         /* [R] IB27 */
    {STATUS_ACCESS_VIOLATION, 0x800703E6},  /* [R] IC9 */
    {STATUS_INVALID_PARAMETER, 0x80070057}, /* [R] IB8 */
    {STATUS_ACCESS_DENIED, 0x80070005},     /* [R] IC14 */
    {STATUS_INVALID_HANDLE, 0x80070006},    /* [R] IC13 */
    {STATUS_DISK_FULL, 0x80070070},         /* [R] IC15 */
    {STATUS_PIPE_LISTENING, 0x80070218},    /* [R] IC17 */
    {STATUS_PIPE_BROKEN, 0x8007006D},       /* [R-] ioring.md 6.3 */
    {STATUS_PIPE_CLOSING, 0x800700E8},      /* [R-] ioring.md 6.3 */
    {(NTSTATUS)0xC0070585, 0x80070585},     /* [R] hooks.md R2: an index out of range */
    {(NTSTATUS)0xC00701FD, 0x800701FD},     /* [R] IC4: write-through on a cached handle */
    {STATUS_BUFFER_OVERFLOW, 0x800700EA},   /* a warning is a failure: ERROR_MORE_DATA */
    {STATUS_IORING_REQUIRED_FLAG_NOT_SUPPORTED, 0x80460001},
    {STATUS_IORING_SUBMISSION_QUEUE_FULL, 0x80460002},
    {STATUS_IORING_VERSION_NOT_SUPPORTED, 0x80460003},
    {STATUS_IORING_SUBMISSION_QUEUE_TOO_BIG, 0x80460004},
    {STATUS_IORING_COMPLETION_QUEUE_TOO_BIG, 0x80460005},
    {STATUS_IORING_SUBMIT_IN_PROGRESS, 0x80460006},
    {STATUS_IORING_CORRUPT, 0x80460007},
    {STATUS_IORING_COMPLETION_QUEUE_TOO_FULL, 0x80460008},
    {STATUS_NO_MEMORY, 0x80070008}, /* the rule from here on */
    {STATUS_OBJECT_TYPE_MISMATCH, 0x80070006},
    {STATUS_SHARING_VIOLATION, 0x80070020},
    {STATUS_FILE_IS_A_DIRECTORY, 0x80070005},
    {STATUS_IO_TIMEOUT, 0x80070079},
    {(NTSTATUS)0xC7654321, 0x8007013D}, /* ERROR_MR_MID_NOT_FOUND: a status that no table knows */
};

Test(ioring_error, completions)
{
    for (size_t i = 0; i < sizeof completions / sizeof completions[0]; i++) {
        HRESULT hr = kb_ioring_cqe_hresult(completions[i].status);

        cr_expect_eq((UINT32)hr, completions[i].hr, "%08x: %08x, not %08x",
                     (UINT32)completions[i].status, (UINT32)hr, completions[i].hr);
    }
}

Test(ioring_error, calls)
{
    cr_expect_eq((UINT32)kb_ioring_call_hresult(STATUS_TIMEOUT), 0x800705B4); /* [R] IS5 */
    cr_expect_eq((UINT32)kb_ioring_cqe_hresult(STATUS_TIMEOUT), 0);
    cr_expect_eq(kb_ioring_call_hresult(STATUS_SUCCESS), S_OK);
    cr_expect_eq((UINT32)kb_ioring_call_hresult(STATUS_IORING_SUBMIT_IN_PROGRESS), 0x80460006);
    cr_expect_eq(kb_ioring_call_hresult(STATUS_INVALID_PARAMETER), E_INVALIDARG);
    cr_expect_eq(kb_ioring_call_hresult(STATUS_NOT_SUPPORTED), CO_E_NOT_SUPPORTED);
}

/* [R-] HRESULT_FROM_NT (0xD...) was never seen on a popped completion, and nothing fails as S_OK.
 */
Test(ioring_error, never_from_nt)
{
    for (UINT32 low = 0; low < 0x800; low++) {
        UINT32 hr = (UINT32)kb_ioring_cqe_hresult((NTSTATUS)(0xC0000000u | low));

        cr_assert_eq(hr >> 28, 8, "%08x gives %08x", 0xC0000000u | low, hr);
    }
}
