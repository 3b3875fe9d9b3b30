/*
 * The sum of the snapshots of several processes: what classes, lines and call paths of the same name have together.
 *
 *     String  live 100   Hash live 7        String  live 140   Hash live 7   Set live 1
 *     String  live  40            Set live 1
 *
 * The sum is a snapshot as any other. Ids in it are made of names, so that they are the same in every sum. Of the
 * header: counts and memory add up, times are the earliest start and the latest look and major GC, the pid is that of the
 * first part. Sums that are compared with each other need other times (source/sum_times.h). It is exact when all parts
 * are; else its reason names the first process that is not.
 *
 * Plain C; any thread.
 */
#ifndef MEMORY_TRACKER_MODEL_SNAPSHOT_SUM_H
#define MEMORY_TRACKER_MODEL_SNAPSHOT_SUM_H

#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

/*
 * The sum of `count` well-formed snapshots, at least one; NULL without memory; the caller frees it with free().
 * `command` is what it is called, `sequence` its number. `places` may be NULL; else there is room in it for the classes of all
 * parts, one part after the other: there comes the index in the sum of each.
 */
struct snapshot_header *snapshot_sum(const struct snapshot_header *const *parts, size_t count, const char *command,
                                     uint64_t sequence, uint32_t *places);

#endif
