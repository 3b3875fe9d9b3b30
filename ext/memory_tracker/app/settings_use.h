/*
 * What the viewer does with settings: it begins with those that were kept, and keeps those that a person has changed.
 */
#ifndef MEMORY_TRACKER_APP_SETTINGS_USE_H
#define MEMORY_TRACKER_APP_SETTINGS_USE_H

struct viewer;

/* Takes over what was kept. A file that makes no sense is not used, which a sentence on the screen says. */
void settings_use(struct viewer *viewer);

/* What a person changes from here on is kept. */
void settings_begin(struct viewer *viewer);

/* Keeps what has changed since then. A sentence on the screen says when it cannot be kept. */
void settings_keep(struct viewer *viewer);

#endif
