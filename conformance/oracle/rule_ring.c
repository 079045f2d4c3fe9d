/* SPDX-License-Identifier: MIT */
/* The calls about a ring as a whole: making it, asking it, popping from it, giving it an event. */
#include "conformance/oracle/rule.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HR_FLAG_NOT_SUPPORTED 0x80460001u
#define HR_VERSION_NOT_SUPPORTED 0x80460003u
#define HR_SQ_TOO_BIG 0x80460004u
#define HR_CQ_TOO_BIG 0x80460005u

static bool is_call(const struct ora_item *item, enum cf_fn fn)
{
    return item->record->type == CF_CALL && item->record->call.id == fn;
}

/* ---- what can be made ---- */

struct limits {
    uint64_t version, sq, cq; /* 0: not known */
};

static void learn_limits(struct limits *limits, const struct cf_record *record)
{
    const char *parent = record->type == CF_HDR ? "caps" : "out";

    cf_record_u64(record, parent, "ver", &limits->version);
    cf_record_u64(record, parent, "sq", &limits->sq);
    cf_record_u64(record, parent, "cq", &limits->cq);
}

static bool is_defined(uint64_t version)
{
    return version == 1 || version == 2 || version == 300 || version == 400;
}

/* Whether a version above the highest is taken for a lower one, and which required bits exist, is open. */
static const char *wrong_success(const struct limits *limits, uint64_t sq, uint64_t cq)
{
    if (limits->sq && sq > limits->sq)
        return "more submissions than the most";
    return limits->cq && cq > limits->cq ? "more completions than the most" : NULL;
}

static const char *wrong_refusal(const struct limits *limits, uint32_t code, uint64_t version,
                                 uint64_t required, uint64_t sq, uint64_t cq)
{
    if (code == HR_VERSION_NOT_SUPPORTED && limits->version && version <= limits->version &&
        is_defined(version))
        return "a version that is supported";
    if (code == HR_FLAG_NOT_SUPPORTED && !required)
        return "no required flag";
    if (code == HR_SQ_TOO_BIG && limits->sq && sq <= limits->sq)
        return "submissions within the most";
    return code == HR_CQ_TOO_BIG && limits->cq && cq <= limits->cq && 2 * sq <= limits->cq
               ? "completions within the most"
               : NULL;
}

static void check_limits(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;
    struct limits limits = {0};

    for (size_t i = 0; i < model->item_count; i++) {
        const struct cf_record *record = model->items[i].record;
        uint64_t version = 0, required = 0, sq = 0, cq = 0;
        const char *why;

        if (record->type == CF_HDR ||
            (is_call(&model->items[i], CF_FN_QueryIoRingCapabilities) && ora_succeeded(record)))
            learn_limits(&limits, record);
        if (!is_call(&model->items[i], CF_FN_CreateIoRing) || !limits.version ||
            !cf_in_u64(record, "ver", &version))
            continue;
        cf_in_u64(record, "required", &required);
        cf_in_u64(record, "sq", &sq);
        cf_in_u64(record, "cq", &cq);
        ora_use(judge);
        why = ora_succeeded(record)
                  ? wrong_success(&limits, sq, cq)
                  : wrong_refusal(&limits, (uint32_t)record->call.value, version, required, sq, cq);
        if (why)
            ora_violation(judge, record, "0x%08" PRIx64 " for %s", record->call.value, why);
    }
}

const struct ora_rule ora_rule_create_limits = {
    {"create.limits", "D", "documented", "MS:CreateIoRing IB1 IB2 SDK:IORING_CREATE_FLAGS",
     "A ring is made within the capabilities and refused beyond them, with the code that says why.",
     {"caps.limits", "ring.version-echo"}},
    check_limits,
};

/* ---- what it says of itself ---- */

static void check_echo(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;
    struct limits *first = ora_take(model->space, model->ring_count + 1, sizeof(*first)); /* by ring */

    if (!first) {
        ora_out_of_memory(judge);
        return;
    }
    for (size_t i = 0; i < model->item_count; i++) {
        const struct ora_item *item = &model->items[i];
        const struct ora_ring *ring;
        struct limits now = {0};
        uint64_t asked = 0;

        if (item->ring == NONE || !is_call(item, CF_FN_GetIoRingInfo) || !ora_succeeded(item->record))
            continue;
        ring = &model->rings[item->ring];
        if (!ring->record || !ora_live(ring, &item->span))
            continue; /* [R] W13: a closed ring answers S_OK and nonsense */
        learn_limits(&now, item->record);
        cf_in_u64(ring->record, "ver", &asked);
        ora_use(judge);
        if (now.version && is_defined(asked) && now.version != asked)
            ora_violation(judge, item->record, "ring %s: made as version %" PRIu64 ", says %" PRIu64,
                          ring->sym, asked, now.version);
        else if (first[item->ring].sq && (now.sq != first[item->ring].sq ||
                                          now.cq != first[item->ring].cq))
            ora_violation(judge, item->record, "ring %s: its sizes were %" PRIu64 " and %" PRIu64,
                          ring->sym, first[item->ring].sq, first[item->ring].cq);
        first[item->ring] = now;
    }
}

