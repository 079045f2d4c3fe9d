/* SPDX-License-Identifier: MIT */
/*
 * `ringer hooks --graph`: which functions can be hooked, and which calls of one into another pass a
 * hook on the way. It reads the library's tables and calls nothing that is emulated.
 */
#include "conformance/runner/cmd.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ringer.h>
#include <ringer_hook.h>

static int hooks_main(const struct run_command *command, int argc, char **argv);

const struct run_command run_cmd_hooks = {
    .name = "hooks",
    .summary = "print what hooks can be put on, and what they see",
    .help = "usage: ringer hooks --graph [--profile P] [--json]\n\n"
            "  --graph       each exported function, and the functions below that it calls through\n"
            "                their slots: a hook on one of those sees it. Calls inside one module pass\n"
            "                no slot and are not shown, as are not the helpers Rtl*\n"
            "  --profile P   as for ringer run (default: win11-24h2)\n"
            "  --json\n"
            "  --help\n\n"
            "exit: 0, 2 usage\n",
    .main = hooks_main,
};

static uint32_t mask_of(const char *profile)
{
    return !strcmp(profile, "win10")  ? RINGER_GRAPH_WIN10
           : !strcmp(profile, "wine") ? RINGER_GRAPH_WINE
                                      : RINGER_GRAPH_WIN11;
}

/* Visits the edges of one export, in the order of the table; how many there are. */
static size_t edges_of(const struct ringer_export *export, uint32_t mask,
                       void (*visit)(const struct ringer_hook_edge *edge, void *context), void *context)
{
    struct ringer_hook_edge edge;
    size_t count = 0;

    for (size_t i = 0; ringer_hook_edge(i, &edge); i++) {
        if (!(edge.profiles & mask) || strcmp(edge.caller, export->name) ||
            strcmp(edge.caller_module, export->module))
            continue;
        visit(&edge, context);
        count++;
    }
    return count;
}

static void print_edge(const struct ringer_hook_edge *edge, void *context)
{
    printf(" %s!%s", edge->callee_module, edge->callee);
}

static void print_text(const char *profile)
{
    uint32_t mask = mask_of(profile);
    struct ringer_export export;
    size_t edges = 0, count = 0;

    for (size_t i = 0; ringer_export_info(i, &export); i++) {
        if (!(ringer_hook_profiles(export.module, export.name) & mask))
            continue;
        count++;
        printf("%s!%s", export.module, export.name);
        edges += edges_of(&export, mask, print_edge, NULL);
        putchar('\n');
    }
    printf("profile %s: %zu functions, %zu calls between modules\n", profile, count, edges);
}

static void add_edge(const struct ringer_hook_edge *edge, void *context)
{
    json_array_append_new(context, json_pack("{s:s, s:s}", "module", edge->callee_module, "name",
                                             edge->callee));
}

static void print_json(const char *profile)
{
    json_t *functions = json_array(), *root;
    uint32_t mask = mask_of(profile);
    struct ringer_export export;

    for (size_t i = 0; ringer_export_info(i, &export); i++) {
        json_t *calls;

        if (!(ringer_hook_profiles(export.module, export.name) & mask))
            continue;
        calls = json_array();
        edges_of(&export, mask, add_edge, calls);
        json_array_append_new(functions, json_pack("{s:s, s:s, s:o}", "module", export.module, "name",
                                                   export.name, "calls", calls));
    }
    root = json_pack("{s:s, s:o}", "profile", profile, "functions", functions);
    json_dumpf(root, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(root);
}

static int hooks_main(const struct run_command *command, int argc, char **argv)
{
    static const struct option options[] = {{"graph", no_argument, NULL, 'g'},
                                            {"profile", required_argument, NULL, 'p'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *profile = "win11-24h2";
    bool json = false, graph = false;
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
        if (option == 'p' && run_profile_known(optarg))
            profile = optarg;
        else if (option == 'g')
            graph = true;
        else if (option == 'j')
            json = true;
        else if (option == 'h')
            return run_help(command);
        else
            return run_usage(command, "bad option '%s'", argv[optind - 1]);
    }
    if (optind < argc)
        return run_usage(command, "no operand is wanted, there is '%s'", argv[optind]);
    if (!graph)
        return run_usage(command, "--graph is what there is");
    if (json)
        print_json(profile);
    else
        print_text(profile);
    return RUN_PASS;
}
