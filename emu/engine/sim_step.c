// SPDX-License-Identifier: MIT
/* What happens in a simulated run, told in order with what it touches; and what things are called there. */
#include "emu/engine/sim.h"
#include "emu/object/file.h"

#include <sys/stat.h>

#define MOST_FILES 64u
#define STREAMS 0xFFFFFEu

#define sim emu_sim_state

static struct emu_sim_step *current;

/* Files by what they are, not by their handles: a second handle reaches the same bytes. */
static struct {
    dev_t dev;
    ino_t ino;
} files[MOST_FILES];
static uint32_t file_count;

static void tell(struct emu_sim_step *step)
{
    struct emu_sim_thread *self = emu_sim_self();
    bool serves = self->serves && sim.served;
    struct ringer_sim_step told = {
        .choice = sim.choices,
        .thread = serves ? sim.served->ordinal : self->ordinal,
        /* What a runtime's thread does belongs to what woke it. */
        .option = serves && step->option.act == RINGER_SIM_GO_ON ? sim.cause : step->option,
        .call = step->call,
        .access_count = step->count,
        .accesses = step->accesses,
    };

    if (sim.running && sim.params.step)
        sim.params.step(sim.params.context, &told);
    step->told = true;
    step->count = 0;
}

/* A runtime's, which nobody else can tell anything from. */
static bool is_own(uint32_t resource, uint32_t id)
{
    return id == (EMU_SIM_OWN & 0xFFFFFF) && resource != RINGER_SIM_MEMORY;
}

void emu_sim_step_begin(struct emu_sim_step *step, struct ringer_sim_option option,
                        enum ringer_sim_call call)
{
    if (current && (current->count || !current->told))
        tell(current); /* in order: what it led to comes behind it */
    if (!current && !emu_sim_self()->serves)
        sim.cause = option;
    step->outer = current;
    step->option = option;
    step->call = call;
    step->count = 0;
    step->told = false;
    current = step;
}

void emu_sim_step_end(struct emu_sim_step *step)
{
    if (step->count || !step->told)
        tell(step);
    current = step->outer;
}

void emu_sim_step_add(struct emu_sim_step *step, enum ringer_sim_resource resource, bool write,
                      uint32_t id, uint64_t from, uint64_t to)
{
    if (is_own(resource, id))
        return;
    if (step->count == EMU_SIM_ACCESSES)
        tell(step);
    step->accesses[step->count++] =
        (struct ringer_sim_access){(uint16_t)resource, write, id, from, to};
}

void emu_sim_touched(const struct ringer_sim_access *access)
{
    struct emu_sim_step step;

    if (is_own(access->resource, access->id))
        return;
    if (current) {
        emu_sim_step_add(current, access->resource, access->write, access->id, access->from,
                         access->to);
        return;
    }
    emu_sim_step_begin(&step, (struct ringer_sim_option){RINGER_SIM_GO_ON, 0, 0},
                       RINGER_SIM_CALL_OTHER);
    emu_sim_step_add(&step, access->resource, access->write, access->id, access->from, access->to);
    emu_sim_step_end(&step);
}

void emu_sim_tell_uncalled(void)
{
    if (emu_sim_between_calls)
        emu_sim_between_calls();
}

uint32_t emu_sim_id(uint32_t *id)
{
    emu_sim_self(); /* numbers go by turns */
    if (*id == EMU_SIM_OWN)
        return EMU_SIM_OWN & 0xFFFFFF;
    /* {generation : 8, number : 24}: what is left of an earlier run gets a new one. */
    if (*id >> 24 != (sim.generation & 0xFF) || !(*id & 0xFFFFFF))
        *id = (sim.generation & 0xFF) << 24 | (++sim.next_id & 0xFFFFFF);
    return *id & 0xFFFFFF;
}

static uint32_t file_number(const struct emu_file *file)
{
    struct stat st = {.st_dev = file->dev, .st_ino = file->ino};
    uint32_t i = 0;

    if (!st.st_ino && (file->fd < 0 || fstat(file->fd, &st) != 0))
        return 0;
    while (i < file_count && (files[i].dev != st.st_dev || files[i].ino != st.st_ino))
        i++;
    if (i == file_count && i < MOST_FILES) {
        files[i].dev = st.st_dev;
        files[i].ino = st.st_ino;
        file_count++;
    }
    return i + 1; /* those beyond the table count as one file */
}

uint32_t emu_sim_file_id(struct emu_file *file)
{
    uint32_t *id = &file->sim_bytes;

    /* What goes into one end of a stream comes out of another, and which that is nobody tells us. */
    if (file->kind == EMU_FILE_PIPE || emu_file_is_stream(file))
        return STREAMS;
    /* Of this generation already? Else looked up once, as its bytes are not its handle's alone. */
    if (*id >> 24 != (sim.generation & 0xFF) || !(*id & 0xFFFFFF))
        *id = (sim.generation & 0xFF) << 24 | file_number(file);
    return *id & 0xFFFFFF;
}

void emu_sim_steps_reset(void)
{
    file_count = 0;
    current = NULL;
}
