/* SPDX-License-Identifier: Apache-2.0 */
/*
 * convoy-exec PARENT_PID -- COMMAND [ARG...]
 *
 * Runs a command that must not outlive its parent: the kernel kills it when the thread that forked
 * it ends. The process group stays, so that a terminal's interrupt reaches the command.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The statuses that shells and env(1) use. */
enum { EXIT_USAGE = 2, EXIT_ORPHANED = 125, EXIT_CANNOT_RUN = 126, EXIT_NOT_FOUND = 127 };

static int usage(void) {
    fprintf(stderr, "usage: convoy-exec PARENT_PID -- COMMAND [ARG...]\n");
    return EXIT_USAGE;
}

/* A process id, or 0 where the text is none. */
static pid_t parse_pid(const char *text) {
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && value > 0 && value <= 0x7fffffffL
               ? (pid_t)value
               : 0;
}

/* Which a person had the parent ignore, as by nohup or in a script's background: the terminal sends
 * them to the whole process group. */
static bool is_to_be_ignored(int signal_number) {
    struct sigaction present;
    bool from_terminal =
        signal_number == SIGHUP || signal_number == SIGINT || signal_number == SIGQUIT;
    return from_terminal && sigaction(signal_number, NULL, &present) == 0 &&
           present.sa_handler == SIG_IGN;
}

/* The parent (a JVM, say) may have blocked or ignored signals; the command begins with a clean
 * slate. */
static void reset_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    for (int signal_number = 1; signal_number < NSIG; signal_number++) {
        if (!is_to_be_ignored(signal_number)) {
            signal(signal_number, SIG_DFL); /* fails for SIGKILL and SIGSTOP, which need none */
        }
    }
    sigprocmask(SIG_SETMASK, &none, NULL);
}

int main(int argc, char **argv) {
    pid_t parent = argc >= 4 && strcmp(argv[2], "--") == 0 ? parse_pid(argv[1]) : 0;
    if (parent == 0) {
        return usage();
    }
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
        fprintf(stderr, "convoy-exec: PR_SET_PDEATHSIG failed: %s\n", strerror(errno));
        return EXIT_CANNOT_RUN;
    }
    /* The parent may have ended before the signal was armed. */
    if (getppid() != parent) {
        _exit(EXIT_ORPHANED);
    }
    reset_signals();
    execvp(argv[3], argv + 3);
    int error = errno;
    fprintf(stderr, "convoy-exec: cannot run %s: %s\n", argv[3], strerror(error));
    return error == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
}
