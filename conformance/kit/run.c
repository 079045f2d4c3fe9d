/* SPDX-License-Identifier: MIT */
/* Runs a scenario: facts about the host, trials, blocks, threads and hand-offs. */
#include "conformance/kit/object.h"
#include "conformance/trace/same.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const cf_step_fn steps[CF_VERB_COUNT] = {
#define CF_VERB(name, positional, options) cf_step_##name,
#include "conformance/kit/verbs.def"
#undef CF_VERB
};

/* ---- the host ---- */

static bool uses(const struct cf_step *step, enum cf_verb_id verb)
{
    for (; step; step = step->next) {
        if (step->verb == verb || uses(step->body, verb)) {
            return true;
        }
    }
    return false;
}

/* Only a scenario that speaks of DirectStorage loads it. */
static void learn_dstorage(struct cf_run *run)
{
    const struct cf_step *steps = run->scenario->steps;
    bool asked = uses(steps, CF_VERB_dsfactory) || uses(steps, CF_VERB_dsconfig) ||
                 uses(steps, CF_VERB_codec);
    const char *reason;
    struct cf_fence *fence;

    run->facts.has_dstorage = asked && cf_api_bind_dstorage(&run->api);
    run->both_paths = run->facts.has_dstorage && !run->scenario->one_path &&
                      !run->options->ring_path &&
                      (uses(steps, CF_VERB_dsqueue) || uses(steps, CF_VERB_dsfile));
    if (run->facts.has_dstorage && uses(steps, CF_VERB_fence)) {
        fence = cf_fence_make(0, &reason);
        run->facts.has_fence = fence != NULL;
        if (fence) {
            ((IUnknown *)fence)->lpVtbl->Release((IUnknown *)fence);
        }
    }
}

static void learn_facts(struct cf_run *run)
{
    struct cf_api *api = &run->api;
    struct cf_facts *facts = &run->facts;
    IORING_CAPABILITIES caps;
    IORING_CREATE_FLAGS flags;
    HIORING ring = NULL;

    memset(&caps, 0, sizeof caps);
    memset(&flags, 0, sizeof flags);
#ifdef _WIN32
    facts->host = api->wine ? "wine" : "windows";
#else
    facts->host = "linux";
#endif
    facts->engine = run->options->engine;
    facts->hooked = run->options->hooked;
    facts->bits = (unsigned)sizeof(void *) * 8;
    facts->has_nt =
        api->NtCreateIoRing && api->NtSubmitIoRing && api->NtSetInformationIoRing && api->NtClose;
    if (!api->QueryIoRingCapabilities || FAILED(api->QueryIoRingCapabilities(&caps))) {
        return;
    }
    facts->has_ioring = caps.MaxVersion > 0;
    facts->max_version = (uint32_t)caps.MaxVersion;
    facts->features = (uint32_t)caps.FeatureFlags;
    if (!api->CreateIoRing || !api->IsIoRingOpSupported || !api->CloseIoRing ||
        FAILED(api->CreateIoRing(caps.MaxVersion, flags, 1, 2, &ring))) {
        return;
    }
    for (unsigned op = 0; op < CF_OP_COUNT; op++) {
        facts->ops |= api->IsIoRingOpSupported(ring, (IORING_OP_CODE)op) ? 1u << op : 0;
    }
    api->CloseIoRing(ring);
}

static bool needs_met(struct cf_run *run)
{
    bool asks = uses(run->scenario->steps, CF_VERB_caps) && !run->api.QueryIoRingCapabilities;

    if (asks || (uses(run->scenario->steps, CF_VERB_ring) && !run->facts.has_ioring)) {
        run->result->outcome = CF_SKIPPED;
        snprintf(run->result->reason, sizeof run->result->reason, "this system has no IoRing");
        return false;
    }
    if (!run->facts.has_dstorage && (uses(run->scenario->steps, CF_VERB_dsfactory) ||
                                     uses(run->scenario->steps, CF_VERB_dsconfig) ||
                                     uses(run->scenario->steps, CF_VERB_codec))) {
        run->result->outcome = CF_SKIPPED;
        snprintf(run->result->reason, sizeof run->result->reason,
                 "this system has no DirectStorage: dstorage.dll cannot be loaded");
        return false;
    }
    if (run->scenario->fault && !run->options->faults) {
        run->result->outcome = CF_SKIPPED;
        snprintf(run->result->reason, sizeof run->result->reason, "faults on purpose only where they can be dealt out");
        return false;
    }
    for (char **need = run->scenario->needs; need && *need; need++) {
        if (!cf_condition_holds(*need, &run->facts, NULL, NULL)) {
            run->result->outcome = CF_SKIPPED;
            snprintf(run->result->reason, sizeof run->result->reason, "needs %s", *need);
            return false;
        }
    }
    return true;
}

