/* SPDX-License-Identifier: MIT */
/* Buffers between guard pages, poisoned so that every byte that somebody wrote shows; layouts. */
#include "conformance/kit/run.h"
#include "conformance/trace/sha256.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define PAGE CF_PAGE_NBYTES
#define MOST_DIGESTED (16u << 20) /* the seed says what is in a larger one */

static DWORD protection(const char *word)
{
    return !strcmp(word, "none") ? PAGE_NOACCESS
           : !strcmp(word, "r")  ? PAGE_READONLY
                                 : PAGE_READWRITE;
}

static bool known_protection(const char *word)
{
    return !strcmp(word, "rw") || !strcmp(word, "r") || !strcmp(word, "none");
}

static bool fill(struct cf_thread *thread, const struct cf_step *step, struct cf_symbol *symbol)
{
    const char *text = cf_step_option(step, "text"), *gen = cf_step_option(step, "gen");
    size_t nbytes = 0;

    if (text) {
        uint8_t *bytes = cf_is_quoted(text) ? cf_unquote(text, &nbytes) : NULL;
        if (!bytes || nbytes > symbol->nbytes) {
            free(bytes);
            return cf_stop(thread, step, "text does not fit the buffer");
        }
        memcpy(symbol->bytes, bytes, nbytes);
        free(bytes);
        symbol->content = "text";
    } else if (gen) {
        if (strcmp(gen, "ascii") && strcmp(gen, "zero")) {
            return cf_stop(thread, step, "unknown generator '%s'", gen);
        }
        symbol->content = gen;
        if (!strcmp(gen, "ascii")) {
            cf_generate(symbol->bytes, symbol->nbytes, 0, symbol->seed);
        }
    } else {
        symbol->poison = (int)cf_option_number(thread, step, "poison", 0xd5) & 0xff;
        memset(symbol->bytes, symbol->poison, symbol->nbytes);
        symbol->content = "poison";
    }
    return true;
}

/* ---- pages that are made before a run, and outlive it ---- */

static struct cf_pages *pages_of(const struct cf_run *run, const struct cf_step *step)
{
    struct cf_pages *pages = run->pages;

    while (pages && pages->step != step) {
        pages = pages->next;
    }
    return pages;
}

/* They do not stay as they were made: no other run has them. */
static void disown_pages(struct cf_run *run, struct cf_symbol *symbol)
{
    struct cf_pages **link = &run->pages;

    if (!symbol->pages) {
        return;
    }
    AcquireSRWLockExclusive(&run->lock);
    while (*link != symbol->pages) {
        link = &(*link)->next;
    }
    *link = symbol->pages->next;
    ReleaseSRWLockExclusive(&run->lock);
    free(symbol->pages);
    symbol->pages = NULL;
}

void cf_pages_release(struct cf_run *run)
{
    while (run->pages) {
        struct cf_pages *pages = run->pages;
        run->pages = pages->next;
        VirtualFree(pages->region, 0, MEM_RELEASE);
        free(pages->snapshot);
        free(pages);
    }
}

/*
 * With guard the bytes end exactly at the no-access page behind them, unless align says otherwise, and
 * there is one before them. Without, the last page of the buffer is followed by one that is reserved
 * only: a transfer that is too long faults, and reaches nothing of somebody else's.
 */
static bool place(struct cf_thread *thread, const struct cf_step *step, struct cf_symbol *symbol)
{
    size_t pages = (symbol->nbytes + PAGE - 1) / PAGE;
    bool guard = cf_step_option(step, "guard");
    uint64_t align = cf_option_number(thread, step, "align", guard ? 1 : PAGE);
    struct cf_pages *made = pages_of(thread->run, step);
    DWORD old;

    pages = pages ? pages : 1;
    symbol->region_nbytes = (pages + (guard ? 2 : 1)) * PAGE;
    symbol->readable = symbol->writable = true;
    if (made) {
        symbol->pages = made;
        symbol->region = made->region;
        symbol->bytes = made->bytes;
        symbol->snapshot = made->snapshot;
        memset(symbol->region + (guard ? PAGE : 0), 0, pages * PAGE);
        return true;
    }
    symbol->region = VirtualAlloc(NULL, symbol->region_nbytes, MEM_RESERVE, PAGE_NOACCESS);
    if (!symbol->region || !VirtualAlloc(symbol->region, symbol->region_nbytes - (guard ? 0 : PAGE),
                                         MEM_COMMIT, PAGE_READWRITE)) {
        return cf_stop(thread, step, "no memory: %lu", (unsigned long)GetLastError());
    }
    symbol->bytes = symbol->region;
    if (guard) {
        size_t spare = pages * PAGE - symbol->nbytes;
        symbol->bytes += PAGE + (align > 1 ? spare - spare % align : spare);
        if (!VirtualProtect(symbol->region, PAGE, PAGE_NOACCESS, &old) ||
            !VirtualProtect(symbol->region + (pages + 1) * PAGE, PAGE, PAGE_NOACCESS, &old)) {
            return cf_stop(thread, step, "no guard pages: %lu", (unsigned long)GetLastError());
        }
    }
    return true;
}

