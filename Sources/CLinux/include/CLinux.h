#pragma once

// What Glibc's module map hides from Swift. Each line says why it is here.

#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>

// <sys/eventfd.h> is not in Glibc's module map.
static inline int clinux_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

// pthread_setname_np needs _GNU_SOURCE, which the Glibc module is built without.
static inline int clinux_set_thread_name(const char *name) {
    return pthread_setname_np(pthread_self(), name);
}

// ppoll, which waits for less than a millisecond where poll cannot, needs _GNU_SOURCE. Negative nanoseconds wait
// without end.
static inline int clinux_ppoll(struct pollfd *descriptors, unsigned count, long long nanoseconds) {
    struct timespec timeout = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    return ppoll(descriptors, count, nanoseconds < 0 ? (struct timespec *)0 : &timeout, (sigset_t *)0);
}
