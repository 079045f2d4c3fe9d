/* SPDX-License-Identifier: MIT */
/* `ringer report`: hands results.json to report.py, which makes HTML and JUnit of it. */
#include "conformance/runner/cmd.h"
#include "conformance/runner/paths.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static int report_main(const struct run_command *command, int argc, char **argv);

const struct run_command run_cmd_report = {
    .name = "report",
    .summary = "make the HTML matrix, JSON and JUnit of a run",
    .help = "usage: ringer report [--results F] [--out DIR] [--json]\n\n"
            "  --results F   results.json of ringer run --report (default build/report/results.json)\n"
            "                mutants.json beside it is shown, too, and traces of failed cases as pictures\n"
            "  --out DIR     where index.html, results.json and junit.xml go\n"
            "                (default: the folder of F)\n"
            "  --json        print the paths that were written as JSON\n"
            "  --help\n\n"
            "exit: 0 written, 1 the results do not add up or a table names what is not there,\n"
            "      2 usage, 77 cannot run here (needs python3-jinja2)\n",
    .main = report_main,
};

static int make_report(const char *results, const char *out, bool json)
{
    const struct run_paths *paths = run_paths();
    char self[PATH_MAX] = ""; /* without it there are no pictures */
    ssize_t nbytes = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *args[] = {(char *)"python3",
                    paths->report,
                    (char *)"--results",
                    (char *)results,
                    (char *)"--behaviours",
                    paths->behaviours,
                    (char *)"--evidence",
                    paths->evidence,
                    (char *)"--scenarios",
                    paths->scenarios,
                    (char *)(json ? "--json" : "--text"),
                    (char *)"--ringer",
                    nbytes > 0 ? self : (char *)"ringer",
                    out ? (char *)"--out" : NULL,
                    (char *)out,
                    NULL};

    return run_python(args);
}

static int report_main(const struct run_command *command, int argc, char **argv)
{
    static const struct option options[] = {{"results", required_argument, NULL, 'r'},
                                            {"out", required_argument, NULL, 'o'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *results = "build/report/results.json", *out = NULL;
    bool json = false;
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+ho:", options, NULL)) != -1) {
        if (option == 'r')
            results = optarg;
        else if (option == 'o')
            out = optarg;
        else if (option == 'j')
            json = true;
        else if (option == 'h')
            return run_help(command);
        else
            return run_usage(command, "bad option '%s'", argv[optind - 1]);
    }
    if (optind < argc)
        return run_usage(command, "no operand is wanted, there is '%s'", argv[optind]);
    if (access(results, R_OK))
        return run_usage(command, "%s: %s", results, strerror(errno));
    return make_report(results, out, json);
}
