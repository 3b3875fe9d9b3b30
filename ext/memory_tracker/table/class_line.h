/*
 * The line of a class in a table, and what such a line is called. A class without a name of its own is told by where
 * it comes from: the line that made it, or the nearest class above it that has a name.
 *
 *     Shop::Session
 *     #<Class:0x…2e5c18> shop.rb:112
 *     #<Class:0x…2e5c18 < Shop::Product>
 */
#ifndef MEMORY_TRACKER_TABLE_CLASS_LINE_H
#define MEMORY_TRACKER_TABLE_CLASS_LINE_H

#include "model/snapshot.h"
#include "table/column_line.h"

/* The line of the class at an index of the snapshot; `rows` are in the same order. Both are borrowed. */
struct column_line class_line(const struct snapshot_header *snapshot, const struct history_row *rows, uint32_t index,
                              enum text_charset charset);

/* How the name of an anonymous class begins. */
#define CLASS_LINE_START "#<Class:0x"

/* So many digits at the end of an address tell it from the others of a program. */
#define CLASS_LINE_DIGITS 6

/* What is shown of the address in the name of an anonymous class: its last digits. NULL for other lines. */
const char *class_line_digits(const struct column_line *line);

/* Writes the name as harmless text of at most `width` cells, the place left out. Returns its length. */
size_t class_line_name(char *out, size_t size, const struct column_line *line, size_t width);

/* Writes "FILE:LINE" as the program has it, nothing where that is not known. Returns its length. */
size_t class_line_place(char *out, size_t size, const struct column_line *line);

#endif
