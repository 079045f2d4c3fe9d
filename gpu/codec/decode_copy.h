/* SPDX-License-Identifier: MIT */
/*
 * From token queues to output. Inline, so that each decoder has it for its own processor.
 *
 * Copies are wide and may write up to COPY_SLACK bytes too many; they run in the output's order, so
 * what is too much is written again by what follows. Where the tile ends nearer than that the exact
 * copies do it. Sources lie before the position, hence inside.
 */
#ifndef GPU_CODEC_DECODE_COPY_H
#define GPU_CODEC_DECODE_COPY_H

#include "gpu/codec/decode_priv.h"

#define COPY_SLACK 64u

_Static_assert(COPY_SLACK <= QUEUE_SLACK, "a run of literals is read as widely as it is written");

static inline __attribute__((always_inline)) void gd_copy16(uint8_t *to, const uint8_t *from)
{
    uint8_t vector[16];

    memcpy(vector, from, 16);
    memcpy(to, vector, 16);
}

/* No overlap. */
static inline __attribute__((always_inline)) void gd_copy_run(uint8_t *to, const uint8_t *from,
                                                              uint32_t nbytes)
{
    uint32_t done = 0;

    do {
        gd_copy16(to + done, from + done);
        gd_copy16(to + done + 16, from + done + 16);
        done += 32;
    } while (done < nbytes);
}

/* A distance below 8: the period is written eight bytes at a time, in steps of whole periods. */
static inline void gd_copy_period(uint8_t *to, uint32_t distance, uint32_t nbytes)
{
    uint8_t period[8];
    uint32_t step = 8 - 8 % distance;

    for (uint32_t i = 0; i < 8; i++) {
        period[i] = i < distance ? (to - distance)[i] : period[i - distance];
    }
    for (uint32_t done = 0; done < nbytes; done += step) {
        memcpy(to + done, period, 8);
    }
}

static inline __attribute__((always_inline)) void gd_copy_match(uint8_t *to, uint32_t distance,
                                                                uint32_t nbytes)
{
    const uint8_t *from = to - distance;
    uint32_t done = 0;

    if (distance >= 16) {
        /* Each vector is stored before the next is loaded, which may begin in it. */
        do {
            gd_copy16(to + done, from + done);
            gd_copy16(to + done + 16, from + done + 16);
            done += 32;
        } while (done < nbytes);
    } else if (distance >= 8) {
        do {
            memcpy(to + done, from + done, 8);
            done += 8;
        } while (done < nbytes);
    } else {
        gd_copy_period(to, distance, nbytes);
    }
}

/* Near the tile's end, or beyond it: a run of literals and a match, to the byte. */
static __attribute__((noinline)) enum gdeflate_status
gd_copy_exactly(const struct gd_decoder *d, uint8_t *to, const uint8_t *literals, uint32_t run,
                uint32_t distance, uint32_t length)
{
    uint32_t left = (uint32_t)(d->out + d->raw_nbytes - to), done = 0;

    if (run > left || length > left - run) {
        return GDEFLATE_TOO_LONG;
    }
    memcpy(to, literals, run);
    to += run;
    if (distance > (size_t)(to - d->out)) {
        return GDEFLATE_BAD_DISTANCE;
    }
    if (length > COPY_SLACK) {
        done = length - COPY_SLACK;
        gd_copy_match(to, distance, done);
    }
    for (; done < length; done++) {
        to[done] = (to - distance)[done];
    }
    return GDEFLATE_OK;
}

/* How a decoder copies; both may write COPY_SLACK bytes too many. */
typedef void gd_run_copier(uint8_t *to, const uint8_t *from, uint32_t nbytes);
typedef void gd_match_copier(uint8_t *to, uint32_t distance, uint32_t nbytes);

/*
 * Copies all tokens up to the first match whose distance has not come, and moves what is left to
 * the queues' front.
 */
static inline __attribute__((always_inline)) enum gdeflate_status
gd_copy_tokens_with(struct gd_decoder *d, gd_run_copier *copy_run, gd_match_copier *copy_match)
{
    const uint32_t ready = d->distance_count;
    /* The bytes up to where copies must be exact; below 0 behind that. */
    int32_t room = (int32_t)(d->raw_nbytes - d->position) - (int32_t)COPY_SLACK;
    uint8_t *to = d->out + d->position;
    const uint8_t *literals = d->literals;
    uint32_t literals_done;

    for (uint32_t i = 0; i < ready; i++) {
        const uint8_t *next = d->literals + (d->matches[i] >> 16);
        uint32_t run = (uint32_t)(next - literals), length = (d->matches[i] & 0xFFFF) + 3;
        uint32_t distance = d->distances[i] + 1u;

        __builtin_prefetch((const void *)((uintptr_t)to + 1024), 1);
        if ((int32_t)(run + length) > room) {
            enum gdeflate_status status = gd_copy_exactly(d, to, literals, run, distance, length);

            if (status) {
                return status;
            }
            to += run;
        } else {
            copy_run(to, literals, run);
            to += run;
            if (distance > (size_t)(to - d->out)) {
                return GDEFLATE_BAD_DISTANCE;
            }
            copy_match(to, distance, length);
        }
        to += length;
        room -= (int32_t)(run + length);
        literals = next;
    }
    literals_done = (uint32_t)(literals - d->literals);
    if (ready == d->match_count) {
        uint32_t run = d->literal_count - literals_done;

        if (run > (uint32_t)(d->out + d->raw_nbytes - to)) {
            return GDEFLATE_TOO_LONG;
        }
        memcpy(to, literals, run);
        to += run;
        literals_done += run;
    }
    d->position = (uint32_t)(to - d->out);
    d->literal_count -= literals_done;
    memmove(d->literals, d->literals + literals_done, d->literal_count);
    d->match_count -= ready;
    for (uint32_t i = 0; i < d->match_count; i++) {
        d->matches[i] = d->matches[ready + i] - (literals_done << 16);
    }
    d->distance_count = 0;
    return GDEFLATE_OK;
}

#endif
