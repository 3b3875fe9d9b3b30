/*
 * Text from elsewhere (class names, paths, labels), made fit for a terminal.
 *
 * Class names and paths may hold anything: escape sequences that would repaint the screen, newlines that would
 * forge a row, marks that turn the reading direction, bytes that are no UTF-8. None of it gets through.
 */
#ifndef MEMORY_TRACKER_BASE_TEXT_H
#define MEMORY_TRACKER_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

enum text_charset {
	TEXT_UTF8,  /* U+FFFD stands for what cannot be shown, "…" for what was cut off */
	TEXT_ASCII, /* everything beyond ASCII is "?", "..." for what was cut off */
};

/* A width that no text reaches. */
#define TEXT_UNLIMITED SIZE_MAX

/*
 * Writes `length` bytes of `text` to `out` as harmless text of at most `width` cells, zero-terminated; `capacity`
 * includes the zero and must not be 0. Text that is too wide, or too long for `out`, ends in an ellipsis as far
 * as there is room for one. Every byte that belongs to no character, and every control character or change of
 * reading direction, becomes one replacement character. No character carries more than eight combining marks.
 * Returns the number of bytes written without the zero. ANY THREAD.
 */
size_t text_fit(char *out, size_t capacity, const char *text, size_t length, size_t width, enum text_charset charset);

/* The same, but what is too wide loses its beginning, and the ellipsis stands there. ANY THREAD. */
size_t text_fit_end(char *out, size_t capacity, const char *text, size_t length, size_t width,
                    enum text_charset charset);

/* The cells that text_fit would need for the whole text. ANY THREAD. */
size_t text_width(const char *text, size_t length, enum text_charset charset);

#endif
