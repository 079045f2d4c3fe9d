/* SPDX-License-Identifier: MIT */
/*
 * `ringer explore`: runs a program or a scenario under every legal schedule within a bound, then
 * under random ones; what fails is cut down to the shortest schedule, printed, saved, and can be
 * replayed.
 */
#include "conformance/explore/schedule.h"
#include "conformance/explore/target.h"
#include "conformance/runner/cmd.h"
#include "conformance/runner/hooks.h"
#include "conformance/runner/explore_page.h"
#include "conformance/runner/paths.h"
#include "conformance/runner/reduction.h"
#include "conformance/runner/suite.h"

#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int explore_main(const struct run_command *command, int argc, char **argv);

const struct run_command run_cmd_explore = {
    .name = "explore",
    .summary = "run under every legal order of events",
    .help = "usage: ringer explore [options] SCENARIO...\n"
            "       ringer explore [options] -- ./app [args]\n\n"
            "  --bound N        try every schedule of the first N operations (5); 0: of none\n"
            "  --seeds N        then N random schedules of the whole (1000)\n"
            "  --seed S         where those begin (1)\n"
            "  --shard I/N      part I of N of the work, from 1\n"
            "  --faults LIST    what may go wrong: error, memory, disk, refuse, expire, all, none "
            "(none)\n"
            "  --most-faults N  how much of that in one run (1)\n"
            "  --orders         orders only: whatever starts pends\n"
            "  --looks-told     the program tells what it looks at (ringer_sim_look), and looks at no\n"
            "                   more: fewer orders are different ones\n"
            "  --fault PLAN     operations that fail in every run (docs/faults.md)\n"
            RUN_HOOK_HELP
            "  --no-reduction   also orders that nobody can tell apart\n"
            "  --apart          each schedule of a scenario in a process of its own\n"
            "  --check-reduction  both, and compare what can be seen; no seeds\n"
            "  --time S         end the search after S seconds (60); 0: never\n"
            "  --timeout S      a run that takes longer is a failure (5)\n"
            "  --save F         the failing schedule to F\n"
            "  --replay F       run the schedule F, once\n"
            "  --keep F         the trace of the failing, or replayed, run to F\n"
            "  --html F         what failed, or was replayed, to F as a page with a picture\n"
            "  --json           the result on stdout as JSON\n"
            "  --help\n\n"
            "exit: 0 every schedule passed, 1 one failed, 2 usage, 77 cannot run here\n",
    .main = explore_main,
};

struct options {
    unsigned bound, seeds, seed, shard, shards, most_faults, time_s, timeout_s;
    uint32_t faults;
    const char *save, *replay, *keep, *html;
    bool no_reduction, check_reduction, json, apart, orders, looks_told;
    char **argv; /* of a program; NULL: scenarios */
};

/* One program or scenario, explored. */
struct result {
    char *name, *schedule_path, *trace_path, *page_path, *suspect, *words, *strayed;
    enum cf_search_result verdict;
    struct cf_search search;
    double seconds;
    bool compared;
    struct run_reduction reduction;
    json_t *choices;
    char *printed; /* the shortest schedule, for people */
    uint32_t surprises, length;
    bool inside; /* one process for all schedules */
};

static bool parse_shard(const char *text, struct options *o)
{
    char *slash = strchr(text, '/'), *first;
    bool good;

    if (!slash)
        return false;
    first = run_format("%.*s", (int)(slash - text), text);
    good = run_parse_unsigned(slash + 1, 1, 65536, &o->shards) &&
           run_parse_unsigned(first, 1, o->shards, &o->shard);
    free(first);
    return good;
}

