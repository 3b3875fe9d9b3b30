/*
 * Recordings: snapshots in a file, one after the other, to be looked at later.
 *
 * A file is a head and frames, each with its length and a checksum. Frames are only ever appended, so what was
 * written before a crash, or before the disk was full, can be read.
 *
 * One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_TRANSPORT_RECORDING_H
#define MEMORY_TRACKER_TRANSPORT_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"
#include "transport/directory.h"

/* --- writing --- */

struct recorder;

/*
 * A new recording. Where there is a file already, that is refused; or with `overwrite`, a file that is a recording, or
 * empty, is replaced when the first snapshot is written, and stays as it is until then. Returns NULL and a sentence in
 * `problem` when it cannot be. recorder_close removes a new
 * file again when not one snapshot is in it.
 */
struct recorder *recorder_open(const char *path, bool overwrite, char problem[TRANSPORT_PROBLEM_MAX]);

/* Appends a snapshot. Returns false and a sentence when it could not; nothing is written any more then. */
bool recorder_add(struct recorder *recorder, const struct snapshot_header *snapshot,
                  char problem[TRANSPORT_PROBLEM_MAX]);

/* Appends how the program has ended, if there is a snapshot before it. */
bool recorder_end(struct recorder *recorder, const char *how, char problem[TRANSPORT_PROBLEM_MAX]);

/* In a child of a fork too, where the file is the parent's. */
void recorder_close(struct recorder *recorder);

/* --- reading --- */

struct recording;

/*
 * Opens a recording and looks through it. Returns NULL and a sentence in `problem` when there is not one snapshot
 * in it that can be shown.
 */
struct recording *recording_open(const char *path, char problem[TRANSPORT_PROBLEM_MAX]);
void recording_close(struct recording *recording);

/* How many snapshots can be shown, at least 1; and when each was taken, in nanoseconds since the first. */
size_t recording_count(const struct recording *recording);
uint64_t recording_time(const struct recording *recording, size_t index);

/* One of them, to be freed. NULL without memory, and when the file has changed meanwhile or lies. */
struct snapshot_header *recording_snapshot(struct recording *recording, size_t index);

/* How the program has ended; NULL: it is not told. */
const char *recording_how(const struct recording *recording);

/* What is wrong with the rest of the file, and where, as a sentence; NULL: nothing is. */
const char *recording_damage(const struct recording *recording);

#endif
