/*
 * What the VM exports but declares in no public header. Each function is looked up when the extension is loaded: one that
 * is missing would end the process at its first call. Without all of them no capture starts.
 */
#ifndef MEMORY_TRACKER_VM_VM_SYMBOLS_H
#define MEMORY_TRACKER_VM_VM_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Asks GC for what there is only one of, so it runs Ruby code. GVL */
void vm_symbols_init(void);

/* Why no capture can start, or NULL; `global`: hooks are those of all Ractors (COMPAT_HOOKS_GLOBAL). ANY THREAD */
const char *vm_symbols_missing(bool global);

/* The bytes from the slot of the object at this address to the next one. HOOK */
size_t vm_slot_size(uintptr_t address);

/*
 * Whether the page can be read, and asked for its slot size without a fault if it is in the heap. Of memory that is no heap
 * any more the answer to that may be anything. HOOK
 */
bool vm_page_readable(uintptr_t page);

/* Calls back for the slots of each page, after a sweep that is under way. GVL, never inside an event */
void vm_each_slots(int (*callback)(void *start, void *end, size_t stride, void *data), void *data);

/* Calls the function while no other Ractor runs, on Rubies where captures see the events of all. GVL of any Ractor */
void vm_call_exclusively(void (*function)(void *data), void *data);

#endif