static int parse(const struct run_command *command, int argc, char **argv, struct options *o)
{
    static const struct option options[] = {{"bound", required_argument, NULL, 'b'},
                                            {"seeds", required_argument, NULL, 'n'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"shard", required_argument, NULL, 'i'},
                                            {"faults", required_argument, NULL, 'f'},
                                            {"most-faults", required_argument, NULL, 'm'},
                                            {"no-reduction", no_argument, NULL, 'r'},
                                            {"apart", no_argument, NULL, 'a'},
                                            {"check-reduction", no_argument, NULL, 'C'},
                                            {"orders", no_argument, NULL, 'O'},
                                            {"looks-told", no_argument, NULL, 'l'},
                                            {"time", required_argument, NULL, 't'},
                                            {"timeout", required_argument, NULL, 'o'},
                                            {"save", required_argument, NULL, 'S'},
                                            {"replay", required_argument, NULL, 'R'},
                                            {"keep", required_argument, NULL, 'k'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"html", required_argument, NULL, 'H'},
                                            {"help", no_argument, NULL, 'h'},
                                            {"fault", required_argument, NULL, 'F'},
                                            RUN_HOOK_OPTIONS,
                                            {0}};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
        if (option == 'b' && run_parse_unsigned(optarg, 0, 64, &o->bound))
            ;
        else if (option == 'n' && run_parse_unsigned(optarg, 0, 1000000000, &o->seeds))
            ;
        else if (option == 's' && run_parse_unsigned(optarg, 0, UINT32_MAX, &o->seed))
            ;
        else if (option == 'i' && parse_shard(optarg, o))
            ;
        else if (option == 'f' && cf_faults_parse(optarg, &o->faults))
            ;
        else if (option == 'F' && run_fault_option(command, optarg) >= 0)
            return RUN_USAGE;
        else if (option == 'F')
            ;
        else if (option == 'm' && run_parse_unsigned(optarg, 1, 64, &o->most_faults))
            ;
        else if (option >= RUN_OPT_HOOK && run_hooks_option(command, option, optarg) >= 0)
            return RUN_USAGE;
        else if (option >= RUN_OPT_HOOK)
            ;
        else if (option == 'r')
            o->no_reduction = true;
        else if (option == 'a')
            o->apart = true;
        else if (option == 'O')
            o->orders = true;
        else if (option == 'l')
            o->looks_told = true;
        else if (option == 'C')
            o->check_reduction = true;
        else if (option == 't' && run_parse_unsigned(optarg, 0, 86400, &o->time_s))
            ;
        else if (option == 'o' && run_parse_unsigned(optarg, 1, 3600, &o->timeout_s))
            ;
        else if (option == 'S')
            o->save = optarg;
        else if (option == 'R')
            o->replay = optarg;
        else if (option == 'k')
            o->keep = optarg;
        else if (option == 'H')
            o->html = optarg;
        else if (option == 'j')
            o->json = true;
        else if (option == 'h')
            return run_help(command);
        else
            return run_usage(command, "bad option '%s'", argv[optind - 1]);
    }
    if (optind >= argc && !run_hooks())
        return run_usage(command, "want a scenario, or -- and a program");
    if (!strcmp(argv[optind - 1], "--"))
        o->argv = argv + optind;
    return -1;
}

/* ---- one target ---- */

enum { PATIENCE_MS = 5000 }; /* then also whoever reads a log is told what goes on */

static void show_progress(void *context, const struct cf_search *search)
{
    static uint64_t drawn_ms, told_ms;
    struct cf_target *target = context;
    uint64_t now_ms = run_now_ms(), age_ms = now_ms - search->begun_ms;
    char limit[64] = "";

    if (age_ms < 1000)
        return;
    if (search->limit_ms)
        snprintf(limit, sizeof(limit), " of %u at most (--time)", (unsigned)(search->limit_ms / 1000));
    if (!isatty(STDERR_FILENO)) { /* once, so that nobody waits without knowing for what */
        if (age_ms < PATIENCE_MS || told_ms == search->begun_ms)
            return;
        told_ms = search->begun_ms;
        fprintf(stderr, "%s: %" PRIu64 " schedules in %u s%s; every one of %u operations, and %u by chance\n",
                target->name, search->executed, (unsigned)(age_ms / 1000), limit, search->bound,
                search->seeds);
        return;
    }
    if (now_ms - drawn_ms < 100)
        return;
    drawn_ms = now_ms;
    fprintf(stderr,
            "\r\033[K%s: %" PRIu64 " schedules, %" PRIu64 " a second, %u of %u kinds of answer, "
            "%u s%s",
            target->name, search->executed, search->executed * 1000 / age_ms,
            cf_coverage_count(&search->coverage, true), cf_coverage_count(&search->coverage, false),
            (unsigned)(age_ms / 1000), limit);
}

