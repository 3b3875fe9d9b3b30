/* The layout of recordings. For recorder.c and recording.c. */
#ifndef MEMORY_TRACKER_TRANSPORT_RECORDING_FORMAT_H
#define MEMORY_TRACKER_TRANSPORT_RECORDING_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define RECORDING_MAGIC "MTRECORD"
#define RECORDING_VERSION UINT32_C(1)
#define RECORDING_ORDER UINT32_C(0x01020304)
#define RECORDING_FRAME_MAGIC UINT32_C(0x4d544652)

/* Bytes of the largest snapshot, and of the longest sentence in a recording. */
#define RECORDING_SNAPSHOT_MAX (UINT64_C(1) << 30)
#define RECORDING_TEXT_MAX 240

struct recording_head {
	char magic[8];
	uint32_t version;
	uint32_t order; /* of the bytes in a number */
};

enum recording_kind {
	RECORDING_WHOLE = 1, /* a snapshot by itself */
	RECORDING_CHANGES,   /* a snapshot as what has changed since the one before */
	RECORDING_END,       /* how the program has ended, a sentence */
};

struct recording_frame {
	uint32_t magic;
	uint32_t kind;     /* enum recording_kind */
	uint64_t size;     /* of the snapshot when it is unpacked */
	uint64_t packed;   /* bytes that follow */
	uint64_t time_ns;  /* the snapshot's monotonic_ns */
	uint32_t checksum; /* of what follows, and of this with 0 here */
	uint32_t reserved;
};

/* CRC-32 as in zlib, of what had the checksum `before`, 0 at first, and `size` bytes more. */
uint32_t recording_checksum(uint32_t before, const void *bytes, size_t size);

/* That of a frame and what follows it. */
uint32_t recording_frame_checksum(const struct recording_frame *frame, const void *packed);

#endif
