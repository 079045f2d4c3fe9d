/* SPDX-License-Identifier: MIT */
/*
 * conformance.exe: runs scenarios against the Windows that it is started on and records traces.
 * With more than one scenario each gets a child of its own with a time limit, for some are expected
 * to fault or hang. It judges nothing and sends nothing.
 */
#include "conformance/kit/kit.h"

#include "conformance/kit/bind.h"
#include "conformance/trace/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_MS 30000

static int usage(void)
{
    fprintf(stderr,
            "conformance.exe --list FILE.scn...                     id, levels and rule of each\n"
            "conformance.exe --record OUT.jsonl --scenario FILE.scn  one scenario, one trace\n"
            "conformance.exe --record FOLDER --scenario FILE.scn...  many: FOLDER\\<id>.jsonl, a "
            "child each\n"
            "  --dir FOLDER     where data files go (default: a folder under %%TEMP%%)\n"
            "  --hook DLL       load this hook first; the files that a scenario calls virtual are its\n"
            "  --trials N       instead of what the scenario says\n"
            "  --verbose        steps on stderr\n"
            "exit: 0 all ran or were skipped, 1 one did not reach its end, 2 usage\n");
    return 2;
}

static int list_scenarios(char **files, int count)
{
    struct cf_error error;
    int rc = 0;

    for (int i = 0; i < count; i++) {
        struct cf_scenario *scenario = cf_scenario_load(files[i], &error);
        if (!scenario) {
            fprintf(stderr, "%s:%u: %s\n", error.path, error.line, error.text);
            rc = 2;
            continue;
        }
        printf("%-36s %s\n", scenario->id, scenario->rule);
        cf_scenario_destroy(scenario);
    }
    return rc;
}

static void write_header(struct cf_trace_writer *writer)
{
    typedef LONG(WINAPI * version_fn)(OSVERSIONINFOW *);
    struct cf_api api;
    IORING_CAPABILITIES caps;
    OSVERSIONINFOW version;
    HMODULE ntdll = GetModuleHandleW(u"ntdll.dll");
    FARPROC get_version = ntdll ? GetProcAddress(ntdll, "RtlGetVersion") : NULL;
    version_fn call_version;
    char os[48], build[48];
    struct cf_trace_header header = {.recorder_name = "conformance.exe",
                                     .recorder_version = "0.1.0",
                                     .arch = sizeof(void *) == 8 ? "x86_64" : "x86",
                                     .os = os,
                                     .build = build};

    memset(&caps, 0, sizeof caps);
    memset(&version, 0, sizeof version);
    version.dwOSVersionInfoSize = sizeof version;
    memcpy(&call_version, &get_version, sizeof call_version);
    if (call_version) {
        call_version(&version);
    }
    snprintf(os, sizeof os, "%lu.%lu", (unsigned long)version.dwMajorVersion,
             (unsigned long)version.dwMinorVersion);
    snprintf(build, sizeof build, "%lu", (unsigned long)version.dwBuildNumber);
    cf_api_bind(&api);
    header.host = api.wine ? "wine" : "windows";
    if (api.QueryIoRingCapabilities && SUCCEEDED(api.QueryIoRingCapabilities(&caps))) {
        header.has_caps = true;
        header.caps_version = (uint32_t)caps.MaxVersion;
        header.caps_sq = caps.MaxSubmissionQueueSize;
        header.caps_cq = caps.MaxCompletionQueueSize;
        header.caps_features = (uint32_t)caps.FeatureFlags;
    }
    cf_trace_header(writer, &header);
}

static int run_one(const char *file, const char *record, const struct cf_run_options *options)
{
    struct cf_run_result result;
    struct cf_error error;
    struct cf_scenario *scenario = cf_scenario_load(file, &error);
    struct cf_trace_writer *writer = scenario ? cf_trace_create(record) : NULL;
    enum cf_outcome outcome;

    if (!scenario) {
        fprintf(stderr, "%s:%u: %s\n", error.path, error.line, error.text);
        return 2;
    }
    if (!writer) {
        fprintf(stderr, "%s: cannot be written\n", record);
        cf_scenario_destroy(scenario);
        return 2;
    }
    write_header(writer);
    outcome = cf_scenario_run(scenario, writer, options, &result);
    bool written = cf_trace_close(writer);
    printf("%-36s %s%s%s\n", scenario->id,
           outcome == CF_RAN       ? "ran"
           : outcome == CF_SKIPPED ? "skipped: "
           : outcome == CF_SETUP   ? "setup: "
                                   : "error: ",
           result.reason, written ? "" : " (trace not written)");
    cf_scenario_destroy(scenario);
    return written && (outcome == CF_RAN || outcome == CF_SKIPPED) ? 0 : 1;
}

/* The manifest lies there before the hook looks for it. */
static bool load_hook(const char *hook, const char *file, struct cf_run_options *options)
{
    struct cf_error error;
    struct cf_scenario *scenario = cf_scenario_load(file, &error);
    char manifest[1100], variable[1200];
    HMODULE module;
    FARPROC control;

    snprintf(manifest, sizeof manifest, "%s.vfs", options->dir);
    snprintf(variable, sizeof variable, "RINGER_VFS=%s", manifest);
    if (!scenario || !cf_manifest_write(scenario, options->dir, false, manifest, &error)) {
        fprintf(stderr, "%s:%u: %s\n", error.path, error.line, error.text);
        cf_scenario_destroy(scenario);
        return false;
    }
    cf_scenario_destroy(scenario);
    SetEnvironmentVariableA("RINGER_VFS", manifest);
    _putenv(variable); /* for getenv, which has a copy of its own */
    module = LoadLibraryA(hook);
    if (!module) {
        fprintf(stderr, "%s: cannot be loaded, %lu\n", hook, (unsigned long)GetLastError());
        return false;
    }
    control = GetProcAddress(module, "ringer_hook_control");
    memcpy(&options->control, &control, sizeof control);
    options->hooked = true;
    return true;
}