/* Where failures go when nobody said: a directory of its own, which stays. */
static char *file_for(const char *wanted, const char *name, char **directory)
{
    if (wanted)
        return run_format("%s", wanted);
    if (!*directory)
        *directory = run_scratch_dir();
    return run_format("%s/%s", *directory, name);
}

static void keep_failure(const struct options *o, struct cf_target *target, struct result *result,
                         const struct cf_schedule *schedule, bool save)
{
    char *directory = NULL;
    FILE *printed;
    size_t nbytes;

    if (save) {
        result->schedule_path = file_for(o->save, "schedule.json", &directory);
        if (!cf_schedule_save(result->schedule_path, target->area, schedule, target->name,
                              &result->search.failure))
            run_cannot("%s cannot be written", result->schedule_path);
    }
    if (save || o->keep || o->html) {
        result->trace_path = file_for(o->keep, "trace.jsonl", &directory);
        if (!cf_target_keep(target, result->trace_path))
            run_cannot("%s cannot be written", result->trace_path);
    }
    if (o->html || directory)
        result->page_path = file_for(o->html, "report.html", &directory);
    result->suspect = run_format("%s", cf_schedule_suspect(target->area));
    free(directory);
    result->words = cf_target_words(target);
    result->surprises = cf_schedule_surprises(schedule);
    result->length = target->area->choice_count;
    result->choices = cf_schedule_choices(target->area, schedule->count, false);
    printed = open_memstream(&result->printed, &nbytes);
    cf_schedule_print(printed, target->area, "    ");
    fclose(printed);
}

static void replay(const struct options *o, struct cf_target *target, struct result *result)
{
    struct cf_search *search = &result->search;
    struct cf_schedule schedule = {0};
    json_t *offered = NULL;
    char *error = NULL;

    if (!cf_schedule_load(o->replay, target->area, &schedule, &offered, &error)) {
        result->verdict = CF_SEARCH_CANNOT;
        snprintf(search->failure.text, sizeof(search->failure.text), "%s", error);
        free(error);
    } else {
        cf_search_replay(search, &schedule, &search->failure);
        search->executed = 1;
        result->verdict = search->failure.cannot   ? CF_SEARCH_CANNOT
                          : search->failure.failed ? CF_SEARCH_FAILED
                                                   : CF_SEARCH_PASSED;
        result->strayed = cf_schedule_strayed(target->area, offered);
        keep_failure(o, target, result, &schedule, false);
    }
    json_decref(offered);
    cf_schedule_fini(&schedule);
}

static void check_reduction(struct cf_target *target, struct result *result)
{
    struct run_reduction *found = &result->reduction;
    struct cf_search *search = &result->search;

    result->compared = run_reduction_check(target, search, found);
    result->verdict = !result->compared ? CF_SEARCH_CANNOT
                      : found->complete && (found->missed || found->extra) ? CF_SEARCH_FAILED
                                                                           : CF_SEARCH_PASSED;
    if (!result->compared)
        snprintf(search->failure.text, sizeof(search->failure.text), "a run could not be made");
    else if (result->verdict == CF_SEARCH_FAILED)
        snprintf(search->failure.text, sizeof(search->failure.text),
                 "%zu of %zu traces are seen without reduction only, %zu with it only",
                 found->missed, found->seen[0], found->extra);
}

