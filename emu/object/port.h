/* SPDX-License-Identifier: MIT */
/*
 * Completion ports. A packet is made by whoever will post it, when the operation starts, so that
 * the end of an operation can always be told: posting itself never fails.
 */
#ifndef EMU_OBJECT_PORT_H
#define EMU_OBJECT_PORT_H

#include "emu/base/list.h"
#include "emu/object/object.h"

#include <ntstatus.h>
#include <stdint.h>

struct emu_file;
struct emu_port;

struct emu_port_packet {
    struct emu_list link; /* the port's, from post on */
    uint64_t key, apc_context;
    NTSTATUS status;
    uint64_t information;
};

extern const struct emu_object_ops emu_port_ops;

struct emu_object *emu_port_object(struct emu_port *port);

/* NULL without memory. Either posted or freed. */
struct emu_port_packet *emu_port_packet_alloc(void);
void emu_port_packet_free(struct emu_port_packet *packet);

/*
 * The packet, filled in by the caller, becomes the port's; never fails. Any thread; takes the port
 * and the dispatcher lock. A packet for a port whose last handle is closed is dropped.
 */
void emu_port_post_packet(struct emu_port *port, struct emu_port_packet *packet);

/* Allocates and posts: STATUS_NO_MEMORY is the only failure. */
NTSTATUS emu_port_post(struct emu_port *port, uint64_t key, uint64_t apc_context, NTSTATUS status,
                       uint64_t information);

/*
 * From now on completions of the file's operations go to the port: sets file->port (a reference
 * that the file's destroy releases) and port_key. STATUS_INVALID_PARAMETER for a synchronous file
 * and for one that has a port. access: as granted to the port's handle, already checked.
 */
NTSTATUS emu_port_associate(struct emu_file *file, struct emu_port *port, uint64_t key);

static inline struct emu_port *emu_port_from_object(struct emu_object *obj)
{
    return (struct emu_port *)obj; /* the object is a port's first member */
}

#endif
