/* SPDX-License-Identifier: MIT */
/*
 * A machine small enough to enumerate: threads with calls, operations on cells of a file, rings
 * that are popped. It asks and tells as the simulating engine does, and says what its program saw.
 */
#ifndef CF_EXPLORE_TESTS_MODEL_H
#define CF_EXPLORE_TESTS_MODEL_H

#include "conformance/explore/search.h"

enum model_do {
    MODEL_END,
    MODEL_START,  /* ring, cell, 1 writes (else reads into the buffer of its number): may pend */
    MODEL_INLINE, /* likewise; may also end at once */
    MODEL_DRAIN,  /* likewise, once nothing of the ring is outstanding; what is behind it waits with it */
    MODEL_CANCEL, /* operation: sees whether it pends; from then on it may also end as cancelled */
    MODEL_POP,    /* ring: sees the number of an operation, or nothing */
    MODEL_WAIT,   /* ring, until so many have come that were not popped */
    MODEL_POINT,  /* a call that the machine does not know */
    MODEL_LOOK,   /* at the buffer of that operation */
    MODEL_CELL,   /* cell: reads it without a ring */
    MODEL_CLOSE,  /* ring */
    MODEL_SHOUT,  /* appends its number to what all threads see: unseen by the machine */
};
struct model_call {
    uint8_t what, a, b, c;
};

enum {
    MODEL_THREADS = 4,
    MODEL_CALLS = 16,
    MODEL_OPERATIONS = 16,
    MODEL_RINGS = 4,
    MODEL_CELLS = 4
};

struct model {
    struct model_call calls[MODEL_THREADS][MODEL_CALLS];
    uint32_t threads;
    uint32_t faults, most_faults;
    bool opaque;
    bool batch;         /* a start is no point: nothing comes between two of them */
    uint32_t runs_left; /* then the machine refuses; 0: it never does */
    const char *bad;    /* seeing this is a failure; NULL: nothing is */
    void (*seen)(void *context, const char *text); /* after each run that was not given up */
    void *context;
};

/* An implementation of cf_search_ops.run; the context is the model. */
void model_run(void *context, struct cf_area *area, struct cf_outcome_of_run *outcome);

#endif