enum { MOST_EARLY = 64 << 20 }; /* bytes of a buffer that is made before the run */

/* A buffer of the scenario's own level, of a size that is no other step's out-value: known beforehand. */
static bool is_known(const struct cf_step *step)
{
    for (unsigned i = 0; i < step->option_count; i++) {
        if (strchr(step->options[i].value, '$') && strcmp(step->options[i].name, "text")) {
            return false;
        }
    }
    return step->verb == CF_VERB_buffer;
}

static bool make_pages(struct cf_run *run, const struct cf_step *step)
{
    struct cf_thread thread = {.run = run};
    struct cf_symbol symbol = {.nbytes = cf_option_number(&thread, step, "size", 0)};
    struct cf_pages *pages;

    if (symbol.nbytes > MOST_EARLY) {
        return true;
    }
    if (!place(&thread, step, &symbol)) {
        return false;
    }
    pages = cf_xalloc(sizeof *pages);
    *pages = (struct cf_pages){.next = run->pages,
                               .step = step,
                               .region = symbol.region,
                               .bytes = symbol.bytes,
                               .snapshot = cf_xalloc(symbol.nbytes)};
    run->pages = pages;
    return true;
}

bool cf_pages_fresh(struct cf_run *run)
{
    for (const struct cf_step *step = run->scenario->steps; step; step = step->next) {
        if (is_known(step) && !pages_of(run, step) && !make_pages(run, step)) {
            return false;
        }
    }
    return true;
}

static bool set_protection(struct cf_thread *thread, const struct cf_step *step,
                           struct cf_symbol *symbol, const char *word)
{
    struct cf_call call;
    DWORD old, error;
    BOOL good;

    disown_pages(thread->run, symbol);
    cf_call_begin(&call, thread, step, "VirtualProtect");
    cf_trace_in_sym(&call.trace, "buf", symbol->name);
    cf_trace_in_hex32(&call.trace, "protect", protection(word));
    cf_call_start(&call);
    good = VirtualProtect(symbol->bytes, symbol->nbytes, protection(word), &old);
    error = GetLastError();
    cf_call_stop(&call);
    if (good) {
        symbol->readable = strcmp(word, "none") != 0;
        symbol->writable = !strcmp(word, "rw");
    }
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

/* Everything that a replay needs to make the same buffer. */
static void write_object(struct cf_thread *thread, const struct cf_symbol *symbol, const char *sha,
                         bool guard)
{
    bool shown = !strcmp(symbol->content, "text") && symbol->nbytes <= CF_SHOWN_BYTES;

    cf_trace_object(thread->run->writer,
                    &(struct cf_trace_object){
                        .sym = symbol->name,
                        .kind = "buffer",
                        .nbytes = symbol->nbytes,
                        .content = symbol->content,
                        .sha256 = sha,
                        .has_seed = !shown,
                        .seed = symbol->poison >= 0 ? (uint64_t)symbol->poison : symbol->seed,
                        .bytes = shown ? symbol->bytes : NULL,
                        .bytes_count = symbol->nbytes,
                        .is_placed = true,
                        .page_offset = (uint32_t)((uintptr_t)symbol->bytes % PAGE),
                        .guard = guard});
}

bool cf_step_buffer(struct cf_thread *thread, const struct cf_step *step)
{
    const char *protect = cf_step_option(step, "protect");
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], 'b');
    bool digest;
    char sha[CF_SHA256_HEX_SIZE];

    symbol->nbytes = cf_option_number(thread, step, "size", 0);
    symbol->seed = cf_option_number(thread, step, "seed", 0);
    digest = !cf_trace_kept(thread->run->writer) && symbol->nbytes <= MOST_DIGESTED;
    if (symbol->nbytes > (1u << 30) || (protect && !known_protection(protect))) {
        return cf_stop(thread, step, "no such buffer");
    }
    if (!cf_claim_bytes(thread, step, symbol->nbytes + 2 * PAGE)) {
        return false;
    }
    if (!place(thread, step, symbol) || !fill(thread, step, symbol)) {
        return false;
    }
    if (!symbol->pages) {
        symbol->snapshot = cf_xalloc(symbol->nbytes);
    }
    memcpy(symbol->snapshot, symbol->bytes, symbol->nbytes);
    if (digest) {
        cf_sha256_of(symbol->bytes, symbol->nbytes, sha);
    }
    write_object(thread, symbol, digest ? sha : NULL, cf_step_option(step, "guard"));
    return !protect || set_protection(thread, step, symbol, protect);
}

