/* SPDX-License-Identifier: MIT */
/* Circular doubly linked list whose nodes live inside their elements. Not locked. */
#ifndef EMU_BASE_LIST_H
#define EMU_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct emu_list {
    struct emu_list *next, *prev;
};

#define EMU_CONTAINER(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

static inline void emu_list_init(struct emu_list *head)
{
    head->next = head->prev = head;
}

static inline bool emu_list_empty(const struct emu_list *head)
{
    return head->next == head;
}

static inline void emu_list_insert_before(struct emu_list *pos, struct emu_list *node)
{
    node->prev = pos->prev;
    node->next = pos;
    pos->prev->next = node;
    pos->prev = node;
}

static inline void emu_list_append(struct emu_list *head, struct emu_list *node)
{
    emu_list_insert_before(head, node);
}

/* Leaves the node an empty list of itself, so a second removal is harmless. */
static inline void emu_list_remove(struct emu_list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    emu_list_init(node);
}

static inline struct emu_list *emu_list_take_first(struct emu_list *head)
{
    struct emu_list *node = head->next;

    if (node == head)
        return NULL;
    emu_list_remove(node);
    return node;
}

/* Moves every element of from to the end of to. */
static inline void emu_list_splice(struct emu_list *to, struct emu_list *from)
{
    if (emu_list_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    emu_list_init(from);
}

#define emu_list_for_each(pos, head) \
    for ((pos) = (head)->next; (pos) != (head); (pos) = (pos)->next)
#define emu_list_for_each_safe(pos, tmp, head)                       \
    for ((pos) = (head)->next, (tmp) = (pos)->next; (pos) != (head); \
         (pos) = (tmp), (tmp) = (pos)->next)

#endif
