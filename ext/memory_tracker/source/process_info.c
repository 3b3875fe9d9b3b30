#include "source/process_info.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * Linux has the words of the command line, each with a zero byte behind it; a title is one word; and what has ended has
 * none. Returns the length, or -1.
 */
static ssize_t read_command(pid_t pid, char text[PROCESS_TITLE_SIZE])
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%ld/cmdline", (long)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t length = read(fd, text, PROCESS_TITLE_SIZE - 1);
	close(fd);
	return length;
}

bool process_title(pid_t pid, char title[PROCESS_TITLE_SIZE])
{
	char text[PROCESS_TITLE_SIZE];
	ssize_t length = read_command(pid, text);

	while (length > 0 && (text[length - 1] == 0 || text[length - 1] == ' '))
		length--;
	if (length <= 0)
		return false;
	for (ssize_t i = 0; i < length; i++)
		text[i] = text[i] ? text[i] : ' ';
	text[length] = 0;
	memcpy(title, text, (size_t)length + 1);
	return true;
}

bool process_is_there(pid_t pid)
{
	char text[PROCESS_TITLE_SIZE];

	if (kill(pid, 0) < 0 && errno == ESRCH)
		return false;
	return read_command(pid, text) != 0;
}