bool cf_step_protect(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, step->args[0]);

    return symbol && known_protection(step->args[1])
               ? set_protection(thread, step, symbol, step->args[1])
               : cf_stop(thread, step, "no such protection");
}

/*
 * The address stays in the symbol: this is how a stale pointer is made. It is reserved again at once,
 * so that what is written there afterwards meets nobody else's memory.
 */
bool cf_step_unmap(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, step->args[0]);
    struct cf_call call;
    DWORD error;
    BOOL good;

    if (!symbol || !symbol->region) {
        return cf_stop(thread, step, "nothing to unmap");
    }
    disown_pages(thread->run, symbol);
    cf_call_begin(&call, thread, step, "VirtualFree");
    cf_trace_in_sym(&call.trace, "buf", symbol->name);
    cf_call_start(&call);
    good = VirtualFree(symbol->region, 0, MEM_RELEASE);
    error = GetLastError();
    cf_call_stop(&call);
    if (good) {
        symbol->region =
            VirtualAlloc(symbol->region, symbol->region_nbytes, MEM_RESERVE, PAGE_NOACCESS);
        symbol->readable = symbol->writable = false;
    }
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

bool cf_step_check(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, step->args[0]);
    uint64_t from = cf_option_number(thread, step, "from", 0), nbytes;
    struct cf_call call;
    uint64_t n;

    nbytes = cf_option_number(thread, step, "len", symbol ? symbol->nbytes - from : 0);
    if (!symbol || !symbol->readable || from > symbol->nbytes || nbytes > symbol->nbytes - from) {
        return cf_stop(thread, step, "cannot be looked at");
    }
    cf_look(thread, symbol->bytes, symbol->nbytes);
    cf_call_begin(&call, thread, step, "kit.check");
    cf_trace_in_sym(&call.trace, "buf", symbol->name);
    cf_trace_in_u64(&call.trace, "from", from);
    cf_trace_in_u64(&call.trace, "len", nbytes);
    cf_trace_out_digest(&call.trace, "sha256", symbol->bytes + from, nbytes);
    if (nbytes <= 32) { /* short windows are shown, so that a failure can be read */
        char text[65];
        for (size_t i = 0; i < nbytes; i++) {
            uint8_t c = symbol->bytes[from + i];
            text[i] = c >= 0x20 && c < 0x7f ? (char)c : '.';
        }
        text[nbytes] = '\0';
        cf_trace_out_str(&call.trace, "text", text);
    }
    cf_call_end_ret(&call, 1, 0, true, &n);
    cf_trace_memory_diff(thread->run->writer, symbol->name, symbol->snapshot, symbol->bytes,
                         symbol->nbytes, -1, n);
    return true;
}

/* ---- layouts: what the compiler makes of the headers ---- */

#define SIZES(X)                                                                                   \
    X(IORING_HANDLE_REF)                                                                           \
    X(IORING_BUFFER_REF) X(IORING_BUFFER_INFO) X(IORING_CQE) X(IORING_CAPABILITIES) X(IORING_INFO) \
        X(IORING_REGISTERED_BUFFER) X(IORING_CREATE_FLAGS) X(FILE_SEGMENT_ELEMENT)                 \
            X(NT_IORING_SQE) X(NT_IORING_CQE) X(NT_IORING_INFO) X(NT_IORING_STRUCTV1)              \
                X(NT_IORING_SUBMISSION_QUEUE) X(NT_IORING_COMPLETION_QUEUE)

