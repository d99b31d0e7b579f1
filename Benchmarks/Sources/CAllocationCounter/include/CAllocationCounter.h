#ifndef CALLOCATIONCOUNTER_H
#define CALLOCATIONCOUNTER_H

/// How often this process has asked for memory since it started, on any thread: malloc, calloc, realloc and their
/// aligned kin, called by Swift's runtime, by C libraries or by us.
unsigned long callocationcounter_count(void);

#endif