const struct ora_rule ora_rule_create_echo = {
    {"create.echo", "R", "ci-assertion", "IB1 W5 M14",
     "GetIoRingInfo tells the version that the ring was made with, and always the same sizes.",
     {"ring.version-echo"}},
    check_echo,
};

/* ---- which operations it knows ---- */

static void check_supported(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t i = 0; i < model->item_count; i++) {
        const struct ora_item *item = &model->items[i];
        const struct ora_ring *ring;
        uint64_t op;
        bool must, never;

        if (item->ring == NONE || !is_call(item, CF_FN_IsIoRingOpSupported) ||
            !cf_in_u64(item->record, "op", &op))
            continue;
        ring = &model->rings[item->ring];
        if (!ring->record || !ring->version || !ora_live(ring, &item->span))
            continue;
        must = (op >= 1 && op <= 4) || (op <= 6 && ring->version >= 300) ||
               (op <= 8 && ring->version >= 400);
        never = op >= 0x10000 || ((op == 7 || op == 8) && ring->version <= 300);
        if (!must && !never) /* what a later version may bring, and NOP on the first two */
            continue;
        ora_use(judge);
        if (must != (item->record->call.value != 0))
            ora_violation(judge, item->record, "ring %s of version %" PRIu64 ": operation %" PRIu64
                          " is %ssupported", ring->sym, ring->version, op, must ? "" : "not ");
    }
}

const struct ora_rule ora_rule_op_supported = {
    {"op.supported", "R", "ci-assertion", "IB4 IC1 W6",
     "IsIoRingOpSupported knows the operations of the ring's version and no made-up ones.",
     {"op.supported", "op.by-ring-version"}},
    check_supported,
};

/* ---- pops ---- */

static void check_pop(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t i = 0; i < model->item_count; i++) {
        const struct ora_item *item = &model->items[i];
        const struct ora_ring *ring;

        if (item->ring == NONE || !is_call(item, CF_FN_PopIoRingCompletion))
            continue;
        ring = &model->rings[item->ring];
        if (!ring->record || !ora_live(ring, &item->span) || cf_in_has(item->record, "cqe"))
            continue;
        ora_use(judge);
        if (item->record->call.value > 1)
            ora_violation(judge, item->record, "ring %s: 0x%08" PRIx64, ring->sym,
                          item->record->call.value);
    }
}

const struct ora_rule ora_rule_pop_code = {
    {"pop.code", "D", "documented", "MS:PopIoRingCompletion IC1",
     "A pop from a live ring gives S_OK or S_FALSE.",
     {"pop.empty"}},
    check_pop,
};

/* ---- the completion event ---- */

static void check_attach(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t i = 0; i < model->item_count; i++) {
        const struct ora_item *item = &model->items[i];
        const struct ora_ring *ring;
        const char *event;
        bool good;

        if (item->ring == NONE || !is_call(item, CF_FN_SetIoRingCompletionEvent) ||
            !cf_in_has(item->record, "event"))
            continue;
        ring = &model->rings[item->ring];
        if (!ring->record || !ora_live(ring, &item->span))
            continue;
        event = cf_in_string(item->record, "event");
        /* "null", or an event that the trace made and nobody closed; rights are not seen. */
        good = !event || (ora_good_handle(model, event) &&
                          ora_names_find(&model->events, event, 0, 0));
        if (!good && strcmp(event, "invalid"))
            continue;
        ora_use(judge);
        if (good != ora_succeeded(item->record))
            ora_violation(judge, item->record, "ring %s, event %s: 0x%08" PRIx64, ring->sym,
                          event ? event : "null", item->record->call.value);
    }
}

const struct ora_rule ora_rule_event_attach = {
    {"event.attach", "R", "statement", "IC12 MS:SetIoRingCompletionEvent IS7",
     "A live event or NULL is taken at any time; INVALID_HANDLE_VALUE is refused.",
     {"event.edge"}},
    check_attach,
};
