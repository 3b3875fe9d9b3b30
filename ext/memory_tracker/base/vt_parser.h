/*
 * Cuts a stream of bytes, as programs and terminals send them to each other, into text and control sequences.
 *
 *     ground --ESC--> escape --[--> CSI: marker, parameters, intermediates, final
 *                       |----P----> DCS: the same, then a string
 *                       |----]----> OSC, a string; X, ^ and _: SOS, PM and APC, strings
 *                       |--final--> the escape sequence ends
 *
 * Always: bytes may be cut anywhere; nothing is allocated; what is longer than there is room for ends like any other and
 * is reported as VT_ENDED. Bytes from 0x80 on are UTF-8 and no controls. CAN and SUB end every sequence, ESC begins
 * another, ST ends a string, BEL an OSC. A control character inside of a sequence acts at once, and that goes on.
 *
 * ANY THREAD.
 */
#ifndef MEMORY_TRACKER_BASE_VT_PARSER_H
#define MEMORY_TRACKER_BASE_VT_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VT_VALUES 32
#define VT_VALUE_MAX UINT16_MAX
#define VT_INTERMEDIATES 2
#define VT_HEAD_MAX 128

#define VT_BELL 0x07
#define VT_CANCEL 0x18
#define VT_SUBSTITUTE 0x1a
#define VT_ESCAPE_BYTE 0x1b
#define VT_DELETE 0x7f

/* What the bytes that were taken have come to. */
enum vt_event {
	VT_NONE,    /* nothing yet: they belong to a sequence without an end so far */
	VT_PRINT,   /* all of them are text */
	VT_CONTROL, /* the last one is a control character, or DEL */
	VT_ESCAPE,  /* a sequence has ended, which is in the parser until the next call */
	VT_CSI,
	VT_DCS,
	VT_OSC,
	VT_TEXT,  /* of an APC, PM or SOS */
	VT_ENDED, /* a sequence without meaning has: cut off, malformed or too long */
};

struct vt_sequence {
	char marker;                          /* "<", "=", ">" or "?" in front of the parameters; 0: none */
	char intermediates[VT_INTERMEDIATES]; /* zeros behind them */
	char final;                 /* of a string without parameters, what has begun it: "]", "X", "^" or "_" */
	uint8_t count;              /* of values */
	uint16_t values[VT_VALUES]; /* 0 where nothing was written, VT_VALUE_MAX what is larger */
	uint32_t joined;            /* a bit for each value: it is joined by ":" to the one before */
	char head[VT_HEAD_MAX];     /* how a string begins */
	size_t head_length;
};

/* All zero is the beginning. */
struct vt_parser {
	struct vt_sequence sequence; /* as far as it has come */
	uint8_t state;
	uint8_t kind; /* the enum vt_event that it is going to be */
	bool broken;  /* it has no meaning any more */
};

/*
 * Takes bytes up to the next event; `length` > 0. Returns how many those were, which is 0 where what came before was cut off.
 * An ESC that cuts a sequence off belongs to the next one: it is the last byte taken, now or in the call before.
 */
size_t vt_parser_next(struct vt_parser *parser, const char *bytes, size_t length, enum vt_event *event);

/* What comes next is no part of what has begun. */
void vt_parser_reset(struct vt_parser *parser);

/* Whether a sequence has begun that has no end yet. */
bool vt_parser_in_sequence(const struct vt_parser *parser);

/* Whether a sequence has this marker and intermediate, of which 0 is none, and final. */
bool vt_is(const struct vt_sequence *sequence, char marker, char intermediate, char final);

/* A parameter's value, or one that is joined to it (`sub` > 0), both from 0 on. 0 where there is none. */
unsigned vt_value(const struct vt_sequence *sequence, unsigned parameter, unsigned sub);

/*
 * The control character that a key pressed with Ctrl stands for, where the terminal sends it as a sequence: "CSI code;
 * modifiers:event u" as kitty does, "CSI 27;modifiers;code ~" as xterm does. 0 for other sequences and for a release.
 */
unsigned vt_control_key(const struct vt_sequence *sequence);

#endif
