/* SPDX-License-Identifier: MIT */
/* Completions and memory side by side: what came, whatever the order in which it came. */
#include "conformance/replay/compare.h"

#include "conformance/kit/text.h"

#include <stdlib.h>
#include <string.h>

#include <windows.h>

struct seen {
    size_t ring;
    uint64_t user_data, information;
    uint32_t hr;
    const struct cf_record *record;
};

/* By ring and user data; equal user data by what they say, so that equal ones meet. */
static int by_entry(const void *left, const void *right)
{
    const struct seen *a = left, *b = right;

#define ORDER(field)            \
    if (a->field != b->field)   \
    return a->field < b->field ? -1 : 1
    ORDER(ring);
    ORDER(user_data);
    ORDER(hr);
    ORDER(information);
#undef ORDER
    return 0;
}

static struct seen *collect(const struct rp_view *view, size_t *count_out)
{
    struct seen *items = cf_xalloc((view->to - view->from + 1) * sizeof(*items));
    size_t count = 0;

    for (size_t i = view->from; i < view->to; i++) {
        const struct cf_record *record = &view->trace->records[i];

        if (record->type == CF_CQE)
            items[count++] = (struct seen){rp_view_ring(view, record->cqe.ring, record->line),
                                           record->cqe.user_data, record->cqe.information,
                                           record->cqe.hr, record};
    }
    *count_out = count;
    return items;
}

/* ---- what may differ ---- */

static const struct rp_op *op_of(const struct rp_view *view, const struct seen *seen)
{
    for (size_t i = 0; i < view->op_count; i++) {
        const struct rp_op *op = &view->ops[i];

        if (op->ring == seen->ring && op->user_data == seen->user_data)
            return op;
    }
    return NULL;
}

/* Somebody tried to cancel the operation while it could be done as well. */
static bool is_cancel_race(const struct rp_view *view, const struct rp_op *op)
{
    const char *file = cf_in_string(op->build, "file");

    if (op->is_pipe)
        return false;
    if (op->is_cancel)
        return true;
    for (size_t i = view->from; i < view->to; i++) {
        const struct cf_record *record = &view->trace->records[i];
        const char *theirs = record->type == CF_CALL ? cf_in_string(record, "file") : NULL;
        bool cancels = record->type == CF_CALL && (!strncmp(record->call.fn, "CancelIo", 8) ||
                                                   !strcmp(record->call.fn, "BuildIoRingCancelRequest"));
        uint64_t target = 0;

        if (!cancels || !file || !theirs || strcmp(file, theirs) != 0)
            continue;
        if (!cf_in_u64(record, "target", &target) || !target || target == op->user_data)
            return true;
    }
    return false;
}

static void say_completion(char *text, size_t nbytes, const struct seen *seen)
{
    rp_say(text, nbytes, "hr 0x%08x, information 0x%llx", seen->hr, (unsigned long long)seen->information);
}

static struct cf_difference *differ_at(struct rp_compare *compare, const struct cf_record *record,
                                       uint64_t user_data)
{
    struct cf_difference *item;
    char field[32];

    rp_say(field, sizeof(field), "cqe 0x%llx", (unsigned long long)user_data);
    item = rp_differ(compare, record, field);
    if (record) {
        item->n = record->cqe.after;
        item->fn = "PopIoRingCompletion";
    }
    return item;
}

static void differ_in_value(struct rp_compare *compare, const struct seen *e, const struct seen *g)
{
    struct cf_difference *item = differ_at(compare, e->record, e->user_data);
    const struct rp_op *op = op_of(&compare->recorded, e);

    say_completion(item->expected, sizeof(item->expected), e);
    say_completion(item->got, sizeof(item->got), g);
    if (op && is_cancel_race(&compare->recorded, op))
        rp_allow(item, "a cancel met an operation on a file: either may have been first");
    else if (op && compare->contents_unknown && e->hr == g->hr)
        rp_allow(item, "the trace does not hold what the file held");
}

/* The replay came to the end; a completion that the trace had never came. */
static void differ_missing(struct rp_compare *compare, const struct seen *e)
{
    struct cf_difference *item = differ_at(compare, e->record, e->user_data);

    say_completion(item->expected, sizeof(item->expected), e);
    rp_say(item->got, sizeof(item->got), "no completion");
}

static bool was_left_unpopped(const struct rp_view *view, const struct seen *seen)
{
    for (size_t i = 0; i < view->op_count; i++) {
        const struct rp_op *op = &view->ops[i];

        if (op->ring == seen->ring && op->user_data == seen->user_data && op->submitted && !op->popped)
            return !op->is_pipe || view->gate_count;
    }
    return false;
}

