/* SPDX-License-Identifier: MIT */
/* The shared memory of a run, and the names of those who move in it. */
#include "conformance/explore/area.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct cf_area *cf_area_create(void)
{
    void *memory = mmap(NULL, sizeof(struct cf_area), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

int cf_area_open(void)
{
    int fd = memfd_create("ringer-explore", 0);

    if (fd >= 0 && ftruncate(fd, sizeof(struct cf_area))) {
        close(fd);
        return -1;
    }
    return fd;
}

struct cf_area *cf_area_map(int fd)
{
    void *memory = mmap(NULL, sizeof(struct cf_area), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

void cf_area_destroy(struct cf_area *area)
{
    if (area)
        munmap(area, sizeof(*area));
}

void cf_area_clear(struct cf_area *area)
{
    memset(&area->begun, 0, offsetof(struct cf_area, rings) - offsetof(struct cf_area, begun));
}

struct cf_mover cf_mover_of(const struct ringer_sim_option *option, uint32_t thread)
{
    switch ((enum ringer_sim_act)option->act) {
    case RINGER_SIM_GO_ON:
        return (struct cf_mover){CF_MOVER_THREAD, thread};
    case RINGER_SIM_SWITCH:
        return (struct cf_mover){CF_MOVER_THREAD, option->subject};
    case RINGER_SIM_EXPIRE:
        return (struct cf_mover){CF_MOVER_EXPIRY, option->subject};
    case RINGER_SIM_COMPLETE:
        return (struct cf_mover){CF_MOVER_OPERATION, option->subject};
    case RINGER_SIM_SIGNAL:
        return (struct cf_mover){CF_MOVER_EVENT, option->subject};
    default:
        return (struct cf_mover){CF_MOVER_INNER, option->subject};
    }
}

bool cf_mover_same(struct cf_mover a, struct cf_mover b)
{
    return a.kind == b.kind && a.subject == b.subject;
}

bool cf_where_moves(uint32_t where)
{
    return where == RINGER_SIM_AT_CALL || where == RINGER_SIM_AT_WAIT;
}

uint32_t cf_area_faults(const struct cf_area *area)
{
    uint32_t count = 0;

    for (uint32_t c = 0; c < area->choice_count; c++) {
        const struct cf_area_choice *choice = &area->choices[c];
        const struct ringer_sim_option *option =
            &area->options[choice->first_option + choice->answer];

        count += option->act == RINGER_SIM_REFUSE || option->outcome > RINGER_SIM_CANCELLED;
    }
    return count;
}
