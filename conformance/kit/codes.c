/* SPDX-License-Identifier: MIT */
/* Names of operations, results and conditions. The values are Windows' own, written by hand. */
#include "conformance/kit/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const op_names[CF_OP_COUNT] = {
    "nop",   "read",  "register-files", "register-buffers", "cancel",
    "write", "flush", "read-scatter",   "write-gather"};

const char *cf_op_name(unsigned op)
{
    return op < CF_OP_COUNT ? op_names[op] : NULL;
}

bool cf_op_number(const char *word, uint64_t *value_out)
{
    for (unsigned i = 0; i < CF_OP_COUNT; i++) {
        if (!strcmp(word, op_names[i])) {
            *value_out = i;
            return true;
        }
    }
    return cf_parse_number(word, strlen(word), value_out);
}

static const struct {
    const char *name;
    uint32_t code;
} codes[] = {
    {"S_OK", 0},
    {"S_FALSE", 1},
    {"E_NOTIMPL", 0x80004001},
    {"E_ABORT", 0x80004004},
    {"E_FAIL", 0x80004005},
    {"CO_E_NOT_SUPPORTED", 0x80004021},
    {"E_ACCESSDENIED", 0x80070005},
    {"E_HANDLE", 0x80070006},
    {"E_OUTOFMEMORY", 0x8007000e},
    {"E_EOF", 0x80070026},
    {"E_INVALIDARG", 0x80070057},
    {"E_BROKEN_PIPE", 0x8007006d},
    {"E_NO_DATA", 0x800700e8},
    {"E_WRITE_THROUGH", 0x800701fd},
    {"E_PIPE_LISTENING", 0x80070218},
    {"E_NOACCESS", 0x800703e6},
    {"E_NOT_FOUND", 0x80070490},
    {"E_INVALID_INDEX", 0x80070585},
    {"IORING_E_WAIT_TIMEOUT", 0x800705b4},
    {"IORING_E_REQUIRED_FLAG_NOT_SUPPORTED", 0x80460001},
    {"IORING_E_SUBMISSION_QUEUE_FULL", 0x80460002},
    {"IORING_E_VERSION_NOT_SUPPORTED", 0x80460003},
    {"IORING_E_SUBMISSION_QUEUE_TOO_BIG", 0x80460004},
    {"IORING_E_COMPLETION_QUEUE_TOO_BIG", 0x80460005},
    {"IORING_E_SUBMIT_IN_PROGRESS", 0x80460006},
    {"IORING_E_CORRUPT", 0x80460007},
    {"IORING_E_COMPLETION_QUEUE_TOO_FULL", 0x80460008},
    {"WAIT_TIMEOUT", 0x102},
    {"ERROR_INVALID_HANDLE", 6},
    {"ERROR_HANDLE_EOF", 38},
    {"ERROR_INVALID_PARAMETER", 87},
    {"ERROR_OPERATION_ABORTED", 995},
    {"ERROR_IO_INCOMPLETE", 996},
    {"ERROR_IO_PENDING", 997},
    {"ERROR_NOT_FOUND", 1168},
    {"STATUS_SUCCESS", 0},
    {"STATUS_TIMEOUT", 0x102},
    {"STATUS_PENDING", 0x103},
    {"STATUS_INVALID_HANDLE", 0xc0000008},
    {"STATUS_INVALID_PARAMETER", 0xc000000d},
    {"STATUS_END_OF_FILE", 0xc0000011},
    {"STATUS_CANCELLED", 0xc0000120},
    {"STATUS_NOT_FOUND", 0xc0000225},
};

bool cf_code_by_name(const char *name, uint32_t *code_out)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (!strcmp(codes[i].name, name)) {
            *code_out = codes[i].code;
            return true;
        }
    }
    return false;
}

const char *cf_code_name(uint32_t hresult)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (codes[i].code == hresult && strncmp(codes[i].name, "ERROR_", 6)) {
            return codes[i].name;
        }
    }
    return NULL;
}

/* ---- conditions ---- */

static const char *const relations[] = {">=", "<=", "==", "!=", ">", "<", "="};

static const char *find_relation(const char *text, const char **relation_out)
{
    const char *best = NULL;

    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
        const char *at = strstr(text, relations[i]);
        if (at && (!best || at < best)) {
            best = at;
            *relation_out = relations[i];
        }
    }
    return best;
}

static bool compare(uint64_t left, const char *relation, uint64_t right)
{
    switch (relation[0]) {
    case '>':
        return relation[1] ? left >= right : left > right;
    case '<':
        return relation[1] ? left <= right : left < right;
    case '!':
        return left != right;
    default:
        return left == right;
    }
}

bool cf_condition_valid(const char *text, bool dollars)
{
    const char *relation, *at;
    uint64_t value;

    if (!strncmp(text, "not:", 4)) {
        return cf_condition_valid(text + 4, dollars);
    }
    if (!strcmp(text, "nt") || !strcmp(text, "hooked") || !strcmp(text, "feature:event") || !strcmp(text, "bits:64") ||
        !strcmp(text, "bits:32")) {
        return true;
    }
    if (!strncmp(text, "op:", 3)) {
        return cf_op_number(text + 3, &value);
    }
    if (!strncmp(text, "engine:", 7)) {
        return text[7] != '\0';
    }
    if (!strncmp(text, "host:", 5)) {
        return !strcmp(text + 5, "windows") || !strcmp(text + 5, "wine") ||
               !strcmp(text + 5, "linux");
    }
    at = find_relation(text, &relation);
    if (!at || !cf_parse_number(at + strlen(relation), strlen(at + strlen(relation)), &value)) {
        uint32_t code;
        if (!at || !dollars || !cf_code_by_name(at + strlen(relation), &code)) {
            return false;
        }
    }
    return (at - text == 6 && !strncmp(text, "ioring", 6)) ||
           (dollars && text[0] == '$' && at > text + 1);
}

bool cf_condition_holds(const char *text, const struct cf_facts *facts, cf_resolve_fn resolve,
                        void *ctx)
{
    const char *relation, *at;
    uint64_t left = 0, right = 0;
    uint32_t code;

    if (!strncmp(text, "not:", 4)) {
        return !cf_condition_holds(text + 4, facts, resolve, ctx);
    }
    if (!strcmp(text, "nt")) {
        return facts->has_nt;
    }
    if (!strcmp(text, "hooked")) {
        return facts->hooked;
    }
    if (!strcmp(text, "feature:event")) {
        return facts->features & 2;
    }
    if (!strncmp(text, "bits:", 5)) {
        return (unsigned)atoi(text + 5) == facts->bits;
    }
    if (!strncmp(text, "op:", 3)) {
        return cf_op_number(text + 3, &right) && right < 32 && (facts->ops >> right & 1);
    }
    if (!strncmp(text, "engine:", 7)) {
        return !strcmp(text + 7, "any") || (facts->engine && !strcmp(text + 7, facts->engine));
    }
    if (!strncmp(text, "host:", 5)) {
        return facts->host && !strcmp(text + 5, facts->host);
    }
    at = find_relation(text, &relation);
    if (!at) {
        return false;
    }
    const char *number = at + strlen(relation);
    if (!cf_parse_number(number, strlen(number), &right)) {
        if (!cf_code_by_name(number, &code)) {
            return false;
        }
        right = code;
    }
    if (text[0] == '$') {
        return resolve && resolve(ctx, text + 1, (size_t)(at - text - 1), true, &left) &&
               compare(left, relation, right);
    }
    left = facts->has_ioring ? facts->max_version : 0;
    return compare(left, relation, right);
}
