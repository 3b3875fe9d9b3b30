#include "source/process_title.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Linux has the words of the command line, each with a zero byte behind it; a title is one word. */
bool process_title(pid_t pid, char title[PROCESS_TITLE_SIZE])
{
	char path[64], text[PROCESS_TITLE_SIZE];

	snprintf(path, sizeof path, "/proc/%ld/cmdline", (long)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t length = read(fd, text, sizeof text - 1);
	close(fd);
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