/* A pop that says "here is one" without its record: the completion was taken out of the trace. */
static bool has_empty_success(const struct rp_view *view, size_t ring)
{
    for (size_t i = view->from; i < view->to; i++) {
        const struct cf_record *record = &view->trace->records[i];
        bool found = false;

        if (record->type != CF_CALL || strcmp(record->call.fn, "PopIoRingCompletion") || record->call.value ||
            rp_view_ring(view, cf_in_string(record, "ring"), record->line) != ring)
            continue;
        for (size_t k = i + 1; k < view->to && !found; k++)
            found = view->trace->records[k].type == CF_CQE &&
                    view->trace->records[k].cqe.after == record->call.n;
        if (!found)
            return true;
    }
    return false;
}

static void differ_extra(struct rp_compare *compare, const struct seen *g)
{
    struct cf_difference *item = differ_at(compare, NULL, g->user_data);

    rp_say(item->expected, sizeof(item->expected), "no completion");
    say_completion(item->got, sizeof(item->got), g);
    if (was_left_unpopped(&compare->recorded, g) && !has_empty_success(&compare->recorded, g->ring))
        rp_allow(item, "the trace never came to pop it");
}

/* ---- order ---- */

static bool is_sync_handle(const struct rp_view *view, const char *sym)
{
    for (size_t i = view->from; sym && i < view->to; i++) {
        const struct cf_record *record = &view->trace->records[i];

        if (record->type == CF_OBJ && !strcmp(record->obj.sym, sym))
            return !strcmp(record->obj.kind, "file") && !(record->obj.flags & FILE_FLAG_OVERLAPPED);
    }
    return false;
}

/* Completions of one handle without FILE_FLAG_OVERLAPPED in order of their builds? */
static bool is_in_order(const struct rp_view *view, const char *file, size_t ring)
{
    size_t last = 0;

    for (size_t i = 0; i < view->op_count; i++) {
        const struct rp_op *op = &view->ops[i];
        const char *own = cf_in_string(op->build, "file");

        if (op->ring != ring || !op->popped || !own || strcmp(own, file) != 0)
            continue;
        if (op->popped < last)
            return false;
        last = op->popped;
    }
    return true;
}

static void compare_order(struct rp_compare *compare)
{
    const struct rp_view *mine = &compare->recorded, *theirs = &compare->replayed;

    for (size_t i = 0; i < mine->op_count; i++) {
        const struct rp_op *op = &mine->ops[i];
        const char *file = cf_in_string(op->build, "file");
        bool first = file && is_sync_handle(mine, file);

        for (size_t k = 0; first && k < i; k++) {
            const char *other = cf_in_string(mine->ops[k].build, "file");

            first = !(other && mine->ops[k].ring == op->ring && !strcmp(other, file));
        }
        if (!first || !is_in_order(mine, file, op->ring) || is_in_order(theirs, file, op->ring))
            continue;
        struct cf_difference *item = rp_differ(compare, op->build, "order");

        rp_say(item->expected, sizeof(item->expected), "completions of %.40s in order", file);
        rp_say(item->got, sizeof(item->got), "another order");
        rp_say(item->why, sizeof(item->why), "a handle without FILE_FLAG_OVERLAPPED is served in order");
    }
}

static size_t count_reordered(const struct rp_view *mine, const struct rp_view *theirs)
{
    size_t i = mine->from, k = theirs->from, reordered = 0;

    for (;; i++, k++) {
        while (i < mine->to && mine->trace->records[i].type != CF_CQE)
            i++;
        while (k < theirs->to && theirs->trace->records[k].type != CF_CQE)
            k++;
        if (i >= mine->to || k >= theirs->to)
            return reordered;
        reordered += mine->trace->records[i].cqe.user_data != theirs->trace->records[k].cqe.user_data;
    }
}

void rp_compare_completions(struct rp_compare *compare)
{
    size_t mine_count, their_count, i = 0, k = 0;
    struct seen *mine = collect(&compare->recorded, &mine_count);
    struct seen *theirs = collect(&compare->replayed, &their_count);

    qsort(mine, mine_count, sizeof(*mine), by_entry);
    qsort(theirs, their_count, sizeof(*theirs), by_entry);
    compare->out->completions += mine_count;
    while (i < mine_count || k < their_count) {
        const struct seen *e = i < mine_count ? &mine[i] : NULL, *g = k < their_count ? &theirs[k] : NULL;
        int order = !e ? 1 : !g ? -1 : e->ring != g->ring ? (e->ring < g->ring ? -1 : 1)
                    : e->user_data != g->user_data        ? (e->user_data < g->user_data ? -1 : 1)
                                                          : 0;

        if (order < 0) {
            if (!compare->is_cut) /* said once: everything behind the end is missing */
                differ_missing(compare, e);
        } else if (order > 0) {
            differ_extra(compare, g);
        } else if (e->hr != g->hr || e->information != g->information) {
            differ_in_value(compare, e, g);
        }
        i += order <= 0;
        k += order >= 0;
    }
    compare->out->reordered += count_reordered(&compare->recorded, &compare->replayed);
    compare_order(compare);
    free(mine);
    free(theirs);
}

