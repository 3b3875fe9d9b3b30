/* What is done at a safe point, by the job that vm/jobs.h requests. */
#ifndef MEMORY_TRACKER_VM_SAFE_POINT_H
#define MEMORY_TRACKER_VM_SAFE_POINT_H

/* Once, when the extension is loaded, after hooks_init. GVL */
void safe_point_init(void);

#endif
