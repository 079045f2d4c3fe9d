/* SPDX-License-Identifier: MIT */
/* What is explored for the bench, and how fast it must go. */
#include "conformance/bench/explore.h"

#include "conformance/runner/cmd.h"

#include <stdio.h>
#include <stdlib.h>

/* One row a way of running and a scenario. */
static const struct explore_row all[] = {
    {"one-thread.systematic", EXPLORE_ONE_PROCESS, 0, false, 50000},
    {"one-thread.random", EXPLORE_ONE_PROCESS, 0, true, 50000},
    {"two-threads.systematic", EXPLORE_ONE_PROCESS, 1, false, 0},
    {"two-threads.random", EXPLORE_ONE_PROCESS, 1, true, 0},
    {"four-threads.random", EXPLORE_ONE_PROCESS, 2, true, 0},
    {"one-thread.apart", EXPLORE_APART, 0, true, 0},
    {"two-threads.apart", EXPLORE_APART, 1, true, 0},
    {"program", EXPLORE_PROGRAM, 0, true, 0},
    {"dstorage-two.random", EXPLORE_ONE_PROCESS, 3, true, 0},
    {"dstorage-six.random", EXPLORE_ONE_PROCESS, 4, true, 0},
    {"dstorage-six.systematic", EXPLORE_ONE_PROCESS, 4, false, 0},
};

#define READ_4(ring, at, label)                                                                  \
    label "1: read " ring " f b+" at " len=16 at=" at " ud=" at "+1\n"                           \
    label "2: read " ring " f b+" at "+16 len=16 at=" at "+16 ud=" at "+2\n"                     \
    label "3: read " ring " f b+" at "+32 len=16 at=" at "+32 ud=" at "+3\n"                     \
    label "4: read " ring " f b+" at "+48 len=16 at=" at "+48 ud=" at "+4\n"

#define READ_2(ring, at, label)                                                                  \
    label "1: read " ring " f b+" at " len=16 at=" at " ud=" at "+1\n"                           \
    label "2: read " ring " f b+" at "+16 len=16 at=" at "+16 ud=" at "+2\n"

#define TAKE(ring, count, label)                                                                 \
    label "8: submit " ring " wait=" count " ms=inf\n"                                           \
    label "9: drain " ring " n=" count "\n"                                                      \
    "closering " ring "\n"

#define BEGIN(id)                                                                                \
    "scenario 1\nid " id "\nrule Eight reads of one file arrive, whatever their order.\n"        \
    "behaviours read.basic\ndata D size=4K\nopen f D access=r overlapped\nbuffer b size=128\n"

#define THREAD(name, ring, reads) "thread " name "\nring " ring " sq=8 cq=16\n" reads "end\n"

#define LOOK "c: check b\nclosehandle f\n"

#define EXPECT(id) "expect 1\nscenario " id "\n"
#define GROUNDS " basis=documented grounds=MS:BuildIoRingReadFile\n"
#define BYTES                                                                                    \
    "expect cqe[1..200].hr exact S_OK" GROUNDS "expect cqe[1..200].info exact 16" GROUNDS        \
    "expect cqe[1..200].count exact 8" GROUNDS                                                   \
    "expect mem[c].content exact ascii(0)@0+128" GROUNDS

#define DS_READ(at) "dsread Q file=I at=" at " len=16 to=b+" at "\n"

#define DS(id, reads, nbytes)                                                                    \
    "scenario 1\nid " id "\nrule Requests arrive, whatever their order.\n"                       \
    "behaviours ds.submit.starts\ndata D size=4K\nbuffer b size=96\nevent E auto\n"              \
    "dsfactory F\ndsfile I F D\ndsarray S F count=1\ndsqueue Q F\n" reads                         \
    "enqueuestatus Q S 0\nenqueueevent Q E\ndssubmit Q\ns: hresult S 0\n"                        \
    "d: wait E ms=60000\nc: check b len=" nbytes "\n"

#define DS_BYTES(count)                                                                          \
    "expect d.ret exact 0" DS_GROUNDS "expect mem[c].content exact ascii(0)@0+" count DS_GROUNDS
#define DS_GROUNDS " basis=documented grounds=MS:IDStorageQueue\n"

const struct explore_scenario explore_scenarios[EXPLORE_SCENARIOS] = {
    {"one-thread",
     BEGIN("bench.one-thread") "ring r sq=8 cq=16\n" READ_4("r", "0", "s") READ_4("r", "64", "t")
         TAKE("r", "8", "s") LOOK,
     EXPECT("bench.one-thread") BYTES, 1, 8},
    {"two-threads",
     BEGIN("bench.two-threads") THREAD("t", "q", READ_4("q", "64", "t") TAKE("q", "4", "t"))
         "ring r sq=8 cq=16\n" READ_4("r", "0", "s") TAKE("r", "4", "s") "join t\n" LOOK,
     EXPECT("bench.two-threads") BYTES, 2, 8},
    {"four-threads",
     BEGIN("bench.four-threads") THREAD("t", "q", READ_2("q", "32", "t") TAKE("q", "2", "t"))
         THREAD("u", "p", READ_2("p", "64", "u") TAKE("p", "2", "u"))
         THREAD("v", "o", READ_2("o", "96", "v") TAKE("o", "2", "v"))
         "ring r sq=8 cq=16\n" READ_2("r", "0", "s") TAKE("r", "2", "s")
         "join t\njoin u\njoin v\n" LOOK,
     EXPECT("bench.four-threads") BYTES, 4, 8},
    {"dstorage-two", DS("bench.dstorage-two", DS_READ("0") DS_READ("16"), "32"),
     EXPECT("bench.dstorage-two") DS_BYTES("32"), 1, 2},
    {"dstorage-six",
     DS("bench.dstorage-six", DS_READ("0") DS_READ("16") DS_READ("32") DS_READ("48") DS_READ("64")
                                  DS_READ("80"), "96"),
     EXPECT("bench.dstorage-six") DS_BYTES("96"), 1, 6},
};

static const char *name_at(const void *rows, size_t index)
{
    return ((const struct explore_row *)rows)[index].name;
}

struct explore_row *explore_rows(const struct bench_options *options, size_t *count_out)
{
    struct explore_row *rows = run_xalloc(sizeof(all));
    bool exact = bench_all_are_names(options, all, sizeof(all) / sizeof(all[0]), name_at);

    *count_out = 0;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (bench_wanted(options, all[i].name, exact))
            rows[(*count_out)++] = all[i];
    return rows;
}