/* ---- memory ---- */

static const struct cf_record *object_of(const struct rp_view *view, const char *sym, size_t line)
{
    const struct cf_record *found = NULL;

    for (size_t i = view->from; sym && i < view->to && view->trace->records[i].line <= line; i++) {
        const struct cf_record *record = &view->trace->records[i];

        if (record->type == CF_OBJ && !strcmp(record->obj.sym, sym))
            found = record;
    }
    return found;
}

const char *rp_excuse_memory(const struct rp_compare *compare, const char *buf, size_t line)
{
    const struct cf_record *object = object_of(&compare->recorded, buf, line);

    if (!buf)
        return NULL;
    if (rp_view_racing(&compare->recorded, RP_NO_RING, line, buf) ||
        rp_dstorage_racing(&compare->recorded, line, buf))
        return "an operation on the buffer was under way";
    if (!object || !cf_record_string(object, NULL, "content"))
        return "the trace does not say what the buffer held before";
    if (compare->contents_unknown)
        return "the trace does not hold what the file held";
    return NULL;
}

/* By buffer, and in the order of the trace: threads of a trace do not keep step with each other. */
static int by_buffer(const void *left, const void *right)
{
    const struct cf_record *a = *(const struct cf_record *const *)left;
    const struct cf_record *b = *(const struct cf_record *const *)right;
    int by_sym = strcmp(a->mem.sym, b->mem.sym);

    if (by_sym)
        return by_sym;
    return a < b ? -1 : a > b;
}

/* What was seen of memory, without what the program filled in itself; free() it. */
static const struct cf_record **looks_of(const struct rp_view *view, size_t *count_out)
{
    const struct cf_record **looks = cf_xalloc((view->to - view->from + 1) * sizeof(*looks));

    *count_out = 0;
    for (size_t i = view->from; i < view->to; i++) {
        const struct cf_record *record = &view->trace->records[i];

        if (record->type == CF_MEM && !record->mem.fill)
            looks[(*count_out)++] = record;
    }
    qsort(looks, *count_out, sizeof(*looks), by_buffer);
    return looks;
}

static bool same_spans(const struct cf_record *a, const struct cf_record *b)
{
    if (a->mem.changed_count != b->mem.changed_count)
        return false;
    for (size_t i = 0; i < a->mem.changed_count; i++) {
        if (a->mem.changed[i].from != b->mem.changed[i].from || a->mem.changed[i].to != b->mem.changed[i].to)
            return false;
    }
    return true;
}

static void say_spans(char *text, size_t nbytes, const struct cf_record *record)
{
    const char *sha = cf_record_string(record, NULL, "sha256");
    size_t count = record->mem.changed_count;

    if (count == 1)
        rp_say(text, nbytes, "[%llu,%llu), sha256 %.16s", (unsigned long long)record->mem.changed[0].from,
               (unsigned long long)record->mem.changed[0].to, sha ? sha : "?");
    else
        rp_say(text, nbytes, "%zu ranges, sha256 %.16s", count, sha ? sha : "?");
}

/* before: the look that the ranges are relative to; NULL: none. */
static void compare_memory(struct rp_compare *compare, const struct cf_record *e, const struct cf_record *g,
                           const struct cf_record *before)
{
    const char *mine = cf_record_string(e, NULL, "sha256"), *theirs = cf_record_string(g, NULL, "sha256");
    struct cf_difference *item;
    const char *excuse;

    if (same_spans(e, g) && (!mine || !theirs || !strcmp(mine, theirs)))
        return;
    item = rp_differ(compare, e, "memory");
    rp_say(item->field, sizeof(item->field), "mem %.20s", e->mem.sym);
    item->n = e->mem.after;
    say_spans(item->expected, sizeof(item->expected), e);
    say_spans(item->got, sizeof(item->got), g);
    excuse = rp_excuse_memory(compare, e->mem.sym, e->line);
    if (!excuse && before && mine && theirs && !strcmp(mine, theirs) &&
        rp_excuse_memory(compare, e->mem.sym, before->line))
        excuse = "the same bytes; an operation was under way at the look before";
    if (excuse)
        rp_allow(item, excuse);
}

/* Both traces look at each buffer in the same order of calls. */
void rp_compare_memory(struct rp_compare *compare)
{
    size_t i = 0, k = 0, expected, got;
    const struct cf_record **e = looks_of(&compare->recorded, &expected);
    const struct cf_record **g = looks_of(&compare->replayed, &got);

    while (i < expected && k < got) {
        int order = strcmp(e[i]->mem.sym, g[k]->mem.sym);

        if (!order)
            compare_memory(compare, e[i], g[k],
                           i && !strcmp(e[i - 1]->mem.sym, e[i]->mem.sym) ? e[i - 1] : NULL);
        i += order <= 0;
        k += order >= 0;
    }
    free(e);
    free(g);
}
