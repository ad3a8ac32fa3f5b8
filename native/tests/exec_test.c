/* SPDX-License-Identifier: Apache-2.0 */
/* convoy-exec: exit statuses, and that the command dies with its parent. The program's path is the
 * argument. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static const char *program;

/* Runs convoy-exec as this process's child; `parent` is the pid that it is told. */
static int run(pid_t parent, const char *separator, const char *command, const char *argument) {
    char text[32];
    snprintf(text, sizeof text, "%d", (int)parent);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 2);
        execl(program, program, text, separator, command, argument, (char *)NULL);
        _exit(99);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void check_statuses(void) {
    CHECK(run(getpid(), "--", "true", NULL) == 0);
    CHECK(run(getpid(), "--", "false", NULL) == 1);
    CHECK(run(getpid(), "--", "/no/such/command", NULL) == 127);
    CHECK(run(getpid(), "--", "/", NULL) == 126);
    CHECK(run(getpid(), "+-", "true", NULL) == 2);
    CHECK(run(-5, "--", "true", NULL) == 2);
    CHECK(run(1, "--", "true", NULL) == 125); /* not our parent */
}

/* Ends as the command does that sends itself a signal. */
static int status_after(const char *command) {
    char text[32];
    snprintf(text, sizeof text, "%d", (int)getpid());
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        execl(program, program, text, "--", "sh", "-c", command, (char *)NULL);
        _exit(99);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid);
    return status;
}

/* The command gets default signal handling, whatever the parent had set; but what nohup and scripts
 * have their commands ignore it ignores, too. */
static void check_signals(void) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_DFL); /* these tests may run under nohup themselves */
    int status = status_after("kill -PIPE $$; exit 3");
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
    status = status_after("kill -HUP $$; exit 3");
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP);
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    status = status_after("kill -HUP $$; kill -INT $$; exit 3");
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    signal(SIGHUP, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

/* A child starts a grandchild by convoy-exec and is killed: the pipe that only the grandchild holds
 * is closed. */
static void check_death(void) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0) {
        pid_t grandchild = fork();
        if (grandchild == 0) {
            char text[32];
            snprintf(text, sizeof text, "%d", (int)getppid());
            close(ends[0]);
            dup2(ends[1], 1);
            close(ends[1]);
            execl(program, program, text, "--", "sh", "-c", "echo $$; exec sleep 1000",
                  (char *)NULL);
            _exit(99);
        }
        close(ends[0]);
        close(ends[1]);
        pause();
        _exit(0);
    }
    close(ends[1]);
    char text[32];
    CHECK(read(ends[0], text, sizeof text) > 1); /* it runs */
    kill(child, SIGKILL);
    CHECK(waitpid(child, NULL, 0) == child);
    struct pollfd end = {.fd = ends[0], .events = POLLIN};
    CHECK(poll(&end, 1, 5000) == 1 && read(ends[0], text, sizeof text) == 0);
    close(ends[0]);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: exec_test PROGRAM\n");
        return 2;
    }
    program = argv[1];
    int null = open("/dev/null", O_RDONLY);
    dup2(null, 0);
    check_statuses();
    check_signals();
    check_death();
    return 0;
}
