/* SPDX-License-Identifier: MIT */
/*
 * A program that works on the queues of NtCreateIoRing itself: no builder, no pop. usage: raw_ring
 * FILE good|forge. forge pops a completion that nobody but the program itself wrote.
 */
#include <windows.h>

#include <ioringnt.h>

#include <string.h>

enum { ROUNDS = 20 }; /* more than the queues have slots: they wrap */

static NT_IORING_INFO info;
static HANDLE ring;

static void put(const NT_IORING_SQE *sqe)
{
    uint32_t tail = __atomic_load_n(&info.SubmissionQueue->Tail, __ATOMIC_ACQUIRE);

    NtIoRingSubmissionEntries(info.SubmissionQueue)[tail & info.SubmissionQueueRingMask] = *sqe;
    __atomic_store_n(&info.SubmissionQueue->Tail, tail + 1, __ATOMIC_RELEASE);
}

static int take(NT_IORING_CQE *cqe)
{
    uint32_t head = __atomic_load_n(&info.CompletionQueue->Head, __ATOMIC_ACQUIRE);

    if (head == __atomic_load_n(&info.CompletionQueue->Tail, __ATOMIC_ACQUIRE))
        return 0;
    *cqe = NtIoRingCompletionEntries(info.CompletionQueue)[head & info.CompletionQueueRingMask];
    __atomic_store_n(&info.CompletionQueue->Head, head + 1, __ATOMIC_RELEASE);
    return 1;
}

static int round_trip(HANDLE file, uint64_t user_data)
{
    static char bytes[16];
    NT_IORING_SQE nop = {.OpCode = IORING_OP_NOP, .UserData = user_data};
    NT_IORING_SQE read = {.OpCode = IORING_OP_READ, .UserData = user_data + 1};
    NT_IORING_SQE by_index = {.OpCode = IORING_OP_READ, .UserData = user_data + 3};
    NT_IORING_SQE files = {.OpCode = IORING_OP_REGISTER_FILES, .UserData = user_data + 2};
    NT_IORING_CQE cqe;
    int count = 0;

    read.Read.File.Handle = file;
    read.Read.Buffer.Address = bytes;
    read.Read.Length = sizeof(bytes) / 2;
    by_index.Read = read.Read;
    by_index.Read.CommonOpFlags = NT_IORING_OP_FLAG_REGISTERED_FILE;
    by_index.Read.File.HandleIndex = 0;
    files.RegisterFiles.Count = 1;
    files.RegisterFiles.Handles = &file;
    put(&nop);
    put(&read);
    put(&files);
    put(&by_index);
    if (NtSubmitIoRing(ring, 0, 4, NULL))
        return 1;
    while (take(&cqe)) {
        if (cqe.IoStatus.Status || cqe.UserData - user_data > 3)
            return 1;
        count++;
    }
    return count != 4;
}

static void forge(void)
{
    uint32_t tail = info.CompletionQueue->Tail;
    NT_IORING_CQE cqe = {.UserData = 0x666};

    NtIoRingCompletionEntries(info.CompletionQueue)[tail & info.CompletionQueueRingMask] = cqe;
    __atomic_store_n(&info.CompletionQueue->Tail, tail + 1, __ATOMIC_RELEASE);
    take(&cqe);
}

int main(int argc, char **argv)
{
    NT_IORING_STRUCTV1 params = {.IoRingVersion = IORING_VERSION_3, .SubmissionQueueSize = 4,
                                 .CompletionQueueSize = 8};
    HANDLE file;
    int bad = 0;

    if (argc != 3)
        return 64;
    file = CreateFileA(argv[1], GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE ||
        NtCreateIoRing(&ring, sizeof(params), &params, sizeof(info), &info))
        return 2;
    for (uint64_t i = 0; i < ROUNDS && !bad; i++)
        bad = round_trip(file, 0x100 * (i + 1));
    if (!strcmp(argv[2], "forge"))
        forge();
    return bad || NtClose(ring) || !CloseHandle(file);
}
