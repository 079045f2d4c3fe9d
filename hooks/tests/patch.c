/* SPDX-License-Identifier: MIT */
#include "hooks/tests/patch.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ABSOLUTE 14 /* jmp *0(%rip) and the address */

/* How long the instruction is; 0: unknown, or it refers to where it stands. */
static size_t length_of(const uint8_t *code)
{
    static const struct {
        uint8_t nbytes, known;
        uint8_t bytes[4];
    } table[] = {
        {4, 4, {0xf3, 0x0f, 0x1e, 0xfa}}, /* endbr64 */
        {8, 3, {0x0f, 0x1f, 0x84}},       /* nopl disp32(base,index) */
        {5, 3, {0x0f, 0x1f, 0x44}},
        {1, 1, {0x90}},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (memcmp(code, table[i].bytes, table[i].known) == 0)
            return table[i].nbytes;
    return 0;
}

static void put_absolute(uint8_t *at, const void *to)
{
    static const uint8_t jump[6] = {0xff, 0x25};

    memcpy(at, jump, sizeof jump);
    memcpy(at + sizeof jump, &to, sizeof to);
}

static bool set_writable(const uint8_t *at, size_t nbytes, bool writable)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)at & ~(page - 1);
    uintptr_t end = ((uintptr_t)at + nbytes + page - 1) & ~(page - 1);

    return mprotect((void *)from, end - from,
                    PROT_READ | PROT_EXEC | (writable ? PROT_WRITE : 0)) == 0;
}

bool patch_allowed(void *function)
{
    return set_writable(function, 1, true) && set_writable(function, 1, false);
}

/* Memory for code within reach of a relative jump. */
static uint8_t *near_memory(const uint8_t *at)
{
    for (intptr_t distance = 1 << 20; distance < 1 << 30; distance += 1 << 20) {
        for (int sign = -1; sign <= 1; sign += 2) {
            uintptr_t wanted = ((uintptr_t)at + (uintptr_t)(sign * distance)) & ~(uintptr_t)0xfff;
            uint8_t *got = mmap((void *)wanted, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

            if (got != MAP_FAILED && got == (uint8_t *)wanted)
                return got;
            if (got != MAP_FAILED)
                munmap(got, 4096);
        }
    }
    return NULL;
}

bool patch_apply(struct patch *patch, void *function, void *detour, size_t nbytes)
{
    uint8_t *code = function, *memory, jump[ABSOLUTE];
    size_t moved = 0;
    int32_t relative;

    while (moved < nbytes) {
        size_t one = length_of(code + moved);

        if (!one)
            return false;
        moved += one;
    }
    if (moved > sizeof patch->saved || !(memory = near_memory(code)))
        return false;
    /* The trampoline, and a relay that a short jump reaches. */
    memcpy(memory, code, moved);
    put_absolute(memory + moved, code + moved);
    put_absolute(memory + 64, detour);
    if (nbytes == ABSOLUTE) {
        put_absolute(jump, detour);
    } else {
        relative = (int32_t)(memory + 64 - (code + 5));
        jump[0] = 0xe9;
        memcpy(jump + 1, &relative, sizeof relative);
    }
    *patch = (struct patch){.at = code, .nbytes = moved, .original = memory};
    memcpy(patch->saved, code, moved);
    if (!set_writable(code, moved, true))
        return false;
    memset(code, 0xcc, moved);
    memcpy(code, jump, nbytes);
    return set_writable(code, moved, false);
}

void patch_remove(struct patch *patch)
{
    if (!set_writable(patch->at, patch->nbytes, true))
        return;
    memcpy(patch->at, patch->saved, patch->nbytes);
    set_writable(patch->at, patch->nbytes, false);
    munmap(patch->original, 4096);
}
