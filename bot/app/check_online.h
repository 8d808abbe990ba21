/* `clinicbot check --online`: asks the configured platforms, changes nothing there, and prints a line for
 * each thing that was looked at. */
#ifndef APP_CHECK_ONLINE_H
#define APP_CHECK_ONLINE_H

#include "app/config.h"

/* Gives the exit status: 0 all is good, 1 there is something to mend, 78 the configuration cannot work (what
 * `run` would refuse before it connects; nobody was asked). Ends the process by itself where a name is still
 * looked up. */
int check_online(const struct config *config);

#endif
