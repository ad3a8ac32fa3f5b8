/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread that carries out puts into this process's windows while its program does something
 * else. It sleeps on words of its own, so that other operations wake nobody in vain.
 */
#ifndef CONVOY_PUT_SERVER_H
#define CONVOY_PUT_SERVER_H

#include "comm/comm.h"

/* Serves the communicator until it ends; false where there is no thread. */
bool put_server_add(struct ncclComm *comm);

/* This process's server has something to look at. */
void put_server_look(void);

/* For tests that step everything themselves: there is no server from here on. */
void put_server_disable(void);

#endif
