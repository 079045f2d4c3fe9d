/* SPDX-License-Identifier: MIT */
/*
 * The order of a replay. Records of a scenario become items in the order of their beginnings; an item
 * begins when all smaller ones have begun and all calls have ended that had ended before it. So calls
 * that overlapped overlap again, and a hand-off that the program made by other means than the API is
 * kept. One thread here for each thread of the trace.
 */
#include "conformance/replay/world.h"

#include "conformance/kit/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { THREAD_LIMIT = 64 };

struct item {
    const struct cf_record *record; /* call, obj or mem */
    uint64_t key;                   /* place in the order: 2n of a call, 2n+1 of what follows call n */
    uint64_t thread;
    size_t must_have_ended; /* how many of `ends` */
};

struct end {
    uint64_t t1_ns;
    size_t item;
    size_t greatest; /* item of this end and of all before it */
};

struct schedule {
    struct rp_world *world;
    struct item *items;
    size_t count;
    struct end *ends; /* calls in the order in which they ended in the trace */
    size_t end_count;
    SRWLOCK lock; /* covers the rest */
    CONDITION_VARIABLE moved;
    size_t next;      /* the item that may begin */
    bool *has_ended;  /* by item */
    size_t ended;     /* of `ends`, without a gap */
};

struct worker {
    struct schedule *schedule;
    uint64_t thread;
    uint32_t ordinal;
};

/* ---- one item ---- */

static rp_handler handler_of(const char *fn)
{
    static const struct rp_function *const tables[] = {rp_ring_functions, rp_nt_functions,
                                                       rp_file_functions, rp_sync_functions,
                                                       rp_memory_functions, rp_edge_functions,
                                                       rp_info_functions, rp_dstorage_functions,
                                                       rp_dstorage_queue_functions};

    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        for (const struct rp_function *row = tables[t]; row->name; row++) {
            if (!strcmp(row->name, fn))
                return row->handler;
        }
    }
    return NULL;
}

/* A handle that the recorder had not seen made: nothing here stands for it. */
static bool needs_unknown(const struct cf_record *record)
{
    static const char *const keys[] = {"ring", "file", "obj", "event", "handle", "queue", "factory"};
    bool unknown = false;

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *sym = cf_in_string(record, keys[i]);

        unknown |= sym && !strcmp(sym, "unknown");
    }
    for (size_t i = 0; i < cf_in_count(record, "objs"); i++) {
        const char *sym = cf_in_string_at(record, "objs", i);

        unknown |= sym && !strcmp(sym, "unknown");
    }
    return unknown;
}

static void make_call(struct rp_world *world, const struct cf_record *record, uint32_t ordinal)
{
    struct rp_call call = {.world = world, .record = record, .thread = ordinal};
    rp_handler handler = handler_of(record->call.fn);

    if (world->options->begun_out)
        *world->options->begun_out = record->call.n;
    if (handler && needs_unknown(record))
        rp_skip(&call, "a handle is not in the trace");
    else if (handler)
        handler(&call);
    else if (!strcmp(record->call.fn, "kit.drained") || !strcmp(record->call.fn, "kit.sizeof") ||
             !strcmp(record->call.fn, "kit.offsetof") || !strcmp(record->call.fn, "kit.constant"))
        rp_skip(&call, "bookkeeping"); /* a sum of other calls, or what a compiler said */
    else
        rp_skip(&call, "a replay does not know this function");
}

/* What a recorder saw of a buffer outside any call: looked at again at the same place. */
static void look_again(struct rp_world *world, const struct cf_record *record)
{
    struct rp_object *buffer = rp_find(world, record->mem.sym);

    if (!buffer || buffer->kind != RP_BUFFER || !buffer->readable)
        return;
    if (record->mem.fill) {
        memcpy(buffer->snapshot, buffer->bytes, buffer->nbytes);
        cf_trace_memory(world->writer,
                        &(struct cf_trace_memory){.sym = buffer->sym, .fill = true, .poison_ok = -1,
                                                  .after = cf_trace_last_call(world->writer)});
        return;
    }
    rp_look(world, buffer, cf_trace_last_call(world->writer));
}

static void run_item(struct schedule *schedule, const struct item *item, uint32_t ordinal)
{
    if (item->record->type == CF_CALL)
        make_call(schedule->world, item->record, ordinal);
    else if (item->record->type == CF_OBJ)
        rp_introduce(schedule->world, item->record);
    else
        look_again(schedule->world, item->record);
}

/* ---- the order ---- */

static void end_item_locked(struct schedule *schedule, size_t index)
{
    schedule->has_ended[index] = true;
    while (schedule->ended < schedule->end_count && schedule->has_ended[schedule->ends[schedule->ended].item])
        schedule->ended++;
    WakeAllConditionVariable(&schedule->moved);
}

