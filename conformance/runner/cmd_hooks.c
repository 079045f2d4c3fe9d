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
    .help = "usage: ringer hooks --graph [--profile P] [--mapping-layer] [--json]\n\n"
            "  --graph       each exported function, and the functions below that it calls through\n"
            "                their slots: a hook on one of those sees it. Calls inside one module pass\n"
            "                no slot and are not shown, as are not the helpers Rtl*. DirectStorage's\n"
            "                methods follow, with the calls on files, rings and ports that they lead to\n"
            "  --profile P   as for ringer run (default: win11-24h2)\n"
            "  --mapping-layer  DirectStorage with ForceMappingLayer\n"
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

struct graph {
    const char *profile;
    uint32_t mask, dstorage; /* of DirectStorage's own calls */
};

static bool is_there(const struct graph *graph, const struct ringer_hook_edge *edge)
{
    bool dstorage = !strncmp(edge->caller_module, "dstorage", 8);

    return edge->profiles & (dstorage ? graph->dstorage : graph->mask);
}

/* Visits the edges of one caller, in the order of the table; how many there are. */
static size_t edges_of(const struct graph *graph, const char *module, const char *name,
                       void (*visit)(const struct ringer_hook_edge *edge, void *context), void *context)
{
    struct ringer_hook_edge edge;
    size_t count = 0;

    for (size_t i = 0; ringer_hook_edge(i, &edge); i++) {
        if (!is_there(graph, &edge) || strcmp(edge.caller, name) || strcmp(edge.caller_module, module))
            continue;
        visit(&edge, context);
        count++;
    }
    return count;
}

/* Visits each caller: the exports, then the methods, whose rows stand together. */
static void each_caller(const struct graph *graph,
                        void (*visit)(const struct graph *graph, const char *module, const char *name,
                                      void *context),
                        void *context)
{
    struct ringer_export export;
    struct ringer_hook_edge edge;
    const char *last = "";

    for (size_t i = 0; ringer_export_info(i, &export); i++)
        if (ringer_hook_profiles(export.module, export.name) & graph->mask)
            visit(graph, export.module, export.name, context);
    for (size_t i = 0; ringer_hook_edge(i, &edge); i++) {
        if (!strstr(edge.caller, "::") || !is_there(graph, &edge) || !strcmp(edge.caller, last))
            continue;
        last = edge.caller;
        visit(graph, edge.caller_module, edge.caller, context);
    }
}

static void print_edge(const struct ringer_hook_edge *edge, void *context)
{
    printf(" %s!%s", edge->callee_module, edge->callee);
}

struct counts {
    size_t functions, edges;
};

static void print_caller(const struct graph *graph, const char *module, const char *name, void *context)
{
    struct counts *counts = context;

    counts->functions++;
    printf("%s!%s", module, name);
    counts->edges += edges_of(graph, module, name, print_edge, NULL);
    putchar('\n');
}

static void print_text(const struct graph *graph)
{
    struct counts counts = {0};

    each_caller(graph, print_caller, &counts);
    printf("profile %s: %zu functions, %zu calls between modules\n", graph->profile, counts.functions,
           counts.edges);
}

static void add_edge(const struct ringer_hook_edge *edge, void *context)
{
    json_array_append_new(context, json_pack("{s:s, s:s}", "module", edge->callee_module, "name",
                                             edge->callee));
}

static void add_caller(const struct graph *graph, const char *module, const char *name, void *context)
{
    json_t *calls = json_array();

    edges_of(graph, module, name, add_edge, calls);
    json_array_append_new(context, json_pack("{s:s, s:s, s:o}", "module", module, "name", name, "calls",
                                             calls));
}

static void print_json(const struct graph *graph)
{
    json_t *functions = json_array(), *root;

    each_caller(graph, add_caller, functions);
    root = json_pack("{s:s, s:o}", "profile", graph->profile, "functions", functions);
    json_dumpf(root, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(root);
}

static int hooks_main(const struct run_command *command, int argc, char **argv)
{
    static const struct option options[] = {{"graph", no_argument, NULL, 'g'},
                                            {"profile", required_argument, NULL, 'p'},
                                            {"mapping-layer", no_argument, NULL, 'm'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *profile = "win11-24h2";
    bool json = false, asked = false, mapping = false;
    struct graph graph;
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
        if (option == 'p' && run_profile_known(optarg))
            profile = optarg;
        else if (option == 'g')
            asked = true;
        else if (option == 'm')
            mapping = true;
        else if (option == 'j')
            json = true;
        else if (option == 'h')
            return run_help(command);
        else
            return run_usage(command, "bad option '%s'", argv[optind - 1]);
    }
    if (optind < argc)
        return run_usage(command, "no operand is wanted, there is '%s'", argv[optind]);
    if (!asked)
        return run_usage(command, "--graph is what there is");
    graph = (struct graph){profile, mask_of(profile), mapping ? RINGER_GRAPH_MAPPING : mask_of(profile)};
    if (json)
        print_json(&graph);
    else
        print_text(&graph);
    return RUN_PASS;
}
