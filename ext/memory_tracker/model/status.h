/* What can go wrong in the model. 0 is success. */
#ifndef MEMORY_TRACKER_MODEL_STATUS_H
#define MEMORY_TRACKER_MODEL_STATUS_H

enum status {
	STATUS_OK = 0,
	STATUS_NO_MEMORY, /* the allocator has no more */
	STATUS_LIMIT,     /* a table has reached its limit */
	STATUS_BUSY,      /* a reader is inside */
	STATUS_ADDRESS,   /* an address that cannot be an object's */
};

#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

#endif
