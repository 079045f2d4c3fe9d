/* SPDX-License-Identifier: MIT */
/*
 * Runs a program with one system call of io_uring refused, the way containers refuse it: a seccomp
 * filter, written by hand so that nothing needs to be installed.
 *
 *   refuse_syscalls setup|enter|register|all EPERM|ENOSYS PROGRAM [ARGS...]
 *
 * Exit 77 when the filter cannot be set here, 2 on bad usage, else the program's own.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "name the audit architecture of this machine"
#endif

struct name {
    const char *text;
    unsigned from, to;
};

static const struct name calls[] = {
    {"setup", __NR_io_uring_setup, __NR_io_uring_setup},
    {"enter", __NR_io_uring_enter, __NR_io_uring_enter},
    {"register", __NR_io_uring_register, __NR_io_uring_register},
    {"all", __NR_io_uring_setup, __NR_io_uring_register},
};
static const struct name errors[] = {{"EPERM", EPERM, 0}, {"ENOSYS", ENOSYS, 0}};

_Static_assert(__NR_io_uring_register == __NR_io_uring_setup + 2, "the three are neighbours");

static const struct name *find(const struct name *names, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(names[i].text, text))
            return &names[i];
    return NULL;
}

static int install(const struct name *call, unsigned error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, call->from, 0, 2),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, call->to, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv)
{
    const struct name *call = argc > 3 ? find(calls, 4, argv[1]) : NULL;
    const struct name *error = argc > 3 ? find(errors, 2, argv[2]) : NULL;

    if (!call || !error) {
        fputs("usage: refuse_syscalls setup|enter|register|all EPERM|ENOSYS PROGRAM [ARGS...]\n",
              stderr);
        return 2;
    }
    if (install(call, error->from)) {
        perror("refuse_syscalls: seccomp");
        return 77;
    }
    execvp(argv[3], argv + 3);
    perror(argv[3]);
    return 127;
}