static void explore(const struct options *o, struct cf_target *target, struct result *result)
{
    struct cf_search *search = &result->search;
    uint64_t begun_ms = run_now_ms();
    struct cf_area *area = target->area;

    area->spaces = RINGER_SIM_EVERYWHERE;
    area->faults = o->faults;
    area->most_faults = o->faults ? o->most_faults : 0;
    area->most_idle = 2;
    area->pends = o->orders;
    /* The kit says when it looks at a buffer, most programs do not. */
    area->opaque = o->argv && !o->looks_told;
    *search = (struct cf_search){
        .area = area,
        .run = cf_target_run,
        .context = target,
        .reduce = !o->no_reduction,
        .systematic = o->bound > 0,
        .bound = o->bound,
        .seed = o->seed,
        .seeds = o->seeds,
        .shard = o->shard ? o->shard - 1 : 0,
        .shards = o->shards,
        .limit_ms = 1000ull * o->time_s,
        .shrink_runs = 3000,
        .shrink_ms = 20000,
        .now_ms = run_now_ms,
        .progress = show_progress,
    };
    result->name = run_format("%s", target->name);
    if (o->replay) {
        replay(o, target, result);
        return;
    }
    if (o->check_reduction) {
        check_reduction(target, result);
        return;
    }
    /* What a hook remembers must not go from one run to the next. */
    result->verdict = o->apart || run_hooks()
                          ? cf_search_run(search)
                          : cf_target_search(target, search, &result->inside);
    result->seconds = (double)(run_now_ms() - begun_ms) / 1000;
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    if (result->verdict == CF_SEARCH_FAILED) {
        struct cf_outcome_of_run again;

        cf_search_replay(search, &search->shortest, &again);
        if (!again.failed && area->strangers) {
            result->verdict = CF_SEARCH_CANNOT;
            snprintf(search->failure.text, sizeof(search->failure.text),
                     CF_STRANGERS "; a schedule failed once, and passed when it was made again");
            return;
        }
        keep_failure(o, target, result, &search->shortest, true);
    }
}

/* ---- what is said ---- */

static double rate(const struct result *result)
{
    uint64_t runs = result->search.executed + result->search.pruned + result->search.shrink_done;

    return result->seconds > 0 ? (double)runs / result->seconds : 0;
}

static const char *scope(const struct cf_search *search)
{
    if (!search->systematic)
        return "none systematically";
    if (!search->complete)
        return "systematically, not all";
    return search->beyond ? "all within the bound" : "all there are";
}

/* The command that has the failure again; owned by the caller. */
static char *again(const struct options *o, const struct result *result, const char *program)
{
    const char *plan = run_fault_plan();
    char *hooks, *command;

    if (!result->schedule_path)
        return run_format("%s", "");
    hooks = run_hooks_words();
    command = run_format("ringer explore %s%s%s%s--replay %s %s%s", hooks, plan ? "--fault '" : "",
                         plan ? plan : "", plan ? "' " : "", result->schedule_path,
                         o->argv ? "-- " : "", program);
    free(hooks);
    return command;
}

static void print_failure(const struct options *o, const struct result *result, const char *program)
{
    const struct cf_search *search = &result->search;
    char *command = again(o, result, program);

    if (search->failure.failed)
        printf("  %s\n", search->failure.text);
    if (*result->words)
        printf("  it said: %s\n", result->words);
    if (search->by_seed)
        printf("  found by chance, with --seed %u\n", o->seed);
    if (result->surprises)
        printf("  %s, %u of %u choices not the default:\n%s",
               o->replay ? "the schedule" : "the shortest schedule", result->surprises,
               result->length, result->printed);
    else
        printf("  in the default schedule: no choice differs\n");
    if (result->strayed)
        printf("  strayed: %s\n", result->strayed);
    if (result->trace_path)
        printf("  trace: %s\n", result->trace_path);
    if (result->page_path)
        printf("  picture: %s\n", result->page_path);
    if (*command)
        printf("  again: %s\n", command);
    free(command);
}