/* A child of this program with the same options and one scenario. */
static int run_child(const char *file, const char *folder, const char *more)
{
    struct cf_error error;
    struct cf_scenario *scenario = cf_scenario_load(file, &error);
    STARTUPINFOA startup;
    PROCESS_INFORMATION process;
    char self[MAX_PATH], line[4096];
    DWORD code = 1;

    if (!scenario) {
        fprintf(stderr, "%s:%u: %s\n", error.path, error.line, error.text);
        return 2;
    }
    GetModuleFileNameA(NULL, self, sizeof self);
    snprintf(line, sizeof line, "\"%s\" --record \"%s\\%s.jsonl\" --scenario \"%s\"%s", self,
             folder, scenario->id, file, more);
    memset(&startup, 0, sizeof startup);
    startup.cb = sizeof startup;
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) {
        printf("%-36s error: no child, %lu\n", scenario->id, (unsigned long)GetLastError());
        cf_scenario_destroy(scenario);
        return 1;
    }
    if (WaitForSingleObject(process.hProcess, LIMIT_MS) != WAIT_OBJECT_0) {
        TerminateProcess(process.hProcess, 124);
        WaitForSingleObject(process.hProcess, INFINITE);
        printf("%-36s hang: ended after %d ms\n", scenario->id, LIMIT_MS);
    }
    GetExitCodeProcess(process.hProcess, &code);
    if (code > 2 && code != 124) {
        printf("%-36s died: 0x%08lx\n", scenario->id, (unsigned long)code);
    }
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    cf_scenario_destroy(scenario);
    return code ? 1 : 0;
}

/* UTF-8; made when it is not there. */
static bool temporary_folder(char *path, size_t nbytes)
{
    WCHAR wide[MAX_PATH + 40], name[40];
    DWORD nchars = GetTempPathW(MAX_PATH, wide);
    char text[40];
    int length;

    length = snprintf(text, sizeof text, "ringer-%lu", (unsigned long)GetCurrentProcessId());
    for (int i = 0; i <= length; i++) {
        name[i] = (WCHAR)text[i];
    }
    if (!nchars || nchars > MAX_PATH) {
        return false;
    }
    memcpy(wide + nchars, name, (size_t)(length + 1) * sizeof *wide);
    return CreateDirectoryW(wide, NULL) &&
           WideCharToMultiByte(CP_UTF8, 0, wide, -1, path, (int)nbytes, NULL, NULL) > 0;
}

static void remove_folder(const char *path)
{
    WCHAR wide[MAX_PATH + 40];

    if (MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, MAX_PATH + 40) > 0) {
        RemoveDirectoryW(wide);
    }
}

/* One question asked again goes to the folder of the others. */
static bool is_folder(const char *path)
{
    DWORD attributes = GetFileAttributesA(path);

    return attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_DIRECTORY;
}

int main(int argc, char **argv)
{
    struct cf_run_options options = {0};
    const char *record = NULL, *hook = NULL;
    char folder[1024] = "", more[600] = "";
    char **files = calloc((size_t)argc, sizeof *files);
    int count = 0, rc = 0;
    bool list = false;

    for (int i = 1; i < argc; i++) {
        bool has_next = i + 1 < argc;
        if (!strcmp(argv[i], "--list")) {
            list = true;
        } else if (!strcmp(argv[i], "--record") && has_next) {
            record = argv[++i];
        } else if (!strcmp(argv[i], "--dir") && has_next) {
            options.dir = argv[++i];
        } else if (!strcmp(argv[i], "--hook") && has_next) {
            hook = argv[++i];
        } else if (!strcmp(argv[i], "--trials") && has_next) {
            options.trials = (unsigned)strtoul(argv[++i], NULL, 10);
        } else if (!strcmp(argv[i], "--verbose")) {
            options.verbose = true;
        } else if (!strcmp(argv[i], "--scenario")) {
            continue;
        } else if (argv[i][0] == '-') {
            return usage();
        } else {
            files[count++] = argv[i];
        }
    }
    if (count == 0 || (!list && !record)) {
        return usage();
    }
    if (list) {
        rc = list_scenarios(files, count);
    } else if (count > 1 || is_folder(record)) {
        snprintf(more, sizeof more, "%s%s%s%s", options.verbose ? " --verbose" : "",
                 hook ? " --hook \"" : "", hook ? hook : "", hook ? "\"" : "");
        for (int i = 0; i < count; i++) {
            int one = run_child(files[i], record, more);
            rc = one > rc ? one : rc;
        }
    } else {
        bool own = !options.dir;
        if (own && !temporary_folder(folder, sizeof folder)) {
            fprintf(stderr, "no folder for data files\n");
            return 1;
        }
        options.dir = own ? folder : options.dir;
        rc = hook && !load_hook(hook, files[0], &options) ? 1 : run_one(files[0], record, &options);
        if (own) {
            remove_folder(folder);
        }
    }
    free(files);
    return rc;
}