static void tell_facts(struct cf_run *run)
{
    snprintf(run->told.version, sizeof run->told.version, "%u", run->facts.max_version);
    snprintf(run->told.features, sizeof run->told.features, "%u", run->facts.features);
    snprintf(run->told.ops, sizeof run->told.ops, "%u", run->facts.ops);
    snprintf(run->told.bits, sizeof run->told.bits, "%u", run->facts.bits);
}

/* What conditions of expectations are asked about, so that a trace carries its own facts. */
static void write_scenario_record(struct cf_run *run)
{
    const struct cf_scenario *scenario = run->scenario;
    struct cf_trace_pair params[] = {
        {"ioring", run->told.version}, {"features", run->told.features}, {"ops", run->told.ops},
        {"bits", run->told.bits},      {"host", run->facts.host},
        {"nt", run->facts.has_nt ? "1" : "0"},
        {NULL, NULL}, {NULL, NULL}, {NULL, NULL}, {NULL, NULL},
    };
    struct cf_trace_scenario record = {.id = scenario->id, .title = scenario->rule};
    size_t count = 6;

    /* these only when it is so */
    if (run->facts.hooked) {
        params[count++] = (struct cf_trace_pair){"hooked", "1"};
    }
    if (run->facts.has_dstorage) {
        params[count++] = (struct cf_trace_pair){"dstorage", "1"};
    }
    if (run->facts.has_fence) {
        params[count++] = (struct cf_trace_pair){"fence", "1"};
    }
    if (run->facts.mapping) {
        params[count++] = (struct cf_trace_pair){"mapping", "1"};
    }

    while (scenario->needs && scenario->needs[record.needs_count]) {
        record.needs_count++;
    }
    record.needs = (const char *const *)scenario->needs;
    record.params = params;
    record.params_count = count;
    record.trial = run->trial;
    cf_trace_scenario(run->writer, &record);
}

/* ---- steps ---- */

static bool run_steps(struct cf_thread *thread, const struct cf_step *step)
{
    for (; step; step = step->next) {
        if (thread->run->stopped || !cf_claim_step(thread, step) ||
            !steps[step->verb](thread, step)) {
            return false;
        }
    }
    return !thread->run->stopped;
}

static bool resolve_value(void *ctx, const char *name, size_t nchars, bool dollar, uint64_t *value)
{
    char word[96];

    snprintf(word, sizeof word, "%s%.*s", dollar ? "$" : "", (int)nchars, name);
    *value = cf_number(ctx, word);
    return true;
}

bool cf_step_loop(struct cf_thread *thread, const struct cf_step *step)
{
    uint64_t count = cf_option_number(thread, step, "count", 0);
    struct cf_loop loop = {thread->loop, step->args[0], 0};
    bool good = true;

    thread->loop = &loop;
    for (; good && loop.value < count; loop.value++) {
        good = cf_claim_step(thread, step) && run_steps(thread, step->body);
    }
    thread->loop = loop.outer;
    return good;
}

bool cf_step_when(struct cf_thread *thread, const struct cf_step *step)
{
    for (unsigned i = 0; i < step->arg_count; i++) {
        if (!cf_condition_holds(step->args[i], &thread->run->facts, resolve_value, thread)) {
            return true;
        }
    }
    return run_steps(thread, step->body);
}

static DWORD WINAPI thread_main(void *parameter)
{
    struct cf_thread *thread = parameter;

    run_steps(thread, thread->body);
    return 0;
}

