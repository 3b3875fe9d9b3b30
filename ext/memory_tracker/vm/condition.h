/* Goes with binding/printer.c. */
#include "base/condition.h"
