#include "terminal/slim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void slim_descriptors(int first)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, ~0u, 0) == 0)
		return;
#endif
	long limit = sysconf(_SC_OPEN_MAX);

	for (long fd = first; fd < (limit < 0 ? 65536 : limit); fd++)
		close((int)fd);
}

/* Sanitizers keep what they need in memory like the program's. */
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

/* Smaller ones are not worth it, and may hold what the C library needs. */
#define MAPPING_MIN (UINT64_C(1) << 20)

/* A line of /proc/self/maps: "start-end rwxp offset device inode name", name and inode missing for plain memory. */
struct mapping {
	uint64_t start;
	uint64_t end;
	bool droppable;
};

static const char *read_hex(const char *text, uint64_t *number)
{
	*number = 0;
	for (;; text++) {
		if (*text >= '0' && *text <= '9')
			*number = *number * 16 + (uint64_t)(*text - '0');
		else if (*text >= 'a' && *text <= 'f')
			*number = *number * 16 + (uint64_t)(*text - 'a') + 10;
		else
			return text;
	}
}

static const char *skip_word(const char *text)
{
	while (*text && *text != ' ')
		text++;
	while (*text == ' ')
		text++;
	return text;
}

static struct mapping parse(const char *line)
{
	struct mapping mapping;
	const char *text = read_hex(line, &mapping.start);

	text = skip_word(read_hex(*text == '-' ? text + 1 : text, &mapping.end));
	bool private = strncmp(text, "rw-p", 4) == 0;
	text = skip_word(skip_word(skip_word(text)));
	bool plain = text[0] == '0' && (text[1] == 0 || text[1] == ' ');
	const char *name = skip_word(text);
	mapping.droppable = private && plain && (*name == 0 || strcmp(name, "[heap]") == 0);
	return mapping;
}

static bool contains(const struct mapping *mapping, const void *address)
{
	return (uintptr_t)address >= mapping->start && (uintptr_t)address < mapping->end;
}

/* The stack that this runs on, and what belongs to the thread, errno for one, stay. */
static void drop(const char *line)
{
	struct mapping mapping = parse(line);

	if (mapping.droppable && mapping.end - mapping.start >= MAPPING_MIN && !contains(&mapping, &mapping) &&
	    !contains(&mapping, &errno))
		madvise((void *)(uintptr_t)mapping.start, (size_t)(mapping.end - mapping.start), MADV_DONTNEED);
}

void slim_memory(void)
{
	int maps = open("/proc/self/maps", O_RDONLY);
	char text[4096], line[256];
	size_t length = 0;
	ssize_t got;

	while (maps >= 0 && (got = read(maps, text, sizeof(text))) > 0) {
		for (ssize_t i = 0; i < got; i++) {
			if (text[i] != '\n') {
				/* What is too long has a name, and that is all that is to be known of it. */
				if (length < sizeof(line) - 1)
					line[length++] = text[i];
				continue;
			}
			line[length] = 0;
			length = 0;
			drop(line);
		}
	}
	if (maps >= 0)
		close(maps);
}

#else

void slim_memory(void)
{
}

#endif
