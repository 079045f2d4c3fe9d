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
    {"E_PENDING", 0x8000000a},
    {"E_NOINTERFACE", 0x80004002},
    {"E_POINTER", 0x80004003},
    {"E_FILE_NOT_FOUND", 0x80070002},
    {"E_PATH_NOT_FOUND", 0x80070003},
    {"E_SHARING_VIOLATION", 0x80070020},
    {"E_INSUFFICIENT_BUFFER", 0x8007007a},
    {"E_DSTORAGE_ALREADY_RUNNING", 0x89240001},
    {"E_DSTORAGE_NOT_RUNNING", 0x89240002},
    {"E_DSTORAGE_INVALID_QUEUE_CAPACITY", 0x89240003},
    {"E_DSTORAGE_XVD_DEVICE_NOT_SUPPORTED", 0x89240004},
    {"E_DSTORAGE_UNSUPPORTED_VOLUME", 0x89240005},
    {"E_DSTORAGE_END_OF_FILE", 0x89240007},
    {"E_DSTORAGE_REQUEST_TOO_LARGE", 0x89240008},
    {"E_DSTORAGE_ACCESS_VIOLATION", 0x89240009},
    {"E_DSTORAGE_UNSUPPORTED_FILE", 0x8924000a},
    {"E_DSTORAGE_FILE_NOT_OPEN", 0x8924000b},
    {"E_DSTORAGE_RESERVED_FIELDS", 0x8924000c},
    {"E_DSTORAGE_INVALID_BCPACK_MODE", 0x8924000d},
    {"E_DSTORAGE_INVALID_SWIZZLE_MODE", 0x8924000e},
    {"E_DSTORAGE_INVALID_DESTINATION_SIZE", 0x8924000f},
    {"E_DSTORAGE_QUEUE_CLOSED", 0x89240010},
    {"E_DSTORAGE_INVALID_CLUSTER_SIZE", 0x89240011},
    {"E_DSTORAGE_TOO_MANY_QUEUES", 0x89240012},
    {"E_DSTORAGE_INVALID_QUEUE_PRIORITY", 0x89240013},
    {"E_DSTORAGE_TOO_MANY_FILES", 0x89240014},
    {"E_DSTORAGE_INDEX_BOUND", 0x89240015},
    {"E_DSTORAGE_IO_TIMEOUT", 0x89240016},
    {"E_DSTORAGE_INVALID_FILE_HANDLE", 0x89240017},
    {"E_DSTORAGE_DEPRECATED_PREVIEW_GDK", 0x89240018},
    {"E_DSTORAGE_XVD_NOT_REGISTERED", 0x89240019},
    {"E_DSTORAGE_INVALID_FILE_OFFSET", 0x8924001a},
    {"E_DSTORAGE_INVALID_SOURCE_TYPE", 0x8924001b},
    {"E_DSTORAGE_INVALID_INTERMEDIATE_SIZE", 0x8924001c},
    {"E_DSTORAGE_SYSTEM_NOT_SUPPORTED", 0x8924001d},
    {"E_DSTORAGE_STAGING_BUFFER_LOCKED", 0x8924001f},
    {"E_DSTORAGE_INVALID_STAGING_BUFFER_SIZE", 0x89240020},
    {"E_DSTORAGE_STAGING_BUFFER_TOO_SMALL", 0x89240021},
    {"E_DSTORAGE_INVALID_FENCE", 0x89240022},
    {"E_DSTORAGE_INVALID_STATUS_ARRAY", 0x89240023},
    {"E_DSTORAGE_INVALID_MEMORY_QUEUE_PRIORITY", 0x89240024},
    {"E_DSTORAGE_DECOMPRESSION_ERROR", 0x89240030},
    {"E_DSTORAGE_ZLIB_BAD_HEADER", 0x89240031},
    {"E_DSTORAGE_ZLIB_BAD_DATA", 0x89240032},
    {"E_DSTORAGE_ZLIB_PARITY_FAIL", 0x89240033},
    {"E_DSTORAGE_BCPACK_BAD_HEADER", 0x89240034},
    {"E_DSTORAGE_BCPACK_BAD_DATA", 0x89240035},
    {"E_DSTORAGE_DECRYPTION_ERROR", 0x89240036},
    {"E_DSTORAGE_PASSTHROUGH_ERROR", 0x89240037},
    {"E_DSTORAGE_FILE_TOO_FRAGMENTED", 0x89240038},
    {"E_DSTORAGE_COMPRESSED_DATA_TOO_LARGE", 0x89240039},
    {"E_DSTORAGE_INVALID_DESTINATION_TYPE", 0x89240040},
    {"E_DSTORAGE_FILEBUFFERING_REQUIRES_DISABLED_BYPASSIO", 0x89240041},
    {"E_DSTORAGE_SCRATCH_BUFFER_TOO_SMALL", 0x89240042},
    {"E_DSTORAGE_INVALID_GACL_SHUFFLE_TRANSFORM_TYPE", 0x89240043},
    {"WAIT_TIMEOUT", 0x102},
    {"ERROR_INVALID_HANDLE", 6},
    {"ERROR_SHARING_VIOLATION", 32},
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
    if (!strcmp(text, "nt") || !strcmp(text, "hooked") || !strcmp(text, "dstorage") ||
        !strcmp(text, "fence") || !strcmp(text, "mapping") || !strcmp(text, "feature:event") ||
        !strcmp(text, "bits:64") || !strcmp(text, "bits:32")) {
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
    if (!strcmp(text, "dstorage")) {
        return facts->has_dstorage;
    }
    if (!strcmp(text, "fence")) {
        return facts->has_fence;
    }
    if (!strcmp(text, "mapping")) {
        return facts->mapping;
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
