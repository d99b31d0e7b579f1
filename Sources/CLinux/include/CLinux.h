#pragma once

// What Glibc's module map hides from Swift. Each line says why it is here.

#define _GNU_SOURCE
#include <pthread.h>
#include <sys/eventfd.h>

// <sys/eventfd.h> is not in Glibc's module map.
static inline int clinux_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

// pthread_setname_np needs _GNU_SOURCE, which the Glibc module is built without.
static inline int clinux_set_thread_name(const char *name) {
    return pthread_setname_np(pthread_self(), name);
}