#define OFFSETS(X)                                                                                 \
    X(IORING_CQE, UserData)                                                                        \
    X(IORING_CQE, ResultCode) X(IORING_CQE, Information) X(IORING_BUFFER_INFO, Address)            \
        X(IORING_BUFFER_INFO, Length) X(IORING_INFO, IoRingVersion) X(IORING_INFO, Flags)          \
            X(IORING_INFO, SubmissionQueueSize) X(IORING_INFO, CompletionQueueSize)                \
                X(IORING_HANDLE_REF, Handle) X(IORING_BUFFER_REF, Buffer) X(NT_IORING_SQE, OpCode) \
                    X(NT_IORING_SQE, Flags) X(NT_IORING_SQE, UserData) X(NT_IORING_SQE, Read)      \
                        X(NT_IORING_CQE, UserData) X(NT_IORING_CQE, IoStatus)                      \
                            X(NT_IORING_INFO, SubmissionQueueSize)                                 \
                                X(NT_IORING_INFO, SubmissionQueueRingMask) X(NT_IORING_INFO,       \
                                                                             CompletionQueueSize)  \
                                    X(NT_IORING_INFO, CompletionQueueRingMask)                     \
                                        X(NT_IORING_INFO, SubmissionQueue) X(NT_IORING_INFO,       \
                                                                             CompletionQueue)      \
                                            X(NT_IORING_SUBMISSION_QUEUE, Head)                    \
                                                X(NT_IORING_SUBMISSION_QUEUE, Tail)                \
                                                    X(NT_IORING_SUBMISSION_QUEUE, Flags)           \
                                                        X(NT_IORING_COMPLETION_QUEUE, Head)        \
                                                            X(NT_IORING_COMPLETION_QUEUE, Tail)

#define CONSTANTS(X)                                                                               \
    X(IORING_VERSION_1)                                                                            \
    X(IORING_VERSION_2) X(IORING_VERSION_3) X(IORING_VERSION_4) X(IORING_OP_NOP) X(IORING_OP_READ) \
        X(IORING_OP_REGISTER_FILES) X(IORING_OP_REGISTER_BUFFERS) X(IORING_OP_CANCEL)              \
            X(IORING_OP_WRITE) X(IORING_OP_FLUSH) X(IORING_OP_READ_SCATTER)                        \
                X(IORING_OP_WRITE_GATHER) X(IORING_CREATE_SKIP_BUILDER_PARAM_CHECKS)               \
                    X(IOSQE_FLAGS_DRAIN_PRECEDING_OPS) X(IORING_FEATURE_SET_COMPLETION_EVENT)

static const struct {
    const char *name;
    uint64_t value;
} sizes[] =
    {
#define X(type) {#type, sizeof(type)},
        SIZES(X)
#undef X
},
  offsets[] =
      {
#define X(type, member) {#type "." #member, offsetof(type, member)},
          OFFSETS(X)
#undef X
},
  constants[] = {
#define X(name) {#name, (uint64_t)(name)},
      CONSTANTS(X)
#undef X
};

#define LAYOUT_STEP(verb, table)                                                 \
    bool cf_step_##verb(struct cf_thread *thread, const struct cf_step *step)    \
    {                                                                            \
        struct cf_call call;                                                     \
                                                                                 \
        for (size_t i = 0; i < sizeof table / sizeof *table; i++) {              \
            if (!strcmp(table[i].name, step->args[0])) {                         \
                cf_call_begin(&call, thread, step, "kit." #verb);                \
                cf_trace_in_str(&call.trace, "name", table[i].name);             \
                cf_out(&call, "value", table[i].value);                          \
                return cf_call_end_ret(&call, 1, 0, true, NULL);                 \
            }                                                                    \
        }                                                                        \
        return cf_stop(thread, step, "the kit does not know %s", step->args[0]); \
    }

LAYOUT_STEP(sizeof, sizes)
LAYOUT_STEP(offsetof, offsets)
LAYOUT_STEP(constant, constants)