/* "reads: inline, pend; not: complete device-error": what was offered of each kind, and what of it taken. */
static void print_kind(FILE *out, const struct cf_coverage *coverage, unsigned kind)
{
    static const char *const names[CF_KINDS] = {"reads", "writes", "flushes"};
    bool any = false;

    for (int taken = 1; taken >= 0; taken--) {
        unsigned count = 0;

        for (unsigned act = 0; act < RINGER_SIM_ACT_COUNT; act++) {
            unsigned bits = taken ? coverage->kinds_chosen[kind][act]
                                  : coverage->kinds_offered[kind][act] &
                                        ~(unsigned)coverage->kinds_chosen[kind][act];

            for (unsigned bit = 0; bit < CF_OUTCOMES; bit++) {
                if (!(bits >> bit & 1))
                    continue;
                if (!any)
                    fprintf(out, "  %s: ", names[kind]);
                fprintf(out, "%s%s", count++ ? ", " : taken ? "" : any ? "; not taken: " : "not taken: ",
                        cf_act_name(act, bit ? 1u << (bit - 1) : 0));
                any = true;
            }
        }
    }
    if (any)
        fputc('\n', out);
}

static void print_counts(FILE *out, const struct result *result)
{
    const struct cf_search *search = &result->search;

    fprintf(out, "  %" PRIu64 " schedules (%s; %" PRIu64 " by chance), %" PRIu64 " classes, %" PRIu64
                 " given up as known\n",
            search->executed, scope(search), search->random_done, search->classes, search->pruned);
    fprintf(out, "  response space: %u of %u kinds of answer taken; %.0f schedules a second%s\n",
            cf_coverage_count(&search->coverage, true), cf_coverage_count(&search->coverage, false),
            rate(result), search->out_of_time ? "; out of time" : "");
    for (unsigned kind = 0; kind < CF_KINDS; kind++)
        print_kind(out, &search->coverage, kind);
}

static bool page_begun; /* what follows is added to it */

static void write_page(const struct options *o, const struct result *result, const char *program)
{
    static const char *const verdicts[] = {"pass", "FAIL", "cannot run"};
    const char *at = strstr(result->search.failure.text, "cqe[");
    char *command = again(o, result, program), *counts = NULL;
    char *named = at && at[4] >= '0' && at[4] <= '9' ? run_format("0x%lx", strtoul(at + 4, NULL, 10))
                                                      : NULL;
    struct run_explored explored = {
        .name = result->name,
        .verdict = verdicts[result->verdict],
        .text = result->search.failure.failed ? result->search.failure.text : "",
        .words = result->words,
        .choices = result->printed,
        .again = command,
        .trace_path = result->trace_path,
        .schedule_path = result->schedule_path ? result->schedule_path : o->replay,
        .suspect = result->verdict != CF_SEARCH_FAILED ? "" : named ? named : result->suspect,
    };
    size_t nbytes;
    FILE *out = open_memstream(&counts, &nbytes);

    if (!o->replay)
        print_counts(out, result);
    fclose(out);
    explored.counts = counts;
    if (!run_explore_page(result->page_path, o->html && page_begun, &explored))
        run_cannot("%s cannot be written", result->page_path);
    page_begun = true;
    free(named);
    free(counts);
    free(command);
}

static void print_result(const struct options *o, const struct result *result, const char *program)
{
    const struct cf_search *search = &result->search;
    static const char *const verdicts[] = {"pass", "FAIL", "cannot run"};

    printf("%s: %s\n", result->name, verdicts[result->verdict]);
    if (result->verdict == CF_SEARCH_CANNOT) {
        printf("  %s\n", search->failure.text);
        return;
    }
    if (result->compared) {
        printf("  %zu different traces in %" PRIu64 " schedules, %zu in %" PRIu64
               " with reduction%s\n",
               result->reduction.seen[0],
               result->reduction.executed[0], result->reduction.seen[1],
               result->reduction.executed[1], result->reduction.complete ? "" : "; not all made");
        return;
    }
    if (result->verdict == CF_SEARCH_FAILED || o->replay)
        print_failure(o, result, program);
    if (o->replay)
        return;
    print_counts(stdout, result);
}

