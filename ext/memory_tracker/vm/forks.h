/*
 * All captures that there are, running or not, so that a forked child can use each of them: a thread that the child does not
 * have may have been reading one when the process forked, and left its locks locked.
 */
#ifndef MEMORY_TRACKER_VM_FORKS_H
#define MEMORY_TRACKER_VM_FORKS_H

struct capture;

/* Once, when the extension is loaded. GVL */
void forks_init(void);

/* GVL of any Ractor; forks_forget also while a GC sweeps */
void forks_remember(struct capture *capture);
void forks_forget(struct capture *capture);

#endif
