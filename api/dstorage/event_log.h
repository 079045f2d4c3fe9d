/* SPDX-License-Identifier: MIT */
/*
 * What happens, in the shape of the events that the Windows runtime writes for a trace session:
 * ids, names of fields and their order are those of DS13, but for one event of ours. RINGER_ETW names the file, JSON Lines.
 * An event is told before the program can see what it tells of, so whoever waited for something
 * finds it in the file.
 */
#ifndef DS_EVENT_LOG_H
#define DS_EVENT_LOG_H

#include "api/dstorage/object.h"

struct ds_entry;
struct ds_file;
struct ds_queue;

extern int ds_log_switch;

/* Pairs with nothing: who sees the switch late asks again under the log's own lock. */
static inline bool ds_log_on(void)
{
    return __atomic_load_n(&ds_log_switch, __ATOMIC_RELAXED) != 0;
}

/* With a runtime's begin and end. What cannot be opened is said once, and there is no log. */
void ds_log_open(void);
void ds_log_close(void);

/* To be called when ds_log_on(); any lock of a queue may be held. */
void ds_log_file_opened(const struct ds_file *file);
void ds_log_file_closed(const struct ds_file *file);
void ds_log_queue_created(const struct ds_queue *queue);
void ds_log_queue_closed(const struct ds_queue *queue);
void ds_log_enqueued(const struct ds_entry *entry);
/* A request that was none, so that its call enqueued nothing: ours, Windows' log has no such event. */
void ds_log_refused(const struct ds_queue *queue, HRESULT hr);
void ds_log_completed(const struct ds_entry *entry, HRESULT hr); /* hr: of requests and statuses */
void ds_log_submitted(const struct ds_queue *queue, bool automatic);

#endif
