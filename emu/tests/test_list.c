// SPDX-License-Identifier: MIT
#include "emu/base/list.h"

#include <criterion/criterion.h>

struct item {
    int value;
    struct emu_list link;
};

static int value_of(struct emu_list *link)
{
    return EMU_CONTAINER(link, struct item, link)->value;
}

Test(list, appends_in_order)
{
    struct item items[3] = {{.value = 1}, {.value = 2}, {.value = 3}};
    struct emu_list head;

    emu_list_init(&head);
    cr_assert(emu_list_empty(&head));
    for (int i = 0; i < 3; i++)
        emu_list_append(&head, &items[i].link);
    for (int want = 1; want <= 3; want++)
        cr_assert_eq(value_of(emu_list_take_first(&head)), want);
    cr_assert_null(emu_list_take_first(&head));
}

Test(list, a_second_removal_is_harmless)
{
    struct item items[2] = {{.value = 1}, {.value = 2}};
    struct emu_list head;

    emu_list_init(&head);
    emu_list_append(&head, &items[0].link);
    emu_list_append(&head, &items[1].link);
    emu_list_remove(&items[0].link);
    emu_list_remove(&items[0].link);
    cr_assert_eq(value_of(emu_list_take_first(&head)), 2);
    cr_assert(emu_list_empty(&head));
}

Test(list, splice_keeps_order_and_empties_the_source)
{
    struct item items[4] = {{.value = 1}, {.value = 2}, {.value = 3}, {.value = 4}};
    struct emu_list to, from, *pos, *tmp;
    int want = 1;

    emu_list_init(&to);
    emu_list_init(&from);
    emu_list_splice(&to, &from);
    cr_assert(emu_list_empty(&to));
    for (int i = 0; i < 4; i++)
        emu_list_append(i < 2 ? &to : &from, &items[i].link);
    emu_list_splice(&to, &from);
    cr_assert(emu_list_empty(&from));
    emu_list_for_each_safe(pos, tmp, &to)
    {
        cr_assert_eq(value_of(pos), want++);
        emu_list_remove(pos);
    }
    cr_assert_eq(want, 5);
    cr_assert(emu_list_empty(&to));
}
