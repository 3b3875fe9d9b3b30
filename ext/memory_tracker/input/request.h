/*
 * What an action asks of whoever runs the viewer, because the viewer itself cannot do it.
 */
#ifndef MEMORY_TRACKER_INPUT_REQUEST_H
#define MEMORY_TRACKER_INPUT_REQUEST_H

enum viewer_request {
	VIEWER_NOTHING,
	VIEWER_LEAVE,    /* q: the program goes on */
	VIEWER_QUIT,     /* Q, then y: the program shall end too */
	VIEWER_GC,       /* g, when attached then y: a full GC in the program, then viewer_gc_done */
	VIEWER_SUSPEND,  /* ^Z */
	VIEWER_REDRAW,   /* ^L: the terminal shall be written anew */
	VIEWER_INTERVAL, /* viewer_interval has changed */
	VIEWER_NEXT,     /* Tab: another process's numbers shall be shown, the next one's */
	VIEWER_PREVIOUS, /* Shift-Tab */
	VIEWER_CONSOLE,  /* c: the program shall have the terminal for a while */

	/* Of a recording: */
	VIEWER_REPLAY_PAUSE,   /* stop, or go on */
	VIEWER_REPLAY_STEP,    /* stop, one snapshot further on */
	VIEWER_REPLAY_BACK,    /* stop, one snapshot back */
	VIEWER_REPLAY_REWIND,  /* a tenth of it back */
	VIEWER_REPLAY_FORWARD, /* a tenth of it further on */
	VIEWER_REPLAY_SLOWER,
	VIEWER_REPLAY_FASTER,
};

#endif