static void work(const struct worker *worker)
{
    struct schedule *schedule = worker->schedule;

    AcquireSRWLockExclusive(&schedule->lock);
    for (size_t index = 0; index < schedule->count; index++) {
        const struct item *item = &schedule->items[index];

        if (item->thread != worker->thread)
            continue;
        while (schedule->next != index || schedule->ended < item->must_have_ended)
            SleepConditionVariableSRW(&schedule->moved, &schedule->lock, INFINITE, 0);
        if (item->record->type == CF_CALL) {
            schedule->next++; /* begun: the next one may begin while this one is inside */
            WakeAllConditionVariable(&schedule->moved);
        }
        ReleaseSRWLockExclusive(&schedule->lock);
        run_item(schedule, item, worker->ordinal);
        AcquireSRWLockExclusive(&schedule->lock);
        if (item->record->type != CF_CALL)
            schedule->next++;
        end_item_locked(schedule, index);
    }
    ReleaseSRWLockExclusive(&schedule->lock);
}

static DWORD WINAPI worker_main(void *parameter)
{
    work(parameter);
    return 0;
}

static bool run_threads(struct schedule *schedule, const uint64_t *threads, size_t count)
{
    struct worker workers[THREAD_LIMIT];
    HANDLE handles[THREAD_LIMIT];

    for (size_t i = 0; i < count; i++)
        workers[i] = (struct worker){schedule, threads[i], (uint32_t)i};
    for (size_t i = 1; i < count; i++) {
        handles[i] = CreateThread(NULL, 0, worker_main, &workers[i], 0, NULL);
        if (!handles[i])
            abort(); /* those that are running wait for this one: the parent sees it */
    }
    work(&workers[0]);
    for (size_t i = 1; i < count; i++) {
        WaitForSingleObject(handles[i], INFINITE);
        CloseHandle(handles[i]);
    }
    return true;
}

/* ---- making a schedule ---- */

static int by_key(const void *left, const void *right)
{
    const struct item *a = left, *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->record->line < b->record->line ? -1 : a->record->line > b->record->line;
}

static int by_end(const void *left, const void *right)
{
    const struct end *a = left, *b = right;

    if (a->t1_ns != b->t1_ns)
        return a->t1_ns < b->t1_ns ? -1 : 1;
    return a->item < b->item ? -1 : a->item > b->item;
}

enum { LOOK_BACK = 4096 }; /* records of other threads between a call and its `mem` */

/* A `mem` that belongs to kit.check is made by that call. */
static bool is_made_by_call(const struct cf_trace *trace, size_t index)
{
    for (size_t i = index; i-- > 0 && index - i <= LOOK_BACK;) {
        const struct cf_record *record = &trace->records[i];

        if (record->type == CF_CALL && record->call.n == trace->records[index].mem.after)
            return !strcmp(record->call.fn, "kit.check");
        if (record->type == CF_SCN)
            break;
    }
    return false;
}

/*
 * Lines stand in the order of ends. What is not a call was written after all calls of earlier lines had
 * ended, and before any call began that has a greater number than all of these and needs it: so it goes
 * behind the greatest number so far.
 */
static void take_items(struct schedule *schedule, const struct cf_trace *trace, size_t from, size_t to)
{
    uint64_t greatest = 0;

    for (size_t i = from; i < to; i++) {
        const struct cf_record *record = &trace->records[i];
        struct item *item = &schedule->items[schedule->count];

        if (record->type == CF_CALL) {
            uint64_t n = record->call.n < UINT64_MAX / 4 ? record->call.n : UINT64_MAX / 4;

            *item = (struct item){.record = record, .key = 2 * n, .thread = record->call.thread};
            greatest = n > greatest ? n : greatest;
            schedule->count++;
        } else if (record->type == CF_OBJ || (record->type == CF_MEM && !is_made_by_call(trace, i))) {
            *item = (struct item){.record = record, .key = 2 * greatest + 1};
            schedule->count++;
        }
    }
}

