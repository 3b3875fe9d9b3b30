#include "binding/start_settings.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/path_cache.h"

/* Names of classes in a sentence end here. */
#define NAMES_IN_SENTENCE 120

/* --- what the program has given --- */

bool start_settings_init(struct capture_settings *kept, const struct capture *capture)
{
	size_t size = 1;

	*kept = (struct capture_settings){.light = capture->light,
	                                  .existing = capture->existing,
	                                  .depth = capture->depth,
	                                  .path_interval = capture->path_interval,
	                                  .memory_limit = capture->memory_limit};
	for (uint32_t i = 0; i < capture->class_filter_count; i++)
		size += capture->class_filter[i].length + 1;
	char *names = calloc(1, size), *end = names;
	if (!names)
		return false;
	for (uint32_t i = 0; i < capture->class_filter_count; i++) {
		memcpy(end, capture->class_filter[i].bytes, capture->class_filter[i].length);
		end += capture->class_filter[i].length + 1;
	}
	kept->classes = names;
	return true;
}

void start_settings_deinit(struct capture_settings *kept)
{
	free((char *)kept->classes);
	kept->classes = NULL;
}

/* --- what a client asks for --- */

static const char *merge(struct capture_settings *settings, const struct server_work *work)
{
	const struct message_start *start = &work->start;

	if (start->given & MESSAGE_START_MODE)
		settings->light = start->light;
	if (start->given & MESSAGE_START_DEPTH)
		settings->depth = start->depth;
	if (start->given & MESSAGE_START_PATH_INTERVAL)
		settings->path_interval = start->path_interval;
	if (start->given & MESSAGE_START_MEMORY_LIMIT)
		settings->memory_limit = start->memory_limit;
	if (start->given & MESSAGE_START_EXISTING)
		settings->existing = start->existing;
	if (start->given & MESSAGE_START_CLASSES)
		settings->classes = work->names;
	else if (!settings->depth)
		settings->classes = NULL;
	if (settings->memory_limit < CAPTURE_MEMORY_LEAST)
		return "a capture takes more memory than that";
	if (settings->depth > PATH_DEPTH_LIMIT)
		return "so many frames cannot be taken";
	return settings->depth || !settings->classes ? NULL : "call paths of chosen classes take a depth of at least 1";
}

/* A light capture has an interval of its own, and all objects that there are. */
static const char *merge_light(struct capture_settings *settings, const struct message_start *start)
{
	if (start->path_interval > 1)
		return "a light capture takes its samples by itself, and no path interval";
	if (start->given & MESSAGE_START_EXISTING && !start->existing)
		return "a light capture always counts objects from before the start";
	settings->path_interval = 1;
	settings->existing = true;
	return NULL;
}

const char *start_settings_apply(struct capture *capture, const struct capture_settings *kept,
                                 const struct server_work *start)
{
	struct capture_settings settings = *kept;
	const char *problem = merge(&settings, start);

	if (!problem && settings.light)
		problem = merge_light(&settings, &start->start);
	if (problem)
		return problem;
	return capture_configure(capture, &settings) ? NULL : "there is not enough memory";
}

/* --- a capture that runs --- */

static bool has_class(const struct capture *capture, const char *name)
{
	size_t length = strlen(name);

	for (uint32_t i = 0; i < capture->class_filter_count; i++) {
		if (capture->class_filter[i].length == length && !memcmp(capture->class_filter[i].bytes, name, length))
			return true;
	}
	return false;
}

static bool same_classes(const struct capture *capture, const char *names)
{
	uint32_t count = 0;

	for (const char *name = names; *name; name += strlen(name) + 1, count++) {
		if (!has_class(capture, name))
			return false;
	}
	return count == capture->class_filter_count;
}

bool start_settings_agree(const struct capture *capture, const struct server_work *work)
{
	const struct message_start *start = &work->start;
	bool existing = capture->existing || capture->light;

	return (!(start->given & MESSAGE_START_MODE) || capture->light == (start->light == 1)) &&
	       (!(start->given & MESSAGE_START_DEPTH) || capture->depth == start->depth) &&
	       (!(start->given & MESSAGE_START_PATH_INTERVAL) || capture->path_interval == start->path_interval) &&
	       (!(start->given & MESSAGE_START_MEMORY_LIMIT) || capture->memory_limit == start->memory_limit) &&
	       (!(start->given & MESSAGE_START_EXISTING) || existing == (start->existing == 1)) &&
	       (!(start->given & MESSAGE_START_CLASSES) || same_classes(capture, work->names));
}

static void describe_classes(const struct capture *capture, char out[NAMES_IN_SENTENCE])
{
	size_t length =
	    (size_t)snprintf(out, NAMES_IN_SENTENCE, "%s", capture->class_filter_count ? "" : "all classes");

	for (uint32_t i = 0; i < capture->class_filter_count; i++) {
		const struct text *name = &capture->class_filter[i];
		int added = snprintf(out + length, NAMES_IN_SENTENCE - length, "%s%.*s", i ? ", " : "",
		                     (int)name->length, name->bytes);

		if (added < 0 || length + (size_t)added >= NAMES_IN_SENTENCE - sizeof ", ...") {
			snprintf(out + length, NAMES_IN_SENTENCE - length, i ? ", ..." : "one class");
			return;
		}
		length += (size_t)added;
	}
}

void start_settings_describe(const struct capture *capture, char *out, size_t size)
{
	char classes[NAMES_IN_SENTENCE], paths[64], memory[64] = "";

	describe_classes(capture, classes);
	snprintf(paths, sizeof(paths), capture->path_interval > 1 ? ", path interval %u" : "", capture->path_interval);
	if (capture->memory_limit != CAPTURE_MEMORY_LIMIT)
		snprintf(memory, sizeof(memory), ", memory limit %zu MB", capture->memory_limit >> 20);
	snprintf(out, size,
	         "objects are counted already, with other settings: %s, depth %u%s, paths of %s, %s existing%s",
	         capture->light ? "light" : "exact", capture->depth, paths, classes,
	         capture->existing || capture->light ? "with" : "without", memory);
}
