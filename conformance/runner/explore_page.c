/* SPDX-License-Identifier: MIT */
#include "conformance/runner/explore_page.h"

#include "conformance/runner/cmd.h"
#include "conformance/runner/picture.h"
#include "conformance/trace/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>ringer explore</title>\n<style>\n"
    ":root{--ink:#1d2430;--soft:#5d6878;--page:#f6f7f9;--card:#fff;--line:#dfe4ea;--bad:#b3261e;--good:#0f7b3f}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e7ebf0;--soft:#9aa6b5;--page:#12161b;--card:#1a2027;"
    "--line:#2e3742;--bad:#ff9a92;--good:#6fd99a}}\n"
    "body{margin:0 auto;max-width:74rem;padding:1.5rem 1rem 4rem;background:var(--page);color:var(--ink);"
    "font:16px/1.5 system-ui,sans-serif}\n"
    "h1{font-size:1.3rem;margin:2rem 0 .4rem}.fail{color:var(--bad)}.pass{color:var(--good)}\n"
    "pre{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.7rem .9rem;"
    "overflow-x:auto;font-size:.9rem}\n"
    ".picture{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.6rem}\n"
    ".soft{color:var(--soft)}\n</style>\n";

static void put(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '&')
            fputs("&amp;", out);
        else
            fputc(*text, out);
    }
}

static void block(FILE *out, const char *tag, const char *title, const char *text)
{
    if (!*text)
        return;
    fprintf(out, "<p class=\"soft\">%s\n<%s>", title, tag);
    put(out, text);
    fprintf(out, "</%s>\n", tag);
}

static void picture(FILE *out, const struct run_explored *explored)
{
    struct cf_trace_error error = {0};
    struct cf_trace *trace =
        explored->trace_path ? cf_trace_load(explored->trace_path, &error) : NULL;
    json_t *schedule = NULL;
    char *problem = NULL;

    if (!trace)
        return; /* the run ended before it had one */
    if (explored->schedule_path)
        (void)run_picture_schedule(explored->schedule_path, &schedule, &problem);
    fputs("<div class=\"picture\">\n", out);
    (void)run_picture(trace, explored->name, schedule, explored->suspect, out);
    fputs("</div>\n", out);
    json_decref(schedule);
    free(problem);
    cf_trace_free(trace);
}

bool run_explore_page(const char *path, bool add, const struct run_explored *explored)
{
    FILE *out = fopen(path, add ? "ae" : "we");
    bool good;

    if (!out)
        return false;
    if (!add)
        fputs(head, out);
    fputs("<section>\n<h1>", out);
    put(out, explored->name);
    fprintf(out, ": <span class=\"%s\">%s</span></h1>\n",
            strcmp(explored->verdict, "pass") ? "fail" : "pass", explored->verdict);
    block(out, "pre", "what failed", explored->text);
    block(out, "pre", "it said", explored->words);
    block(out, "pre", "choices that are not the default", explored->choices);
    picture(out, explored);
    block(out, "pre", "again", explored->again);
    block(out, "pre", "what was tried", explored->counts);
    fputs("</section>\n", out);
    good = !ferror(out);
    return !fclose(out) && good;
}