bool cf_step_thread(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], 't');
    struct cf_thread *made = cf_keep(thread, sizeof *made);

    made->run = thread->run;
    made->body = step->body;
    AcquireSRWLockExclusive(&thread->run->lock);
    made->ordinal = ++thread->run->thread_count;
    ReleaseSRWLockExclusive(&thread->run->lock);
    if (made->ordinal > CF_MOST_THREADS) {
        return cf_stop(thread, step, "more than %u threads", CF_MOST_THREADS);
    }
    if (thread->loop) {
        made->outer_loop = *thread->loop;
        made->loop = &made->outer_loop;
    }
    made->handle = CreateThread(NULL, 0, thread_main, made, 0, NULL);
    symbol->thread = made->handle ? made : NULL;
    return made->handle || cf_stop(thread, step, "no thread: %lu", (unsigned long)GetLastError());
}

bool cf_step_join(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, step->args[0]);

    if (symbol && symbol->thread) {
        WaitForSingleObject(symbol->thread->handle, INFINITE);
        CloseHandle(symbol->thread->handle);
        symbol->thread = NULL;
    }
    return true;
}

/* Only the newest counter of a name counts; made under the lock by whoever comes first. */
static struct cf_symbol *hand_off_locked(struct cf_run *run, const char *name)
{
    struct cf_symbol *symbol;

    for (symbol = run->symbols; symbol && strcmp(symbol->name, name); symbol = symbol->next) {
    }
    if (!symbol) {
        symbol = cf_xalloc(sizeof *symbol);
        symbol->name = cf_xstrdup(name);
        symbol->class_ = 'x';
        symbol->next = run->symbols;
        run->symbols = symbol;
    }
    return symbol;
}

bool cf_step_signal(struct cf_thread *thread, const struct cf_step *step)
{
    AcquireSRWLockExclusive(&thread->run->lock);
    hand_off_locked(thread->run, step->args[0])->signals++;
    ReleaseSRWLockExclusive(&thread->run->lock);
    WakeAllConditionVariable(&thread->run->changed);
    return true;
}

bool cf_step_await(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_run *run = thread->run;
    bool got;

    AcquireSRWLockExclusive(&run->lock);
    struct cf_symbol *hand_off = hand_off_locked(run, step->args[0]);
    while (!run->stopped && hand_off->signals == 0) {
        SleepConditionVariableSRW(&run->changed, &run->lock, INFINITE, 0);
    }
    got = hand_off->signals > 0;
    hand_off->signals -= got;
    ReleaseSRWLockExclusive(&run->lock);
    return got;
}

/* ---- trials ---- */

static void join_all(struct cf_run *run)
{
    for (struct cf_symbol *symbol = run->symbols; symbol; symbol = symbol->next) {
        if (symbol->thread) {
            WaitForSingleObject(symbol->thread->handle, INFINITE);
            CloseHandle(symbol->thread->handle);
            symbol->thread = NULL;
        }
    }
}

static void forget(struct cf_run *run)
{
    while (run->values) {
        struct cf_value *value = run->values;
        run->values = value->next;
        free(value);
    }
    while (run->blocks) {
        struct cf_block *block = run->blocks;
        run->blocks = block->next;
        free(block->memory);
        free(block);
    }
}

static bool run_trial(struct cf_run *run)
{
    struct cf_thread main_thread = {.run = run};
    bool good;

    write_scenario_record(run);
    if (run->trial && !cf_contents_fresh(run)) {
        return cf_stop(&main_thread, NULL, "data cannot be made again");
    }
    run->thread_count = 0;
    run->bytes_taken = 0;
    run->configured = false;
    run->hostile = false;
    atomic_store(&run->steps_made, 0);
    good = run_steps(&main_thread, run->scenario->steps);
    join_all(run);
    good = good && !run->stopped;
    cf_symbols_release(run);
    forget(run);
    return good;
}

struct cf_prepared {
    struct cf_run run;
    struct cf_run_options options;
};

struct cf_prepared *cf_scenario_prepare(const struct cf_scenario *scenario,
                                        const struct cf_run_options *options,
                                        struct cf_run_result *result)
{
    struct cf_prepared *prepared = cf_xalloc(sizeof *prepared);
    struct cf_run *run = &prepared->run;