/* The first end at or after t0: everything before it had ended when the call began. */
static size_t ended_before(const struct schedule *schedule, uint64_t t0_ns)
{
    size_t low = 0, high = schedule->end_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (schedule->ends[middle].t1_ns < t0_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/*
 * What a call waits for began before it: a smaller place in the order. A trace whose times and numbers
 * contradict each other would otherwise never end.
 */
static size_t without_contradiction(const struct schedule *schedule, size_t count, size_t index)
{
    size_t low = 0;

    while (low < count) {
        size_t middle = low + (count - low) / 2;

        if (schedule->ends[middle].greatest < index)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

static void order_items(struct schedule *schedule)
{
    size_t calls = 0;

    qsort(schedule->items, schedule->count, sizeof(*schedule->items), by_key);
    for (size_t i = 0; i < schedule->count; i++) {
        if (schedule->items[i].record->type == CF_CALL)
            schedule->ends[calls++] = (struct end){schedule->items[i].record->call.t1_ns, i, 0};
    }
    schedule->end_count = calls;
    qsort(schedule->ends, calls, sizeof(*schedule->ends), by_end);
    for (size_t i = 0, greatest = 0; i < calls; i++) {
        greatest = schedule->ends[i].item > greatest ? schedule->ends[i].item : greatest;
        schedule->ends[i].greatest = greatest;
    }
    for (size_t i = 0, wait = 0, seen = 0; i < schedule->count; i++) {
        struct item *item = &schedule->items[i];

        if (item->record->type != CF_CALL)
            continue;
        seen = ended_before(schedule, item->record->call.t0_ns);
        wait = wait < seen ? seen : wait; /* who begins later waits for at least as much */
        wait = without_contradiction(schedule, wait, i);
        item->must_have_ended = wait;
    }
    /* what is not a call is done by the thread of the call that follows */
    for (size_t i = schedule->count, last = 0; i-- > 0; last = i) {
        struct item *item = &schedule->items[i];

        if (item->record->type != CF_CALL)
            item->thread = i + 1 < schedule->count ? schedule->items[last].thread : 0;
        if (item->record->type != CF_CALL && i + 1 < schedule->count)
            item->must_have_ended = schedule->items[last].must_have_ended;
    }
}

/* The threads in order of appearance; 0 when there are too many. */
static size_t list_threads(const struct schedule *schedule, uint64_t threads[THREAD_LIMIT])
{
    size_t count = 0;

    for (size_t i = 0; i < schedule->count; i++) {
        size_t k = 0;

        while (k < count && threads[k] != schedule->items[i].thread)
            k++;
        if (k < count)
            continue;
        if (count == THREAD_LIMIT)
            return 0;
        threads[count++] = schedule->items[i].thread;
    }
    return count;
}

static bool run_segment(struct rp_world *world, size_t from, size_t to)
{
    struct schedule schedule = {.world = world};
    uint64_t threads[THREAD_LIMIT];
    size_t count;
    bool good;

    schedule.items = cf_xalloc((to - from + 1) * sizeof(*schedule.items));
    schedule.ends = cf_xalloc((to - from + 1) * sizeof(*schedule.ends));
    InitializeSRWLock(&schedule.lock);
    InitializeConditionVariable(&schedule.moved);
    take_items(&schedule, world->trace, from, to);
    order_items(&schedule);
    schedule.has_ended = cf_xalloc((schedule.count + 1) * sizeof(*schedule.has_ended));
    count = list_threads(&schedule, threads);
    good = count || !schedule.count;
    if (count)
        run_threads(&schedule, threads, count);
    free(schedule.has_ended);
    free(schedule.ends);
    free(schedule.items);
    rp_clear(world);
    return good;
}

/* ---- the trace ---- */

static void repeat_scenario(struct rp_world *world, const struct cf_record *record)
{
    json_t *needs = json_object_get(record->json, "needs");
    struct cf_trace_scenario scenario = {.id = record->scn.id,
                                         .title = cf_record_string(record, NULL, "title"),
                                         .trial = (uint32_t)record->scn.trial};
    size_t count = json_array_size(needs);
    const char **texts = cf_xalloc((count + 1) * sizeof(*texts));

    for (size_t i = 0; i < count; i++)
        texts[i] = json_string_value(json_array_get(needs, i));
    scenario.needs = texts;
    scenario.needs_count = count;
    cf_trace_scenario(world->writer, &scenario);
    free(texts);
}

bool cf_replay_run(const struct cf_trace *trace, struct cf_trace_writer *writer,
                   const struct cf_replay_options *options, const char **reason)
{
    struct rp_world world = {.trace = trace, .options = options, .writer = writer};
    bool good = true;
    size_t from = 0;

    InitializeSRWLock(&world.lock);
    cf_api_bind(&world.api);
    *reason = "a scenario has more threads than a replay makes";
    if (!world.api.CreateIoRing || !world.api.NtCreateIoRing || !world.api.NtClose) {
        *reason = "this system has no IoRing";
        return false;
    }
    world.bad_page = VirtualAlloc(NULL, 4096, MEM_RESERVE, PAGE_NOACCESS);
    if (!world.bad_page) {
        *reason = "no address to reserve";
        return false;
    }
    for (size_t i = 0; good && i <= trace->count; i++) {
        if (i < trace->count && trace->records[i].type != CF_SCN)
            continue;
        if (from < i)
            good = run_segment(&world, from, i);
        if (i < trace->count)
            repeat_scenario(&world, &trace->records[i]);
        from = i + 1;
    }
    VirtualFree(world.bad_page, 0, MEM_RELEASE);
    return good;
}
