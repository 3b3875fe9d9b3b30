#include "model/heap_layout.h"

/* From 3.1 to 4.0 the VM begins each page's slots at a multiple of it, and its slots are 40, 80, 160, 320 and 640 bytes. */
#define STRIDE 40

uint32_t heap_layout_stride(const size_t *slot_sizes, size_t count)
{
	for (size_t index = 0; index < count; index++) {
		if (slot_sizes[index] == 0 || slot_sizes[index] % STRIDE != 0)
			return 0;
	}
	return count ? STRIDE : 0;
}
