/* SPDX-License-Identifier: MIT */
/* The emulator's surroundings under Wine: files and events are Wine's handles. */
#ifndef UNIX_HOST_H
#define UNIX_HOST_H

/* Makes emu_host Wine's; call before the first ring. Again is harmless. */
void unix_host_install(void);

/* Around calls that may name files: inside, this thread is one that Wine's own functions work on.
 */
void unix_host_enter(void);
void unix_host_leave(void);

#endif
