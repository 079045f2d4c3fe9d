/* SPDX-License-Identifier: MIT */
/* GUID. */
#ifndef GUID_DEFINED
#define GUID_DEFINED

#include <minwindef.h>
#include <string.h>

#ifndef RINGER_HAS_DIRECTX_TYPES
typedef struct _GUID {
    uint32_t Data1;
    uint16_t Data2;
    uint16_t Data3;
    uint8_t Data4[8];
} GUID;

typedef GUID IID;
typedef GUID CLSID;
typedef GUID UUID;
#endif
#define IsEqualGUID(a, b) (!memcmp((a), (b), sizeof(GUID)))

#endif