static json_t *result_json(const struct options *o, const struct result *result)
{
    const struct cf_search *search = &result->search;
    static const char *const verdicts[] = {"pass", "fail", "cannot"};
    json_t *root = json_pack(
        "{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:i, s:b, s:b, s:b, s:i, s:i, s:f, s:b}", "name",
        result->name,
        "verdict", verdicts[result->verdict], "executed", (json_int_t)search->executed, "classes",
        (json_int_t)search->classes, "by_chance", (json_int_t)search->random_done, "pruned",
        (json_int_t)search->pruned, "faulted", (json_int_t)search->faulted, "operations",
        (int)search->operations, "complete", (int)search->complete, "beyond",
        (int)search->beyond, "out_of_time", (int)search->out_of_time, "answers_taken",
        (int)cf_coverage_count(&search->coverage, true), "answers_offered",
        (int)cf_coverage_count(&search->coverage, false), "per_second", rate(result),
        "one_process", (int)result->inside);

    if (result->compared)
        json_object_set_new(
            root, "reduction",
            json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:b}", "executed",
                      (json_int_t)result->reduction.executed[0], "executed_reduced",
                      (json_int_t)result->reduction.executed[1], "seen",
                      (json_int_t)result->reduction.seen[0], "seen_reduced",
                      (json_int_t)result->reduction.seen[1], "missed",
                      (json_int_t)result->reduction.missed, "extra",
                      (json_int_t)result->reduction.extra, "complete",
                      (int)result->reduction.complete));
    if (result->verdict != CF_SEARCH_PASSED) {
        json_object_set_new(root, "failure", json_string(search->failure.text));
        json_object_set_new(root, "key", json_string(search->failure.key));
    }
    if (search->by_seed)
        json_object_set_new(root, "seed", json_integer(o->seed));
    if (result->choices) {
        json_object_set(root, "choices", result->choices);
        json_object_set_new(root, "surprises", json_integer(result->surprises));
    }
    if (result->schedule_path)
        json_object_set_new(root, "schedule", json_string(result->schedule_path));
    if (result->page_path)
        json_object_set_new(root, "page", json_string(result->page_path));
    if (result->trace_path)
        json_object_set_new(root, "trace", json_string(result->trace_path));
    if (result->strayed)
        json_object_set_new(root, "strayed", json_string(result->strayed));
    return root;
}

static void release(struct result *result)
{
    cf_search_fini(&result->search);
    json_decref(result->choices);
    free(result->name);
    free(result->schedule_path);
    free(result->page_path);
    free(result->suspect);
    free(result->trace_path);
    free(result->words);
    free(result->strayed);
    free(result->printed);
}

/* ---- all of them ---- */

struct tally {
    const struct options *o;
    json_t *items;
    unsigned counts[3]; /* by enum cf_search_result */
};

static void finish_target(struct tally *tally, struct cf_target *target, bool started, char *error)
{
    struct result result = {0};
    char *program = run_format("%s", target->name ? target->name : "");

    for (char **word = tally->o->argv ? tally->o->argv + 1 : NULL; word && *word; word++) {
        char *longer = run_format("%s %s", program, *word);

        free(program);
        program = longer;
    }
    if (started) {
        explore(tally->o, target, &result);
    } else {
        result.name = run_format("%s", target->name);
        result.verdict = CF_SEARCH_CANNOT;
        snprintf(result.search.failure.text, sizeof(result.search.failure.text), "%s", error);
    }
    tally->counts[result.verdict]++;
    if (result.page_path)
        write_page(tally->o, &result, program);
    if (tally->o->json)
        json_array_append_new(tally->items, result_json(tally->o, &result));
    else
        print_result(tally->o, &result, program);
    fflush(stdout);
    free(program);
    free(error);
    release(&result);
    cf_target_fini(target);
}