    memset(result, 0, sizeof *result);
    prepared->options = *options;
    run->has_threads = uses(scenario->steps, CF_VERB_thread);
    run->reads_only = cf_scenario_reads_only(scenario);
    run->scenario = scenario;
    run->options = &prepared->options;
    InitializeSRWLock(&run->lock);
    InitializeConditionVariable(&run->changed);
    cf_api_bind(&run->api);
    learn_facts(run);
    learn_dstorage(run);
    tell_facts(run);
    run->bad_page = VirtualAlloc(NULL, 4096, MEM_RESERVE, PAGE_NOACCESS);
    run->result = result;
    if (options->again && !cf_contents_prepare(run)) {
        cf_prepared_destroy(prepared);
        return NULL;
    }
    if (!run->bad_page) {
        result->outcome = CF_ERROR;
        snprintf(result->reason, sizeof result->reason, "no address to reserve");
        free(prepared);
        return NULL;
    }
    return prepared;
}

void cf_prepared_destroy(struct cf_prepared *prepared)
{
    cf_contents_release(&prepared->run);
    cf_pages_release(&prepared->run);
    VirtualFree(prepared->run.bad_page, 0, MEM_RELEASE);
    free(prepared);
}

enum cf_outcome cf_prepared_run(struct cf_prepared *prepared, struct cf_trace_writer *writer,
                                struct cf_run_result *result)
{
    struct cf_run *run = &prepared->run;
    unsigned trials =
        prepared->options.trials ? prepared->options.trials : run->scenario->trials;

    memset(result, 0, sizeof *result);
    run->writer = writer;
    run->result = result;
    run->trial = 0;
    run->facts.mapping = false;
    run->stopped = false;
    if (!needs_met(run)) {
        write_scenario_record(run);
        cf_trace_note(writer, result->reason, "kit");
        return result->outcome;
    }
    for (; run->trial < trials * (run->both_paths ? 2 : 1); run->trial++) {
        run->facts.mapping = run->trial >= trials;
        if (!run_trial(run)) {
            break;
        }
    }
    if (run->stopped) {
        cf_trace_note(writer, result->reason, "kit: setup");
    }
    return result->outcome;
}

bool cf_prepared_fresh(struct cf_prepared *prepared)
{
    return cf_contents_fresh(&prepared->run) && cf_pages_fresh(&prepared->run);
}

static bool changes_files(const struct cf_step *step)
{
    static const char *const words[] = {"create", "truncate", "append", "delete_on_close"};

    for (; step; step = step->next) {
        bool changes = changes_files(step->body);

        if (step->verb == CF_VERB_open) {
            const char *access = cf_step_option(step, "access");
            changes |= !access || strchr(access, 'w') != NULL;
            for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
                changes |= cf_step_option(step, words[i]) != NULL;
            }
        }
        if (changes) {
            return true;
        }
    }
    return false;
}

bool cf_scenario_reads_only(const struct cf_scenario *scenario)
{
    return !changes_files(scenario->steps);
}

bool cf_prepared_place(const struct cf_prepared *prepared, uint64_t address, uint64_t *place_out)
{
    for (const struct cf_symbol *symbol = prepared->run.symbols; symbol; symbol = symbol->next) {
        uint64_t region = (uintptr_t)symbol->region, hash = 0xcbf29ce484222325u;

        if (!region || address < region || address - region > symbol->region_nbytes) {
            continue;
        }
        for (const char *c = symbol->name; *c; c++) {
            hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
        }
        /* In a loop there may be several of a name. */
        for (const struct cf_symbol *older = symbol->next; older; older = older->next) {
            hash += cf_same(older->name, symbol->name) ? UINT64_C(1) << 33 : 0;
        }
        /* Above every address, each buffer in 4 GiB of its own. */
        *place_out = (hash >> 33 | 0x80000000u) << 32 | (address - region);
        return true;
    }
    return false;
}

enum cf_outcome cf_scenario_run(const struct cf_scenario *scenario, struct cf_trace_writer *writer,
                                const struct cf_run_options *options, struct cf_run_result *result)
{
    struct cf_prepared *prepared = cf_scenario_prepare(scenario, options, result);

    if (!prepared) {
        return result->outcome;
    }
    cf_prepared_run(prepared, writer, result);
    cf_prepared_destroy(prepared);
    return result->outcome;
}
