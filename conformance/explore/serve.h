/* SPDX-License-Identifier: MIT */
/*
 * The fork server, both ends. The server holds a program that has not begun; for each byte that it
 * is sent it forks a child that runs, and answers with how that child ended.
 */
#ifndef CF_EXPLORE_SERVE_H
#define CF_EXPLORE_SERVE_H

#include "conformance/explore/area.h"

#include <sys/types.h>

/* ---- in the server ---- */

/*
 * Returns in each child, which then runs; never in the server, which ends when nobody asks any
 * more.
 */
void cf_serve(int commands, int answers);

/* ---- in the explorer ---- */

struct cf_server {
    pid_t pid;                           /* 0: none runs */
    int commands, answers;               /* our ends */
    int server_commands, server_answers; /* theirs, open between prepare and started */
};

struct cf_ending {
    bool lost;      /* the server went */
    bool timed_out; /* and was killed */
    int signal, exit_code;
};

/* Pipes that a child inherits. False with errno. */
bool cf_server_prepare(struct cf_server *server);
/* In the parent after the fork of the server. */
void cf_server_started(struct cf_server *server, pid_t pid);
void cf_server_run(struct cf_server *server, unsigned timeout_ms, struct cf_ending *ending);
void cf_server_stop(struct cf_server *server);

#endif