/* A search may take all of its time: who waits for many is told how long. */
static void announce(const struct options *o, size_t scenarios)
{
    uint64_t most_s = (uint64_t)scenarios * o->time_s;

    if (scenarios > 1 && o->time_s)
        fprintf(stderr, "ringer: %zu scenarios, --time %u for each: at most %" PRIu64 " min %" PRIu64 " s\n",
                scenarios, o->time_s, most_s / 60, most_s % 60);
}

static int explore_scenarios(const struct run_command *command, struct tally *tally, int count,
                             char **words)
{
    struct run_suite suite = {0};
    struct run_known_list known = {0};
    char *scratch = run_scratch_dir(), *error = NULL;
    char *listed = run_format("%s/sim", run_paths()->expect);
    int code = -1;

    if (!count && !run_suite_add_area(&suite, "hooks", &error))
        code = run_usage(command, "%s", error);
    for (int i = 0; i < count && code < 0; i++)
        if (!run_suite_add(&suite, words[i], &error))
            code = run_usage(command, "%s", error);
    if (code < 0 && !run_known_load(&known, listed, &error))
        code = run_cannot("%s", error);
    if (code < 0)
        announce(tally->o, suite.pair_count);
    for (size_t i = 0; i < suite.pair_count && code < 0; i++) {
        struct cf_target target = {0};
        char *dir = run_format("%s/run", scratch), *problem = NULL;
        bool started = false;

        if (suite.pairs[i].problem) {
            target.name = run_format("%s", suite.pairs[i].id);
            problem = run_format("%s", suite.pairs[i].problem);
        } else if (run_hooks() && run_suite_not_claimed(suite.pairs[i].scenario)) {
            target.name = run_format("%s", suite.pairs[i].id);
            problem = run_format("skipped: the hook does not claim '%s'",
                                 run_suite_not_claimed(suite.pairs[i].scenario));
        } else {
            started = cf_target_scenario(&target, &suite.pairs[i], &known, dir,
                                         1000 * tally->o->timeout_s, &problem);
        }
        finish_target(tally, &target, started, problem);
        free(dir);
    }
    run_known_fini(&known);
    run_suite_fini(&suite);
    run_remove_tree(scratch);
    free(scratch);
    free(listed);
    free(error);
    return code;
}

static int explore_main(const struct run_command *command, int argc, char **argv)
{
    struct options o = {
        .bound = 5, .seeds = 1000, .seed = 1, .most_faults = 1, .time_s = 60, .timeout_s = 5};
    int code = parse(command, argc, argv, &o);
    struct tally tally = {.o = &o};

    if (code >= 0)
        return code;
    signal(SIGPIPE, SIG_IGN); /* a server that went is seen by what it does not answer */
    tally.items = json_array();
    if (o.argv) {
        struct cf_target target;
        char *error = NULL;
        bool started = cf_target_program(&target, o.argv, 1000 * o.timeout_s, &error);

        finish_target(&tally, &target, started, error);
    } else {
        code = explore_scenarios(command, &tally, argc - optind, argv + optind);
    }
    if (code < 0 && o.json) {
        json_t *root = json_pack("{s:i, s:i, s:i, s:O}", "passed", (int)tally.counts[0], "failed",
                                 (int)tally.counts[1], "not_run", (int)tally.counts[2], "targets",
                                 tally.items);

        json_dumpf(root, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(root);
    } else if (code < 0) {
        printf("%u passed, %u failed, %u not run\n", tally.counts[0], tally.counts[1],
               tally.counts[2]);
    }
    json_decref(tally.items);
    if (code >= 0)
        return code;
    return tally.counts[CF_SEARCH_FAILED]   ? RUN_FAIL
           : tally.counts[CF_SEARCH_PASSED] ? RUN_PASS
                                            : RUN_CANNOT;
}
